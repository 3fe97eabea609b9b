/**
 * The forward pass for training: as in network/forward.ts, but from the file's own tensors, nothing folded, with all that the
 * backward pass needs kept in the activations. Teacher and student take the same pass, each with parameters of its own; what
 * the teacher keeps is overwritten by the student.
 */
import {
  ATTENTION_SAVE,
  attentionConstants,
  attentionVariant,
  attentionWorkgroups,
} from '../../../gpu/kernels/attention/attention.ts';
import { elementWorkgroups, EMBEDDING, embeddingUniform } from '../../../gpu/kernels/embedding/embedding.ts';
import type { Gpu } from '../../../gpu/device.ts';
import type { Launch } from '../../../gpu/kernel.ts';
import {
  LAYERNORM_GATHER,
  LAYERNORM_MODULATE,
  layernormUniform,
} from '../../../gpu/kernels/layernorm/layernorm-modulate.ts';
import { SPAN_BYTES, spanUniforms } from '../../../gpu/kernels/span.ts';
import { FREQUENCIES } from '../modulation.ts';
import type { ParameterLayout } from '../parameters.ts';
import type { Activations } from './activations.ts';
import type { Products } from './products.ts';

/** What the passes of a network have in common. */
export interface TrainingContext {
  gpu: Gpu;
  layout: ParameterLayout;
  activations: Activations;
  products: Products;
}

/** Whose pass it is. */
export interface PassBuffers {
  /** In the layout of ParameterLayout. */
  parameters: GPUBuffer;
  /** [groups, ModulationLayout size]; a causal network's is that of the activations. */
  modulation: GPUBuffer;
  /** Token ids, [rows]. */
  tokens: GPUBuffer;
}

/** A forward pass, recorded. */
export interface ForwardPass {
  /** From sigma to the modulation; empty for causal networks. Once for as long as neither parameters nor times change. */
  modulate: Launch[];
  /** From tokens to the features of the chosen rows, by blocks. */
  pieces: Launch[][];
}

/** Record the pass of some parameters. */
export async function recordForward(
  { gpu, layout, activations: on, products }: TrainingContext,
  { parameters, modulation, tokens }: PassBuffers,
): Promise<ForwardPass> {
  const { config } = layout;
  const { arena, rows, groups, shape } = on;
  const { hidden: d, heads, blocks, condDim } = config;
  const headSize = d / heads;
  const timed = config.timeConditioning;
  const weight = (name: string): GPUBufferBinding => layout.bind(parameters, layout.place(`${name}.weight`));
  const bias = (name: string): GPUBufferBinding => layout.bind(parameters, layout.place(`${name}.bias`));
  const at = on.layout;
  const gates = {
    groupRows: timed ? shape.length : rows,
    gateStride: timed ? at.size : 0,
  };

  /** Strides of y[rows, n] = a[rows, k] W[n, k]^T. */
  const linear = (m: number, n: number, k: number) => ({ m, n, k, aStride: k, bStride: k, yStride: n });

  const norm = async (
    name: string,
    x: GPUBuffer,
    y: GPUBuffer,
    place: { shift: number; scale: number },
  ): Promise<Launch> => {
    const stride = timed ? at.size : 0;
    const uniform = arena.uniformOf(
      'shape',
      layernormUniform({ inner: d, length: shape.length, stride, ...place }),
    );
    const buffers = { shape: uniform, x, weight: weight(name), modulation, y };
    if (y !== on.features) return (await gpu.kernels.compile(LAYERNORM_MODULATE)).bind(buffers)([rows]);
    return (await gpu.kernels.compile(LAYERNORM_GATHER)).bind({ ...buffers, slots: on.slots })([rows]);
  };

  // [rows] -> [rows, d]
  const embed = async (): Promise<Launch> => {
    const kernel = await gpu.kernels.compile(EMBEDDING.f32);
    const span = spanUniforms([{ first: 0, count: shape.length }], {
      samples: shape.batch,
      length: shape.length,
    });
    return kernel.bind({
      shape: arena.uniformOf('shape', embeddingUniform(d, config.vocabulary)),
      tokens,
      weights: layout.bind(parameters, layout.place('vocab_embed.embedding')),
      y: on.blocks[0].x,
      span: { buffer: arena.uniformOf('span', span), size: SPAN_BYTES },
    })(elementWorkgroups((rows * d) / 4), 0);
  };

  // [rows, 3, heads, headSize] -> [rows, d]
  const attend = async (i: number): Promise<Launch> => {
    const { qkv, attended, lse } = on.blocks[i];
    const v = attentionVariant(headSize, shape.length, gpu.adapter.software);
    const causal = config.kind === 'causal';
    const kernel = await gpu.kernels.compile(ATTENTION_SAVE, attentionConstants(v, headSize, causal));
    const span = spanUniforms([{ first: 0, count: shape.length }], {
      samples: shape.batch,
      length: shape.length,
    });
    return kernel.bind({
      shape: arena.uniformOf('shape', Uint32Array.of(heads)),
      qkv,
      y: attended,
      span: { buffer: arena.uniformOf('span', span), size: SPAN_BYTES },
      lse,
    })(attentionWorkgroups(v, shape.length, heads, shape.batch), 0);
  };

  const block = async (i: number): Promise<Launch[]> => {
    const { x, qkv, attended, projected, middle, inner, projectedInner } = on.blocks[i];
    const next = i + 1 < blocks ? on.blocks[i + 1].x : on.last;
    const name = `blocks.${i}`;
    const place = at.block(i);
    const { narrow: h, wide } = on;
    return Promise.all([
      norm(`${name}.norm1`, x, h, { shift: place.shift1, scale: place.scale1 }),
      // [rows, d] -> [rows, 3, heads, headSize], q and k rotated
      products.record(
        'nt',
        'rope',
        { ...linear(rows, 3 * d, d), length: shape.length },
        { a: h, b: weight(`${name}.attn_qkv`), y: qkv, angles: on.angles },
        { headSize },
      ),
      attend(i),
      // x + gate * (W attended)
      products.record(
        'nt',
        'residual',
        { ...linear(rows, d, d), ...gates, gateOffset: place.gate1 },
        { a: attended, b: weight(`${name}.attn_out`), x, gate: modulation, p: projected, z: middle },
      ),
      norm(`${name}.norm2`, middle, h, { shift: place.shift2, scale: place.scale2 }),
      // [rows, d] -> [rows, 4d], before GELU and behind it
      products.record(
        'nt',
        'activate',
        linear(rows, 4 * d, d),
        { a: h, b: weight(`${name}.mlp.0`), u: inner, h: wide, bias: bias(`${name}.mlp.0`) },
        { activation: 'gelu-tanh' },
      ),
      // x + gate * (W gelu + b)
      products.record(
        'nt',
        'residual-bias',
        { ...linear(rows, d, 4 * d), ...gates, gateOffset: place.gate2 },
        {
          ...{ a: wide, b: weight(`${name}.mlp.2`), bias: bias(`${name}.mlp.2`) },
          ...{ x: middle, gate: modulation, p: projectedInner, z: next },
        },
      ),
    ]);
  };

  // emb(sigma) -> c = silu(W2 silu(W1 emb + b1) + b2) -> shift, scale and gate of every norm
  const modulate = async (): Promise<Launch[]> => {
    const { conditioning: c } = on;
    if (!c) return [];
    const silu = { activation: 'silu' } as const;
    const features = 2 * FREQUENCIES;
    return Promise.all([
      products.record(
        ...(['nt', 'activate', linear(groups, condDim, features)] as const),
        {
          a: c.features,
          b: weight('sigma_map.mlp.0'),
          u: c.inner1,
          h: c.hidden1,
          bias: bias('sigma_map.mlp.0'),
        },
        silu,
      ),
      products.record(
        ...(['nt', 'activate', linear(groups, condDim, condDim)] as const),
        { a: c.hidden1, b: weight('sigma_map.mlp.2'), u: c.inner2, h: c.c, bias: bias('sigma_map.mlp.2') },
        silu,
      ),
      products.record('nt', 'bias', linear(groups, at.size, condDim), {
        a: c.c,
        b: layout.bind(parameters, layout.adaLN!.weight),
        bias: layout.bind(parameters, layout.adaLN!.bias),
        y: modulation,
      }),
    ]);
  };

  const [modulation_, first, last, ...body] = await Promise.all([
    modulate(),
    embed(),
    norm('output_layer.norm_final', on.last, on.features, at.head()),
    ...Array.from({ length: blocks }, (_, i) => block(i)),
  ]);
  const pieces = body.map((launches, i) => [
    ...(i === 0 ? [first] : []),
    ...launches,
    ...(i === blocks - 1 ? [last] : []),
  ]);
  return { modulate: modulation_, pieces };
}
