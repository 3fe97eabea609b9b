/**
 * The forward pass of the denoiser (`dit_orig` of the released code), as launches that are recorded once and submitted
 * again and again: nothing in it depends on the tokens.
 */
import type { GemmChoice } from '../../gpu/autotune.ts';
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { Launch } from '../../gpu/kernel.ts';
import {
  ATTENTION,
  attentionConstants,
  attentionVariant,
  attentionWorkgroups,
} from '../../gpu/kernels/attention/attention.ts';
import { elementWorkgroups, EMBEDDING } from '../../gpu/kernels/embedding/embedding.ts';
import {
  gemmConstants,
  gemmKernel,
  gemmUniform,
  SELECTION_BYTES,
  gemmWorkgroups,
  type GemmShape,
  type GemmVariant,
} from '../../gpu/kernels/gemm/gemm.ts';
import { LAYERNORM_MODULATE, layernormUniform } from '../../gpu/kernels/layernorm/layernorm-modulate.ts';
import { ModulationLayout } from './modulation.ts';
import type { Linear, NetworkWeights, NormLinear } from './weights.ts';

/** Samples of one length that run together. */
export interface BatchShape {
  batch: number;
  length: number;
}

/** Activations of a batch, f32, by rows m = sample * length + position. */
export interface Activations {
  /** Token ids, [batch * length]. */
  tokens: GPUBuffer;
  /** The residual stream, [batch * length, hidden]. */
  x: GPUBuffer;
  /** What the head reads: x itself, or its norm where the modulation depends on time. */
  features: GPUBuffer;
  /** With time conditioning: modulation of each sample, [batch, layout size]. */
  modulation: GPUBuffer;
}

/** The recorded body of the network. */
export interface Forward {
  activations: Activations;
  /** Embedding and blocks, from tokens to features, in pieces of about the same cost: a submit may end between them. */
  pieces: Launch[][];
}

/**
 * Record the forward pass up to the head.
 * @param arena owner of the activations
 * @param choice chooses GEMM variants; which one runs depends on the length, never on the batch, so that a sample has
 *   the same bits in any batch
 */
export async function recordForward(
  gpu: Gpu,
  arena: Arena,
  weights: NetworkWeights,
  { batch, length }: BatchShape,
  choice: GemmChoice,
): Promise<Forward> {
  const { config, storage } = weights;
  const { hidden: d, heads } = config;
  const headSize = d / heads;
  const rows = batch * length;
  const timed = config.timeConditioning;
  const layout = new ModulationLayout(config);

  const tokens = arena.storage('tokens', 4 * rows);
  const x = arena.storage('x', 4 * rows * d);
  const h = timed ? arena.storage('normed', 4 * rows * d) : x;
  const qkv = arena.storage('qkv', 4 * rows * 3 * d);
  const attended = arena.storage('attended', 4 * rows * d);
  const inner = arena.storage('mlp', 4 * rows * 4 * d);
  const modulation = timed ? arena.storage('modulation', 4 * batch * layout.size) : weights.modulation;

  const variant = ({ matrix }: Linear): GemmVariant =>
    choice.layer({ length, columns: matrix.columns, inner: matrix.inner, storage });
  const shared = ({ matrix, columns }: Linear, gain: GPUBuffer, shape: Partial<GemmShape> = {}) => ({
    shape: arena.uniformOf(
      'shape',
      gemmUniform({ rows, inner: matrix.inner, columns: matrix.columns, length, ...shape }),
    ),
    weights: matrix.buffer,
    columns,
    gain,
  });

  // [rows] -> [rows, d]
  const embed = async (): Promise<Launch> => {
    const kernel = await gpu.kernels.compile(EMBEDDING[storage]);
    const shape = arena.uniformOf('shape', Uint32Array.of(rows, d / 4));
    return kernel.bind({ shape, tokens, weights: weights.embedding, y: x })(
      elementWorkgroups((rows * d) / 4),
    );
  };

  // [rows, d] -> [rows, d]: adaLN as a kernel of its own, where time moves it; else the next GEMM has it inside.
  const norm = async (gain: GPUBuffer, shift: number, scale: number): Promise<Launch[]> => {
    if (!timed) return [];
    const kernel = await gpu.kernels.compile(LAYERNORM_MODULATE);
    const uniform = layernormUniform({ inner: d, length, stride: layout.size, shift, scale });
    const shape = arena.uniformOf('shape', uniform);
    return [kernel.bind({ shape, x, weight: gain, modulation, y: h })([rows])];
  };

  // [rows, d] -> [rows, 3, heads, headSize], q and k rotated
  const project = async (layer: NormLinear): Promise<Launch> => {
    const v = variant(layer);
    const kernel = await gpu.kernels.compile(
      gemmKernel('rope', storage, v),
      gemmConstants(v, { layernorm: !timed, headSize }),
    );
    const buffers = { ...shared(layer, layer.gain), x: h, y: qkv, angles: weights.angles };
    return kernel.bind(buffers)(gemmWorkgroups(v, rows, 3 * d));
  };

  // [rows, 3, heads, headSize] -> [rows, d]
  const attend = async (): Promise<Launch> => {
    const v = attentionVariant(headSize, length, choice.software);
    const kernel = await gpu.kernels.compile(ATTENTION, attentionConstants(v, headSize));
    const shape = arena.uniformOf('shape', Uint32Array.of(length, heads));
    return kernel.bind({ shape, qkv, y: attended })(attentionWorkgroups(v, length, heads, batch));
  };

  // [rows, d] -> [rows, 4d]
  const widen = async (layer: NormLinear): Promise<Launch> => {
    const v = variant(layer);
    const kernel = await gpu.kernels.compile(
      gemmKernel('gelu', storage, v),
      gemmConstants(v, { layernorm: !timed }),
    );
    return kernel.bind({ ...shared(layer, layer.gain), x: h, y: inner })(gemmWorkgroups(v, rows, 4 * d));
  };

  // x += gate * (W from + b)
  const addResidual = async (layer: Linear, from: GPUBuffer, gateOffset: number): Promise<Launch> => {
    const v = variant(layer);
    const kernel = await gpu.kernels.compile(gemmKernel('residual', storage, v), gemmConstants(v));
    // `gain` belongs to norms; a GEMM without one never reads it.
    const buffers = shared(layer, layer.columns, { gateOffset, gateStride: timed ? layout.size : 0 });
    return kernel.bind({ ...buffers, x: from, y: x, gate: modulation })(gemmWorkgroups(v, rows, d));
  };

  const block = async (i: number): Promise<Launch[]> => {
    const w = weights.blocks[i];
    const at = layout.block(i);
    const launches = await Promise.all([
      norm(w.qkv.gain, at.shift1, at.scale1),
      project(w.qkv),
      attend(),
      addResidual(w.out, attended, at.gate1),
      norm(w.up.gain, at.shift2, at.scale2),
      widen(w.up),
      addResidual(w.down, inner, at.gate2),
    ]);
    return launches.flat();
  };

  // All at once: the compiler then sees every kernel of the network together.
  const [first, last, ...blocks] = await Promise.all([
    embed(),
    norm(weights.head.gain, layout.head().shift, layout.head().scale),
    ...Array.from({ length: config.blocks }, (_, i) => block(i)),
  ]);
  blocks[0] = [first, ...blocks[0]];
  blocks[blocks.length - 1] = [...blocks[blocks.length - 1], ...last];
  return { activations: { tokens, x, features: h, modulation }, pieces: blocks };
}

/**
 * Record the modulation of a pass: all adaLN layers in one GEMM over the c of the batch's samples.
 * @param cs c of every sample of every pass, [passes * batch, cond_dim]
 * @returns a launch for the pass at a dynamic offset of `selections`, whose selection names its rows of `cs`
 */
export async function recordModulation(
  gpu: Gpu,
  arena: Arena,
  weights: NetworkWeights,
  buffers: { cs: GPUBuffer; modulation: GPUBuffer; rows: GPUBuffer; selections: GPUBuffer },
  batch: number,
  choice: GemmChoice,
): Promise<(offset: number) => Launch> {
  const { adaLN } = weights.timed!;
  const { inner, columns } = adaLN.matrix;
  const v = choice.head(batch);
  const kernel = await gpu.kernels.compile(gemmKernel('logits', weights.storage, v), gemmConstants(v));
  const launch = kernel.bind({
    shape: arena.uniformOf('shape', gemmUniform({ rows: batch, inner, columns })),
    x: buffers.cs,
    weights: adaLN.matrix.buffer,
    columns: adaLN.columns,
    gain: adaLN.columns,
    y: buffers.modulation,
    rows: buffers.rows,
    selection: { buffer: buffers.selections, size: SELECTION_BYTES },
  });
  return (offset) => launch(gemmWorkgroups(v, batch, columns), offset);
}
