/** What a network needs of a device, as a preflight puts it. */
import { packedBytes } from '../../gpu/kernels/pack-weight/pack-weight.ts';
import type { ModelConfig } from '../../model/checkpoint/config.ts';
import { networkMemory, totalBytes } from '../latency/preflight.ts';
import type { Needs } from './judge.ts';

type Limits = Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>;

/** @param limits of the device; without a GPU there are none to keep to */
export function needsOf(config: ModelConfig, limits: Limits | undefined): Needs {
  const memory = networkMemory(config, config.length);
  const f16 = totalBytes(memory);
  const largest = (storage: 'f16' | 'f32'): number =>
    Math.max(packedBytes(4 * config.hidden, config.hidden, storage), 16 * config.length * config.hidden);
  const needed = { f16: largest('f16'), f32: largest('f32') };
  const names = ['maxStorageBufferBindingSize', 'maxBufferSize'] as const;
  const refusal = (storage: 'f16' | 'f32'): string[] =>
    names.flatMap((limit) =>
      limits && limits[limit] < needed[storage]
        ? [
            `With ${storage} weights it needs ${needed[storage]} bytes in one piece, but ${limit} of this GPU is ${limits[limit]}.`,
          ]
        : [],
    );
  return {
    gpuBytes: { f16, f32: f16 + memory.embedding + memory.weights },
    limits: limits ? names.map((limit) => ({ limit, needed, has: limits[limit] })) : [],
    refusals: { f16: refusal('f16'), f32: refusal('f32') },
  };
}
