import { UnmaskError } from '../../../worker/client.ts';
import { PAPER } from '../../figures/paper.ts';
import { raceFigures } from '../../messages/race-figures.ts';
import type { NamedLane } from '../named-lane.ts';
import { FONTS, racePicture, type Font, type Item, type Measure, type PictureFacts } from './race-picture.ts';

/** Pixels of the file to a pixel of the picture. */
const SCALE = 2;

/** The page's one pattern: strokes of 1.5 pixels, every 6 of them. */
function hatch(canvas: CanvasRenderingContext2D, item: Item & { what: 'hatch' }): void {
  const { x, y, width, height, colour } = item;
  canvas.save();
  canvas.beginPath();
  canvas.roundRect(x, y, width, height, 3);
  canvas.clip();
  canvas.strokeStyle = PAPER[colour];
  canvas.lineWidth = 1.5;
  canvas.beginPath();
  for (let at = x - height; at < x + width; at += 6 * Math.SQRT2) {
    canvas.moveTo(at, y + height);
    canvas.lineTo(at + height, y);
  }
  canvas.stroke();
  canvas.restore();
}

function draw(canvas: CanvasRenderingContext2D, item: Item): void {
  if (item.what === 'hatch') {
    hatch(canvas, item);
    return;
  }
  canvas.fillStyle = PAPER[item.colour];
  if (item.what === 'text') {
    canvas.font = FONTS[item.font];
    canvas.textAlign = item.end ? 'right' : 'left';
    canvas.fillText(item.text, item.x, item.y);
    return;
  }
  canvas.beginPath();
  canvas.roundRect(item.x, item.y, item.width, item.height, Math.min(4, item.height / 2));
  canvas.fill();
}

/**
 * Wait until the page's fonts are there for all that is written with them: a canvas takes what there is, and says nothing.
 * A font that cannot be had is replaced by the next of its list.
 */
async function untilFonts(items: readonly Item[]): Promise<void> {
  const written = items.filter((item) => item.what === 'text');
  const fonts = Object.keys(FONTS) as Font[];
  await Promise.allSettled(
    fonts.map((font) => {
      const texts = written.filter((item) => item.font === font).map(({ text }) => text);
      return document.fonts.load(FONTS[font], texts.join(''));
    }),
  );
}

/**
 * Draw a race, on paper whatever the page's look, at twice the pixels of a screen.
 * @returns a PNG
 * @throws UnmaskError 'limit' where the browser gives no canvas of that size
 */
export async function racePng(lanes: readonly NamedLane[], facts: PictureFacts): Promise<Blob> {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  const refused = (): UnmaskError => new UnmaskError('limit', raceFigures.save.tooLarge);
  if (!context) throw refused();
  const measure: Measure = (text, font) => {
    context.font = FONTS[font];
    return context.measureText(text).width;
  };
  // What is written does not depend on the fonts, only where: so it is laid out again once they are there.
  await untilFonts(racePicture(lanes, facts, measure).items);
  const { width, height, items } = racePicture(lanes, facts, measure);
  canvas.width = SCALE * width;
  canvas.height = SCALE * height;
  context.scale(SCALE, SCALE);
  context.fillStyle = PAPER.paper;
  context.fillRect(0, 0, width, height);
  for (const item of items) draw(context, item);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(refused());
    }, 'image/png');
  });
}
