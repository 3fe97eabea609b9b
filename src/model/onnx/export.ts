/** A checkpoint as one ONNX file, to be taken elsewhere. */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { UnmaskError } from '../errors.ts';
import { onnxExportWords as words } from '../messages/onnx-export.ts';
import { weightFiles, type Precision } from './graph.ts';
import { buildNetwork } from './network.ts';
import { encodeModel } from './proto.ts';

/** Most that one message of Protocol Buffers holds, and so one ONNX file without others beside it: 2 GiB. */
const LARGEST = 2 ** 31 - 1;

/**
 * The network of a checkpoint as one self-contained ONNX file; `buildNetwork` says what goes in and comes out. Weights have
 * the bits of the checkpoint, and are parts of its file until the blob is read: nothing is copied.
 * @param precision of the computation in the graph
 * @param largest most bytes of a file
 * @throws UnmaskError 'limit' for weights over 2 GiB, or as the checkpoint's tensors
 */
export async function exportOnnx(
  checkpoint: Checkpoint,
  precision: Precision = 'f32',
  largest = LARGEST,
): Promise<Blob> {
  const model = await buildNetwork(checkpoint, precision);
  const size = model.initializers.reduce((sum, { data }) => sum + data.length, 0);
  const tooLarge = (bytes: number): UnmaskError =>
    new UnmaskError('limit', words.tooLarge(checkpoint.config.name, bytes, largest));
  // Before anything is encoded, whose lengths have 32 bits.
  if (size > largest) throw tooLarge(size);
  const { parts, bytes } = encodeModel(model, 'embedded');
  if (bytes > largest) throw tooLarge(bytes);
  const files = new Map((await weightFiles(checkpoint, model)).map(({ path, data }) => [path, data]));
  const blobs = parts.map((part) => {
    if (!('location' in part)) return part;
    const { location, offset, length } = part;
    return files.get(location)!.slice(offset, offset + length);
  });
  return new Blob(blobs, { type: 'application/octet-stream' });
}
