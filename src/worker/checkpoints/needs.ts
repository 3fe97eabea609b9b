/** What a network needs of a device, as a preflight puts it. */
import type { ModelConfig } from '../../model/checkpoint/config.ts';
import { networkLimits, networkMemory, totalBytes } from '../../model/network/memory.ts';
import type { BufferLimits } from '../../model/network/pieces.ts';
import type { Needs } from './judge.ts';

/**
 * For one text of all slots that the model has.
 * @param limits of the device; without a GPU there are none to keep to
 */
export function needsOf(config: ModelConfig, limits: BufferLimits | undefined): Needs {
  const shape = { batch: 1, length: config.length };
  const bytes = (storage: 'f16' | 'f32'): number =>
    totalBytes(networkMemory(config, { ...shape, storage, logits: true }));
  const gpuBytes = { f16: bytes('f16'), f32: bytes('f32') };
  if (!limits) return { gpuBytes, limits: [], refusals: { f16: [], f32: [] } };
  const needed = networkLimits(config, shape, limits);
  return { gpuBytes, limits: needed.limits, refusals: needed.reasons };
}
