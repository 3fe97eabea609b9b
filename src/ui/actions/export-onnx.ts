import { engine } from '../engine.ts';
import type { Failure } from '../stores/engine.ts';
import { toFailure } from './failure.ts';

/** Hand a file to the visitor. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads it while the address lives.
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 60_000);
}

/** Save a model as one ONNX file. @returns what went wrong, or the file's name and size in bytes */
export async function exportModel(model: string): Promise<Failure | { file: string; bytes: number }> {
  try {
    const content = await engine.call('exportOnnx', { model });
    const file = `${model.replace(/[^\w.-]+/g, '-')}.onnx`;
    saveFile(content, file);
    return { file, bytes: content.size };
  } catch (error) {
    return toFailure(error);
  }
}
