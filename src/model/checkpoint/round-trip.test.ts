/** What any model is after it was written and opened again, and what files of the released sizes hold. */
import { Float16Array } from '@petamoriken/float16';
import { describe, expect, it } from 'vitest';
import { loadReference, referenceLogits, referenceScore } from '../network/forward.reference.ts';
import { expectedTensors, openCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { ModelConfig } from './config.ts';
import { exportCheckpoint, type ExportPrecision } from './export.ts';
import { randomCheckpoint } from './random.ts';
import { RELEASED_SHAPES, SHAPE_NAMES, shapeConfig } from './released-shapes.ts';
import { decodeFloats, type Dtype } from './safetensors.ts';
import { rawTensors, sparseFile, tensorFile, tokenizerOf, type RawTensor } from './testing.ts';

const shape = { hidden: 16, blocks: 2, heads: 2, vocabulary: 37 };

/** Values that are no halves, and some that halves have at their edges. */
function numbers(name: string, count: number): Float32Array<ArrayBuffer> {
  const edges = [65_504, -65_504, 2 ** -14, 2 ** -24, -(2 ** -26), 1 + 2 ** -11, 1 + 3 * 2 ** -11, -0];
  const wild = name === 'sigma_map.mlp.0.bias' || name === 'blocks.0.mlp.2.bias';
  return Float32Array.from({ length: count }, (_, i) =>
    wild && i < edges.length ? edges[i] : Math.sin(name.length + 1.7 * i) / 7,
  );
}

/** Bytes of numbers in a dtype; what BF16 cannot hold is cut off. */
function encode(values: Float32Array<ArrayBuffer>, dtype: Dtype): Uint8Array<ArrayBuffer> {
  if (dtype === 'F32') return new Uint8Array(values.buffer);
  if (dtype === 'F16') return new Uint8Array(new Float16Array(values).buffer);
  return new Uint8Array(Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16).buffer);
}

/** A model whose file has these dtypes, in turn. */
async function modelOf(config: ModelConfig, dtypes: Dtype[]): Promise<Checkpoint> {
  const tensors: Record<string, RawTensor> = {};
  let i = 0;
  for (const [name, shape] of expectedTensors(config)) {
    const dtype = dtypes[i++ % dtypes.length];
    const values = numbers(
      name,
      shape.reduce((a, b) => a * b, 1),
    );
    tensors[name] = { dtype, shape, bytes: encode(values, dtype) };
  }
  const { config: json } = await exportCheckpoint(randomCheckpoint(config), { precision: 'file' });
  return await openCheckpoint({
    config: JSON.parse(json) as object,
    weights: tensorFile(tensors),
    tokenizer: tokenizerOf(config.vocabulary - 1),
  });
}

async function again(checkpoint: Checkpoint, precision: ExportPrecision): Promise<Checkpoint> {
  const { weights, config, tokenizer } = await exportCheckpoint(checkpoint, { precision });
  return await openCheckpoint({
    weights,
    config: JSON.parse(config) as object,
    tokenizer: JSON.parse(tokenizer!) as object,
  });
}

const floats = async ({ tensors }: Checkpoint, name: string): Promise<Float32Array> =>
  decodeFloats(await tensors.read(name), tensors.info(name).dtype);

const kinds: Record<string, ModelConfig> = {
  'a diffusion model': { ...shapeConfig('m', shape, 'diffusion', 12), condDim: 8, nativeSteps: 4 },
  'one with time conditioning': {
    ...shapeConfig('m', shape, 'diffusion', 12),
    ...{ condDim: 8, timeConditioning: true, samplingEps: 1e-3 },
  },
  'a causal model': shapeConfig('m', shape, 'causal', 12),
};
const files: Record<string, Dtype[]> = {
  F32: ['F32'],
  F16: ['F16'],
  BF16: ['BF16'],
  'all three': ['F32', 'BF16', 'F16'],
};

const cases = Object.keys(kinds).flatMap((kind) =>
  Object.keys(files).flatMap((file) =>
    (['f32', 'f16', 'file'] as const).map((precision) => ({ kind, file, precision })),
  ),
);

describe('a model written and opened again', () => {
  it.each(cases)('$kind in $file, as $precision', async ({ kind, file, precision }) => {
    const config = kinds[kind];
    const before = await modelOf(config, files[file]);
    const after = await again(before, precision);
    expect(after.config).toEqual(config);
    expect(after.tokenizer?.size).toBe(36);
    const names = [...expectedTensors(config).keys()];
    expect(after.tensors.names().toSorted()).toEqual([...names, 'rotary_emb.inv_freq'].sort());
    for (const name of names) {
      const { dtype, shape } = after.tensors.info(name);
      const own = before.tensors.info(name);
      expect(shape).toEqual(own.shape);
      expect(dtype).toBe(precision === 'file' ? own.dtype : precision === 'f16' ? 'F16' : 'F32');
      const wanted = await floats(before, name);
      const rounded = precision === 'f16' ? Float32Array.from(new Float16Array(wanted)) : wanted;
      expect(await floats(after, name)).toEqual(rounded);
    }
    const note = (after.source!.config as { weights_note?: string }).weights_note;
    expect(note).toEqual(precision === 'f16' ? expect.stringContaining('half precision') : undefined);
  });

  it.each(Object.keys(kinds))(
    '%s has the logits that it had, as f16 those of rounded tensors',
    async (kind) => {
      const config = kinds[kind];
      const before = await modelOf(config, ['F32']);
      const tokens = [3, 36, 7, 36, 36, 0];
      const logitsOf = async (checkpoint: Checkpoint): Promise<Float64Array> => {
        const network = await loadReference(checkpoint);
        return config.kind === 'causal'
          ? referenceScore(network, tokens)
          : referenceLogits(network, tokens, config.timeConditioning ? { t: 0.4 } : {});
      };
      const own = await logitsOf(before);
      expect(own.some((value) => Math.abs(value) > 1e-3)).toBe(true);
      expect(await logitsOf(await again(before, 'f32'))).toEqual(own);

      const tensors = Object.entries(await rawTensors(before.tensors)).map(
        ([name, tensor]): [string, RawTensor] => {
          const rounded = Float32Array.from(new Float16Array(decodeFloats(tensor.bytes, 'F32')));
          return [name, { ...tensor, bytes: new Uint8Array(rounded.buffer) }];
        },
      );
      const rounded = await openCheckpoint({
        config: before.source!.config,
        weights: tensorFile(Object.fromEntries(tensors)),
      });
      const halves = await logitsOf(await again(before, 'f16'));
      expect(halves).toEqual(await logitsOf(rounded));
      expect(halves).not.toEqual(own);
    },
  );
});

/** The tensors of a released file, written out by hand. */
function releasedTensors(
  kind: ModelConfig['kind'],
  d: number,
  blocks: number,
  V: number,
): Record<string, number[]> {
  const diffusion = kind === 'diffusion';
  const block = (i: number): Record<string, number[]> => ({
    [`blocks.${i}.norm1.weight`]: [d],
    [`blocks.${i}.attn_qkv.weight`]: [3 * d, d],
    [`blocks.${i}.attn_out.weight`]: [d, d],
    [`blocks.${i}.norm2.weight`]: [d],
    [`blocks.${i}.mlp.0.weight`]: [4 * d, d],
    [`blocks.${i}.mlp.0.bias`]: [4 * d],
    [`blocks.${i}.mlp.2.weight`]: [d, 4 * d],
    [`blocks.${i}.mlp.2.bias`]: [d],
    ...(diffusion && {
      [`blocks.${i}.adaLN_modulation.weight`]: [6 * d, 128],
      [`blocks.${i}.adaLN_modulation.bias`]: [6 * d],
    }),
  });
  return {
    'vocab_embed.embedding': [V, d],
    ...(diffusion && {
      'sigma_map.mlp.0.weight': [128, 256],
      'sigma_map.mlp.0.bias': [128],
      'sigma_map.mlp.2.weight': [128, 128],
      'sigma_map.mlp.2.bias': [128],
      'output_layer.adaLN_modulation.weight': [2 * d, 128],
      'output_layer.adaLN_modulation.bias': [2 * d],
    }),
    ...Object.fromEntries(Array.from({ length: blocks }, (_, i) => Object.entries(block(i))).flat()),
    'output_layer.norm_final.weight': [d],
    'output_layer.linear.weight': [V, d],
    'output_layer.linear.bias': [V],
  };
}

describe.each(SHAPE_NAMES)('a file of %s, without its data', (size) => {
  const { hidden, blocks, heads, vocabulary } = RELEASED_SHAPES[size];
  const frequencies = Float32Array.from(
    { length: hidden / heads / 2 },
    (_, i) => 10_000 ** ((-2 * i) / (hidden / heads)),
  );

  it.each(['diffusion', 'causal'] as const)(
    'opens as a %s model and is read in no part but its header',
    async (kind) => {
      const expected = releasedTensors(kind, hidden, blocks, vocabulary);
      const model = {
        ...{ type: kind === 'diffusion' ? 'ddit-orig' : 'ar-orig', hidden_size: hidden, cond_dim: 128 },
        ...{ length: 1024, n_blocks: blocks, n_heads: heads },
      };
      const prefixes = kind === 'diffusion' ? ['backbone.', 'backbone.backbone.'] : [''];
      for (const prefix of prefixes) {
        const tensors = Object.entries(expected).map(([name, shape]) => [`${prefix}${name}`, { shape }]);
        const rotary = [`${prefix}rotary_emb.inv_freq`, { shape: [frequencies.length], values: frequencies }];
        const weights = sparseFile(
          Object.fromEntries([rotary, ...tensors]) as Parameters<typeof sparseFile>[0],
        );
        const opened = await openCheckpoint({ config: { model }, weights });
        expect(opened.config).toMatchObject({
          kind,
          vocabulary: 50_258,
          length: 1024,
          hidden,
          blocks,
          heads,
        });
        expect(Object.fromEntries(expectedTensors(opened.config))).toEqual(expected);
        expect(opened.bytes).toBe(weights.size);
        expect(weights.readBytes).toBeLessThan(60_000);
      }
    },
  );
});
