import { UnmaskError } from '../../worker/client.ts';
import { traces as words } from '../messages/traces.ts';

/** Pixels of the file to a pixel of the picture. */
const SCALE = 2;

/**
 * A picture as pixels, in fonts of the system: those of the page are out of a picture's reach.
 * @throws UnmaskError 'limit' where the browser draws no picture of that size
 */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  const refused = (): UnmaskError => new UnmaskError('limit', words.step.refused);
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = SCALE * image.width;
    canvas.height = SCALE * image.height;
    const context = canvas.getContext('2d');
    if (!context) throw refused();
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob) resolve(blob);
        else reject(refused());
      }, 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
