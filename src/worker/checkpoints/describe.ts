import { expectedTensors, type Checkpoint } from '../../model/checkpoint/checkpoint.ts';
import type { DescribedModel } from './hub.ts';

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** What a checkpoint tells of itself, of its tensors by their headers alone. */
export function describeCheckpoint({
  config,
  tensors,
  bytes,
}: Pick<Checkpoint, 'config' | 'tensors' | 'bytes'>): Pick<
  DescribedModel,
  'config' | 'dtype' | 'parameters' | 'f16Bytes'
> {
  const infos = [...expectedTensors(config).keys()].map((name) => tensors.info(name));
  const dtypes = new Set(infos.map(({ dtype }) => dtype));
  const parameters = infos.reduce((sum, { shape }) => sum + count(shape), 0);
  const f32 = infos.reduce((sum, { dtype, shape }) => sum + (dtype === 'F32' ? count(shape) : 0), 0);
  return {
    ...{ config, parameters },
    dtype: dtypes.size === 1 ? infos[0].dtype : 'mixed',
    f16Bytes: bytes - 2 * f32,
  };
}
