import { engine } from '../engine.ts';
import type { Failure } from '../stores/engine.ts';
import { saveFile, type Saved } from './download.ts';
import { toFailure } from './failure.ts';

/** Save a model as one ONNX file. @returns what went wrong, or the file's name and size in bytes */
export async function exportModel(model: string): Promise<Failure | Saved> {
  try {
    const content = await engine.call('exportOnnx', { model });
    return saveFile(content, `${model.replace(/[^\w.-]+/g, '-')}.onnx`);
  } catch (error) {
    return toFailure(error);
  }
}
