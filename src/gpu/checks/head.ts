/** Heads whose logits are known, and their draws on the GPU. */
import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import type { Bound, Constants, Launch } from '../kernel.ts';
import {
  gemmConstants,
  gemmKernel,
  gemmUniform,
  gemmWorkgroups,
  paddedColumns,
  SELECTION_BYTES,
  SELECTION_STRIDE,
  selectionUniforms,
  variantColumns,
  type Selection,
  type Storage,
  type VariantOf,
} from '../kernels/gemm/gemm.ts';
import { layerNorm, matmul } from '../kernels/gemm/gemm.reference.ts';
import {
  ARGMAX_ROW,
  decodeDrawn,
  decodeScored,
  DRAWN_BYTES,
  RECORD_BYTES,
  SAMPLE_MERGE,
  SAMPLE_NUCLEUS,
  SCORE_MERGE,
  type Drawn,
  type Scored,
} from '../kernels/sample/sample.ts';
import { readBuffer, submit } from '../recorder.ts';
import { columnsOf, packProblem } from './gemm.ts';
import { normals, roundToHalf } from './numbers.ts';

export const SEED = 0xfedcba98;

/** What rows that nobody draws for hold. */
export const UNTOUCHED = 0xffffffff;

export const selection = (fields: Partial<Selection> & { count: number }): Selection => ({
  start: 0,
  seed: SEED,
  firstSample: 0,
  temperature: 1,
  topP: 1,
  ...fields,
});

/** Random logits; the mask is the likeliest, so that it would be drawn if it could. */
export function randomLogits(vocabulary: number, seed = 1): Float32Array<ArrayBuffer> {
  const logits = normals(seed, vocabulary, 1.5);
  logits[vocabulary - 1] = 20;
  return logits;
}

/**
 * Entries that leave two rows out and name the others in no order, every third by argmax.
 * @param rows a number that 5 does not divide
 */
export function entries(rows: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: rows - 2 }, (_, i) => ((5 * i) % rows) + (i % 3 === 2 ? ARGMAX_ROW : 0));
}

/** A head, with the norm in front of it, and the features it reads. */
export interface Head {
  /** [samples * length, inner] */
  x: Float32Array<ArrayBuffer>;
  /** [vocabulary, inner], of values that f16 holds exactly; the last row is the mask's. */
  w: Float32Array<ArrayBuffer>;
  /** [vocabulary] */
  bias: Float32Array<ArrayBuffer>;
  /** Weight of the norm, [inner]. */
  gain: Float32Array<ArrayBuffer>;
  inner: number;
  vocabulary: number;
  /** Rows of one sample. */
  length: number;
}

/** A head of random weights over random features. */
export function randomHead(vocabulary: number, rows: number, length: number): Head {
  const inner = 132;
  return {
    x: normals(1, rows * inner, 3, 2),
    w: roundToHalf(normals(2, vocabulary * inner, 2 / Math.sqrt(inner))),
    bias: normals(3, vocabulary),
    gain: normals(4, inner, 0.2, 1),
    inner,
    vocabulary,
    length,
  };
}

/** A head that gives every row these logits exactly: values that do not vary are normalised to 0, and the bias is left. */
export function exactHead(logits: ArrayLike<number>, rows: number, length = rows): Head {
  const vocabulary = logits.length;
  return {
    x: Float32Array.from({ length: 4 * rows }, (_, i) => i >> 2),
    w: roundToHalf(normals(2, 4 * vocabulary)),
    bias: Float32Array.from(logits),
    gain: new Float32Array(4).fill(1),
    inner: 4,
    vocabulary,
    length,
  };
}

/** The logits of a head's rows in float64, [rows, vocabulary]. */
export function logitsOf({ x, w, bias, gain, inner, vocabulary }: Head): Float64Array {
  const rows = x.length / inner;
  const sums = matmul(layerNorm(x, gain, rows, inner), w, rows, vocabulary, inner);
  return sums.map((sum, i) => sum + bias[i % vocabulary]);
}

/** A draw on the GPU: the entries of `drawn`, and tokens by row. */
export interface Draws {
  drawn: Drawn[];
  tokens: Uint32Array;
}

/** What every op of a head takes. */
type HeadBuffers = Record<'shape' | 'x' | 'weights' | 'columns' | 'gain' | 'rows', GPUBuffer> & {
  selection: GPUBufferBinding;
  /** Columns of the piece. */
  count: number;
};

/** Runs heads on one device. */
export class HeadRunner {
  constructor(
    private readonly gpu: Gpu,
    private readonly arena: Arena,
    private readonly storage: Storage = 'f32',
    /** Most columns of a head that lie in one buffer, a multiple of 64. */
    private readonly most = Infinity,
  ) {}

  /** The buffers that all ops of a head take, for each piece of it. */
  async #shared(
    head: Head,
    rows: Uint32Array<ArrayBuffer>,
    selections: readonly Selection[],
    stride: number,
  ): Promise<HeadBuffers[]> {
    const { gpu, arena, storage, most } = this;
    const { inner, vocabulary, length } = head;
    const uniforms = arena.uniform('selections', SELECTION_STRIDE * selections.length);
    gpu.write(uniforms, 0, selectionUniforms(selections));
    const shared = {
      x: arena.storageOf('x', head.x),
      gain: arena.storageOf('gain', head.gain),
      rows: arena.storageOf('rows', rows),
      selection: { buffer: uniforms, size: SELECTION_BYTES },
    };
    const pieces: HeadBuffers[] = [];
    for (let first = 0; first < vocabulary; first += most) {
      const count = Math.min(most, vocabulary - first);
      const w = head.w.slice(first * inner, (first + count) * inner);
      const problem = { w, bias: head.bias.slice(first, first + count), N: count, K: inner };
      const { buffer: weights } = await packProblem(gpu, arena, problem, storage);
      const size = { rows: 0, inner, columns: vocabulary, length, stride, piece: { first, count } };
      const shape = arena.uniformOf('shape', gemmUniform(size));
      const columns = columnsOf(arena, problem, head.gain);
      pieces.push({ ...shared, shape, weights, columns, count });
    }
    return pieces;
  }

  /** Launches of a GEMM over all pieces, for a number of rows and the offset of their Selection. */
  #launcher(v: VariantOf<'sample'>, pieces: readonly HeadBuffers[], bound: readonly Bound[]) {
    return (rows: number, offset: number): Launch[] =>
      bound.map((launch, i) => launch(gemmWorkgroups(v, rows, pieces[i].count), offset));
  }

  /** Draw with the op `sample`, a pair of launches for each selection. */
  async sample(
    head: Head,
    v: VariantOf<'sample'>,
    rows: Uint32Array<ArrayBuffer>,
    selections: readonly Selection[],
  ): Promise<Draws> {
    const outputs = this.#outputs(head, rows);
    await this.#byTiles(SAMPLE_MERGE, head, v, rows, selections, outputs, async (constants) => {
      const kernel = await this.gpu.kernels.compile(gemmKernel('sample', this.storage, v), constants);
      return (buffers) => kernel.bind(buffers);
    });
    return this.#read(outputs);
  }

  /**
   * Score with the op `score`, a pair of launches for each selection.
   * @param tokens by row, [samples * length]
   */
  async score(
    head: Head,
    v: VariantOf<'score'>,
    rows: Uint32Array<ArrayBuffer>,
    tokens: Uint32Array<ArrayBuffer>,
    selections: readonly Selection[],
  ): Promise<Scored[]> {
    const outputs = { ...this.#outputs(head, rows), tokens: this.arena.storageOf('tokens', tokens) };
    await this.#byTiles(SCORE_MERGE, head, v, rows, selections, outputs, async (constants) => {
      const kernel = await this.gpu.kernels.compile(gemmKernel('score', this.storage, v), constants);
      return (buffers) => kernel.bind({ ...buffers, tokens: outputs.tokens });
    });
    return decodeScored(await readBuffer(this.gpu, outputs.drawn));
  }

  /** Launch an op that leaves a record of each tile, and what merges them. */
  async #byTiles(
    mergeKernel: typeof SAMPLE_MERGE,
    head: Head,
    v: VariantOf<'sample'>,
    rows: Uint32Array<ArrayBuffer>,
    selections: readonly Selection[],
    outputs: { tokens: GPUBuffer; drawn: GPUBuffer },
    compile: (constants: Constants) => Promise<(buffers: HeadBuffers & { records: GPUBuffer }) => Bound>,
  ): Promise<void> {
    const { gpu, arena } = this;
    const pieces = await this.#shared(head, rows, selections, Math.ceil(head.vocabulary / 4) * 4);
    const tiles = paddedColumns(head.vocabulary) / variantColumns(v);
    const most = Math.max(...selections.map(({ count }) => count));
    const records = arena.storage('records', RECORD_BYTES * most * tiles);
    const [bind, merge] = await Promise.all([
      compile(gemmConstants(v, { layernorm: true })),
      gpu.kernels.compile(mergeKernel),
    ]);
    const bound = pieces.map((buffers) => bind({ ...buffers, records }));
    const draw = this.#launcher(v, pieces, bound);
    const finish = merge.bind({
      shape: arena.uniformOf('shape', Uint32Array.of(tiles, head.length)),
      records,
      rows: pieces[0].rows,
      selection: pieces[0].selection,
      ...outputs,
    });
    const launches = selections.flatMap(({ count }, i): Launch[] => [
      ...draw(count, i * SELECTION_STRIDE),
      finish([count], i * SELECTION_STRIDE),
    ]);
    submit(gpu, launches);
  }

  /** Stored logits of the rows of a selection, [count, stride]. */
  async logits(
    head: Head,
    v: VariantOf<'logits'>,
    rows: Uint32Array<ArrayBuffer>,
    { stride, ...selected }: Selection & { stride: number },
  ): Promise<Float32Array> {
    const { gpu } = this;
    const store = await this.#storeLogits(head, v, rows, [selected], stride);
    submit(gpu, store.launches(selected.count, 0));
    return new Float32Array(await readBuffer(gpu, store.logits));
  }

  /** Draw from stored logits with top-p, a pair of launches for each selection. */
  async nucleus(
    head: Head,
    v: VariantOf<'logits'>,
    rows: Uint32Array<ArrayBuffer>,
    selections: readonly Selection[],
  ): Promise<Draws> {
    const { gpu, arena } = this;
    const stride = Math.ceil(head.vocabulary / 4) * 4;
    const [store, nucleus] = await Promise.all([
      this.#storeLogits(head, v, rows, selections, stride),
      gpu.kernels.compile(SAMPLE_NUCLEUS),
    ]);
    const outputs = this.#outputs(head, rows);
    const draw = nucleus.bind({
      shape: arena.uniformOf('shape', Uint32Array.of(head.vocabulary, stride, head.length)),
      logits: store.logits,
      rows: store.rows,
      selection: store.selection,
      ...outputs,
    });
    const launches = selections.flatMap(({ count }, i): Launch[] => [
      ...store.launches(count, i * SELECTION_STRIDE),
      draw([count], i * SELECTION_STRIDE),
    ]);
    submit(gpu, launches);
    return this.#read(outputs);
  }

  async #storeLogits(
    head: Head,
    v: VariantOf<'logits'>,
    rows: Uint32Array<ArrayBuffer>,
    selections: readonly Selection[],
    stride: number,
  ) {
    const { gpu, arena, storage } = this;
    const pieces = await this.#shared(head, rows, selections, stride);
    const constants = gemmConstants(v, { layernorm: true });
    const gemm = await gpu.kernels.compile(gemmKernel('logits', storage, v), constants);
    const most = Math.max(...selections.map(({ count }) => count));
    const logits = arena.storage('logits', 4 * most * stride);
    const bound = pieces.map((buffers) => gemm.bind({ ...buffers, y: logits }));
    const { rows: entries, selection } = pieces[0];
    return { logits, rows: entries, selection, launches: this.#launcher(v, pieces, bound) };
  }

  #outputs(head: Head, rows: Uint32Array) {
    const slots = head.x.length / head.inner;
    return {
      tokens: this.arena.storageOf('tokens', new Uint32Array(slots).fill(UNTOUCHED)),
      drawn: this.arena.storage('drawn', DRAWN_BYTES * rows.length),
    };
  }

  async #read(outputs: { tokens: GPUBuffer; drawn: GPUBuffer }): Promise<Draws> {
    const tokens = new Uint32Array(await readBuffer(this.gpu, outputs.tokens));
    return { drawn: decodeDrawn(await readBuffer(this.gpu, outputs.drawn)), tokens };
  }
}
