/**
 * The forward pass (`dit_orig` and `ar_orig` of the released code), as launches that are recorded once and submitted again and
 * again: nothing in it depends on the tokens.
 *
 * Masked diffusion passes over the whole text. A causal network passes over what is given, and then over one position at a
 * time: its queries see the keys and values of all positions before, which earlier passes have left in qkv. It has neither
 * time nor gates.
 */
import type { GemmChoice } from '../../gpu/autotune.ts';
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { Bound } from '../../gpu/kernel.ts';
import {
  ATTENTION,
  ATTENTION_DECODE,
  attentionConstants,
  attentionVariant,
  attentionWorkgroups,
} from '../../gpu/kernels/attention/attention.ts';
import { elementWorkgroups, EMBEDDING, embeddingUniform } from '../../gpu/kernels/embedding/embedding.ts';
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
import { SPAN_BYTES, SPAN_STRIDE, spanUniforms, type Span } from '../../gpu/kernels/span.ts';
import { attentionCost, productCost, valueCost, type Work } from './cost.ts';
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

/** What one kernel does for a pass: `count` positions of each sample, its Span at an offset. */
type Recorded = (count: number, offset: number) => Work;

/** The kernels of a pass over so many positions. */
interface Pass {
  kernels: Recorded[];
  /** By block: how many of them it takes until its qkv is there. */
  projected: number[];
}

/** The body of the network, from tokens to features. */
export class Forward {
  readonly #layout: ModulationLayout;
  /** [batch * length, 3, heads, headSize] of each block; blocks whose keys nobody asks for again share one. */
  readonly #qkv: GPUBuffer[];
  readonly #normed: GPUBuffer;
  readonly #attended: GPUBuffer;
  readonly #inner: GPUBuffer;
  /** First the span of passes over more than one position, then, for a causal network, each position. */
  readonly #spans: GPUBuffer;
  #wide = 0;
  /** By the variants that they use: the kernels of a pass. */
  readonly #recorded = new Map<string, Promise<Pass>>();
  /** By the positions of a pass: its kernels. */
  readonly #prepared = new Map<number, Pass>();
  /** By span: their launches, which every run uses again. */
  readonly #work = new Map<string, Work[]>();
  readonly activations: Activations;

  /**
   * @param arena owner of the activations
   * @param choice chooses GEMM variants; which bits come out depends on the positions of a pass, never on the batch, so that
   *   a sample is the same in any batch
   * @param cache whether a causal network keeps the keys and values of all blocks for later passes
   */
  constructor(
    private readonly gpu: Gpu,
    private readonly arena: Arena,
    private readonly weights: NetworkWeights,
    private readonly shape: BatchShape,
    private readonly choice: GemmChoice,
    cache = true,
  ) {
    const { config } = weights;
    const { hidden: d, blocks } = config;
    const { batch, length } = shape;
    const rows = batch * length;
    const causal = config.kind === 'causal';
    this.#layout = new ModulationLayout(config);
    const timed = config.timeConditioning;
    const x = arena.storage('x', 4 * rows * d);
    this.#normed = timed ? arena.storage('normed', 4 * rows * d) : x;
    const keys = Array.from({ length: causal && cache ? blocks : 1 }, () =>
      arena.storage('qkv', 4 * rows * 3 * d),
    );
    this.#qkv = Array.from({ length: blocks }, (_, i) => keys[i % keys.length]);
    this.#attended = arena.storage('attended', 4 * rows * d);
    this.#inner = arena.storage('mlp', 4 * rows * 4 * d);
    this.activations = {
      tokens: arena.storage('tokens', 4 * rows),
      x,
      features: this.#normed,
      modulation: timed ? arena.storage('modulation', 4 * batch * this.#layout.size) : weights.modulation,
    };
    const positions = causal ? Array.from({ length }, (_, first) => ({ first, count: 1 })) : [];
    this.#spans = arena.uniform('spans', SPAN_STRIDE * (1 + positions.length));
    if (causal) this.#writeSpans(1, positions);
  }

  /**
   * Compile and bind what passes over so many positions need. Of the spans of more than one position, only the one that was
   * prepared last can be launched: a run has one at most.
   */
  async prepare(count: number): Promise<void> {
    const offset = this.#offset({ first: 0, count });
    if (offset === 0 && this.#wide !== count) {
      this.#writeSpans(0, [{ first: 0, count }]);
      this.#wide = count;
    }
    if (!this.#prepared.has(count)) this.#prepared.set(count, await this.#record(count));
  }

  /**
   * Embedding and blocks of a pass over a span; a submit may end behind any launch. Its number of positions must have been
   * prepared.
   */
  work({ first, count }: Span): readonly Work[] {
    const key = `${first} ${count}`;
    let work = this.#work.get(key);
    if (!work) {
      const at = this.#offset({ first, count });
      work = this.#pass(count).kernels.map((kernel) => kernel(count, at));
      this.#work.set(key, work);
    }
    return work;
  }

  /** As `work`, no further than until the queries, keys and values of a block are in its `qkv`. @param block from 0 */
  workUntilQkv(span: Span, block: number): readonly Work[] {
    return this.work(span).slice(0, this.#pass(span.count).projected[block]);
  }

  /** Queries and keys, both rotated, and values of a block, [batch * length, 3, heads, headSize]; another block may write there next. */
  qkv(block: number): GPUBuffer {
    return this.#qkv[block];
  }

  #pass(count: number): Pass {
    const pass = this.#prepared.get(count);
    if (!pass) throw new Error(`a pass over ${count} positions was not prepared`);
    return pass;
  }

  #writeSpans(at: number, spans: readonly Span[]): void {
    const { batch, length } = this.shape;
    this.gpu.write(this.#spans, at * SPAN_STRIDE, spanUniforms(spans, { samples: batch, length }));
  }

  #offset({ first, count }: Span): number {
    const single = this.weights.config.kind === 'causal' && count === 1;
    return single ? SPAN_STRIDE * (1 + first) : 0;
  }

  #variant({ matrix }: Linear, count: number): GemmVariant {
    const { storage } = this.weights;
    const { columns, inner } = matrix;
    return this.choice.layer({ length: count, rows: this.shape.batch * count, columns, inner, storage });
  }

  /** The kernels of a pass; those for another number of positions serve where they use the same variants. */
  #record(count: number): Promise<Pass> {
    const { weights, choice } = this;
    const { config, blocks } = weights;
    const variants = Object.values(blocks[0]).map((layer: Linear) => this.#variant(layer, count));
    const attention = attentionVariant(config.hidden / config.heads, count, choice.software);
    const key = JSON.stringify([variants, attention, this.#decodes(count)]);
    let recorded = this.#recorded.get(key);
    if (!recorded) {
      recorded = this.#recordPass(count);
      this.#recorded.set(key, recorded);
      // Whoever waits for it hears of the failure; the next one tries again.
      recorded.catch(() => this.#recorded.delete(key));
    }
    return recorded;
  }

  #decodes(count: number): boolean {
    return this.weights.config.kind === 'causal' && count === 1;
  }

  async #recordPass(count: number): Promise<Pass> {
    const { gpu, arena, weights, activations } = this;
    const { config, storage } = weights;
    const { hidden: d, heads } = config;
    const { batch, length } = this.shape;
    const { tokens, x, modulation } = activations;
    const [h, attended, inner, layout] = [this.#normed, this.#attended, this.#inner, this.#layout];
    const headSize = d / heads;
    const timed = config.timeConditioning;
    const causal = config.kind === 'causal';
    const span = { buffer: this.#spans, size: SPAN_BYTES };

    const shared = ({ matrix, columns }: Linear, gain: GPUBuffer, shape: Partial<GemmShape> = {}) => ({
      shape: arena.uniformOf(
        'shape',
        gemmUniform({ rows: 0, inner: matrix.inner, columns: matrix.columns, ...shape }),
      ),
      weights: matrix.buffer,
      columns,
      gain,
      span,
    });

    const product =
      ({ matrix: { columns, inner } }: Linear, v: GemmVariant, launch: Bound): Recorded =>
      (count, at) => ({
        launch: launch(gemmWorkgroups(v, batch * count, columns), at),
        cost: productCost(batch * count, columns, inner),
      });

    // [rows] -> [rows, d]
    const embed = async (): Promise<Recorded[]> => {
      const kernel = await gpu.kernels.compile(EMBEDDING[storage]);
      return weights.embedding.map(({ first, count: rows, buffer }) => {
        const shape = arena.uniformOf('shape', embeddingUniform(d, rows, first));
        const launch = kernel.bind({ shape, tokens, weights: buffer, y: x, span });
        return (count, at) => {
          const values = batch * count * d;
          return { launch: launch(elementWorkgroups(values / 4), at), cost: valueCost(values) };
        };
      });
    };

    // [rows, d] -> [rows, d]: adaLN as a kernel of its own, where time moves it; else the next GEMM has it inside.
    const norm = async (gain: GPUBuffer, shift: number, scale: number): Promise<Recorded[]> => {
      if (!timed) return [];
      const kernel = await gpu.kernels.compile(LAYERNORM_MODULATE);
      const uniform = layernormUniform({ inner: d, length, stride: layout.size, shift, scale });
      const shape = arena.uniformOf('shape', uniform);
      const launch = kernel.bind({ shape, x, weight: gain, modulation, y: h });
      const work = { launch: launch([batch * length]), cost: valueCost(batch * length * d) };
      return [() => work];
    };

    // [rows, d] -> [rows, 3, heads, headSize], q and k rotated
    const project = async (layer: NormLinear, qkv: GPUBuffer): Promise<Recorded> => {
      const v = this.#variant(layer, count);
      const kernel = await gpu.kernels.compile(
        gemmKernel('rope', storage, v),
        gemmConstants(v, { layernorm: !timed, headSize }),
      );
      const buffers = { ...shared(layer, layer.gain), x: h, y: qkv, angles: weights.angles };
      const launch = kernel.bind(buffers);
      return product(layer, v, launch);
    };

    // [rows, 3, heads, headSize] -> [rows, d]
    const attend = async (qkv: GPUBuffer): Promise<Recorded> => {
      const buffers = { shape: arena.uniformOf('shape', Uint32Array.of(heads)), qkv, y: attended, span };
      if (this.#decodes(count)) {
        const decode = (await gpu.kernels.compile(ATTENTION_DECODE, { HEAD_SIZE: headSize })).bind(buffers);
        const cost = attentionCost(batch, length, d);
        return (_, at) => ({ launch: decode([1, heads, batch], at), cost });
      }
      const v = attentionVariant(headSize, count, this.choice.software);
      const kernel = await gpu.kernels.compile(ATTENTION, attentionConstants(v, headSize, causal));
      const launch = kernel.bind(buffers);
      return (count, at) => ({
        launch: launch(attentionWorkgroups(v, count, heads, batch), at),
        cost: attentionCost(batch * count, length, d),
      });
    };

    // [rows, d] -> [rows, 4d]
    const widen = async (layer: NormLinear): Promise<Recorded> => {
      const v = this.#variant(layer, count);
      const kernel = await gpu.kernels.compile(
        gemmKernel('gelu', storage, v),
        gemmConstants(v, { layernorm: !timed }),
      );
      const launch = kernel.bind({ ...shared(layer, layer.gain), x: h, y: inner });
      return product(layer, v, launch);
    };

    // x += gate * (W from + b)
    const addResidual = async (layer: Linear, from: GPUBuffer, gateOffset: number): Promise<Recorded> => {
      const v = this.#variant(layer, count);
      const kernel = await gpu.kernels.compile(gemmKernel('residual', storage, v), gemmConstants(v));
      // `gain` belongs to norms; a GEMM without one never reads it. The gates of a causal network are all one.
      const gates = { gateOffset: causal ? 0 : gateOffset, gateStride: timed ? layout.size : 0 };
      const launch = kernel.bind({ ...shared(layer, layer.columns, gates), x: from, y: x, gate: modulation });
      return product(layer, v, launch);
    };

    const block = async (i: number): Promise<{ untilQkv: Recorded[]; rest: Recorded[] }> => {
      const w = weights.blocks[i];
      const at = layout.block(i);
      const qkv = this.#qkv[i];
      const [normed, projected, ...rest] = await Promise.all([
        norm(w.qkv.gain, at.shift1, at.scale1),
        project(w.qkv, qkv),
        attend(qkv),
        addResidual(w.out, attended, at.gate1),
        norm(w.up.gain, at.shift2, at.scale2),
        widen(w.up),
        addResidual(w.down, inner, at.gate2),
      ]);
      return { untilQkv: [...normed, projected], rest: rest.flat() };
    };

    // All at once: the compiler then sees every kernel of the network together.
    const [first, last, ...blocks] = await Promise.all([
      embed(),
      norm(weights.head.gain, layout.head().shift, layout.head().scale),
      ...Array.from({ length: config.blocks }, (_, i) => block(i)),
    ]);
    const kernels = [...first];
    const projected = blocks.map(({ untilQkv, rest }) => {
      const until = kernels.push(...untilQkv);
      kernels.push(...rest);
      return until;
    });
    return { kernels: [...kernels, ...last], projected };
  }
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
): Promise<(offset: number) => Work> {
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
  return (offset) => ({
    launch: launch(gemmWorkgroups(v, batch, columns), offset),
    cost: productCost(batch, columns, inner),
  });
}
