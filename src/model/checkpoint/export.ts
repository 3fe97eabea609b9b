/** A model as files in the released layout, which the released code and this page read. */
import { Float16Array } from '@petamoriken/float16';
import { UnmaskError } from '../errors.ts';
import { exportWords as words } from '../messages/export-checkpoint.ts';
import { expectedTensors, type Checkpoint } from './checkpoint.ts';
import type { ModelConfig } from './config.ts';
import { releasedName } from './names.ts';
import { decodeFloats, type Dtype } from './safetensors.ts';
import { writeSafetensors, type TensorToWrite } from './write.ts';

/** How an exported file stores its weights; 'file' as the checkpoint does. */
export type ExportPrecision = 'f32' | 'f16' | 'file';

/** A model as files. */
export interface ExportedCheckpoint {
  /** model.safetensors */
  weights: Blob;
  /** config.json */
  config: string;
  /** tokenizer.json, where the model has one. */
  tokenizer?: string;
}

/** Largest finite number of f16. */
const LARGEST_HALF = 65_504;

const ROTARY = 'rotary_emb.inv_freq';

/** What a copy in half precision says of itself: English in every language, as all that stands in files for programs. */
const HALF_NOTE = 'Weights are stored in half precision (F16): convert them to float32 to train on.';

/** f32 values as f16 patterns. @throws UnmaskError 'tensor-range' for a value that f16 does not have */
function toHalf(name: string, values: Float32Array): Uint16Array<ArrayBuffer> {
  const wrong = values.find((value) => !(Math.abs(value) <= LARGEST_HALF));
  if (wrong !== undefined) {
    throw new UnmaskError('tensor-range', words.outOfRange(name, wrong, LARGEST_HALF));
  }
  return new Uint16Array(new Float16Array(values).buffer);
}

/** A tensor's data in another dtype; in its own, the very bytes. */
async function convert(
  { tensors, weights }: Checkpoint,
  name: string,
  dtype: Dtype,
): Promise<TensorToWrite['data']> {
  const info = tensors.info(name);
  if (info.dtype === dtype) {
    return weights ? weights.slice(info.begin, info.end) : await tensors.read(name);
  }
  const values = decodeFloats(await tensors.read(name), info.dtype);
  // As a blob, so that the browser may put it aside while the next one is made.
  return new Blob([dtype === 'F16' ? toHalf(name, values) : values]);
}

/** The rotary frequencies, which the released code keeps in its files: 10000^(-2i / size) for i below size / 2, f32. */
async function rotary(checkpoint: Checkpoint): Promise<TensorToWrite['data']> {
  const { tensors, config } = checkpoint;
  if (tensors.has(ROTARY) && tensors.info(ROTARY).dtype === 'F32') {
    return await convert(checkpoint, ROTARY, 'F32');
  }
  const size = config.hidden / config.heads;
  return Float32Array.from({ length: size / 2 }, (_, i) => 1 / 10_000 ** ((2 * i) / size));
}

/** The configuration of a model that came without one, in the schema of the released code. */
function releasedConfig(config: ModelConfig): object {
  return {
    model: {
      type: config.kind === 'diffusion' ? 'ddit-orig' : 'ar_orig',
      hidden_size: config.hidden,
      cond_dim: config.condDim,
      length: config.length,
      n_blocks: config.blocks,
      n_heads: config.heads,
      scale_by_sigma: true,
      dropout: 0,
      tie_word_embeddings: false,
    },
    time_conditioning: config.timeConditioning,
    T: 0,
    noise: { type: 'loglinear' },
    training: { sampling_eps: config.samplingEps },
  };
}

/** config.json: what the source had, and what is known of the model besides. */
function exportConfig({ config, source }: Checkpoint, precision: ExportPrecision): string {
  const known = (source?.config ?? releasedConfig(config)) as {
    model: object;
    parameterization?: object | null;
    weights_note?: string;
  };
  const { weights_note: note, ...rest } = known;
  const kept = precision === 'file' ? note : precision === 'f16' ? HALF_NOTE : undefined;
  const json = {
    ...rest,
    model: { ...known.model, name: config.name },
    ...(config.nativeSteps !== undefined && {
      parameterization: { ...known.parameterization, native_steps: config.nativeSteps },
    }),
    ...(kept !== undefined && { weights_note: kept }),
  };
  return `${JSON.stringify(json, null, 1)}\n`;
}

/**
 * Write a model in the released layout: a state dict that the released network loads strictly (`backbone.` before the names of a
 * diffusion network, rotary frequencies included), and a configuration in its schema.
 * Weights that keep their dtype keep their bits, and are parts of the source's file until the blob is read.
 * @throws UnmaskError 'tensor-range' for a value that f16 does not have, naming the tensor, or as the checkpoint's tensors
 */
export async function exportCheckpoint(
  checkpoint: Checkpoint,
  { precision }: { precision: ExportPrecision },
): Promise<ExportedCheckpoint> {
  const { config, tensors, source } = checkpoint;
  const list: TensorToWrite[] = [
    {
      name: releasedName(config, ROTARY),
      dtype: 'F32',
      shape: [config.hidden / config.heads / 2],
      data: await rotary(checkpoint),
    },
  ];
  for (const [name, shape] of expectedTensors(config)) {
    const dtype = precision === 'file' ? tensors.info(name).dtype : precision === 'f16' ? 'F16' : 'F32';
    list.push({
      name: releasedName(config, name),
      dtype,
      shape,
      data: await convert(checkpoint, name, dtype),
    });
  }
  return {
    weights: writeSafetensors(list),
    config: exportConfig(checkpoint, precision),
    ...(source?.tokenizer && { tokenizer: JSON.stringify(source.tokenizer) }),
  };
}
