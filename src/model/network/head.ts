/**
 * The head: final norm, linear layer to the vocabulary, and what is done with its logits. It runs on chosen rows only:
 * those that unmask in the pass, which the plan knows beforehand.
 */
import type { GemmChoice } from '../../gpu/autotune.ts';
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { Bound } from '../../gpu/kernel.ts';
import {
  gemmConstants,
  gemmKernel,
  gemmUniform,
  gemmWorkgroups,
  paddedColumns,
  SELECTION_BYTES,
  SELECTION_STRIDE,
  variantColumns,
  variantRows,
} from '../../gpu/kernels/gemm/gemm.ts';
import {
  DRAWN_BYTES,
  RECORD_BYTES,
  SAMPLE_MERGE,
  SAMPLE_NUCLEUS,
  SCORE_MERGE,
} from '../../gpu/kernels/sample/sample.ts';
import { productCost, valueCost, type Work } from './cost.ts';
import type { BatchShape } from './forward.ts';
import type { NetworkWeights } from './weights.ts';

/**
 * What becomes of the logits. `sample`: tokens are drawn in the GEMM and no logit is stored. `nucleus`: stored, then
 * drawn by top-p. `score`: how likely the row's own token is, in `drawn` in place of a draw; no logit is stored. `logits`:
 * stored, to be looked at.
 */
export type HeadMode = 'sample' | 'nucleus' | 'score' | 'logits';

/** What is done with a part of so many rows, its Selection at an offset. */
type Recorded = (count: number, offset: number) => Work[];

/** How often the kernel of top-p goes through a row. */
const NUCLEUS_PASSES = 19;

/** Buffers that the GEMM of a head takes in every mode. */
type SharedBuffer = 'shape' | 'x' | 'weights' | 'columns' | 'gain' | 'rows';

/** Logits are stored in a scratch of at most this size; more rows than fit go through it in turn. */
const SCRATCH_BYTES = 32 * 2 ** 20;
/** Fewest columns of a tile: a record stands for at least so many. */
const RECORD_COLUMNS = 16;

/**
 * Most rows of one launch of the head. A record of 20 bytes stands for at least 16 logits of 4, so the bound of the scratch
 * holds for the records of `sample` too.
 */
export function headRows(slots: number, vocabulary: number): number {
  return Math.max(1, Math.min(slots, Math.floor(SCRATCH_BYTES / (4 * paddedColumns(vocabulary)))));
}

/** Values from one row of stored logits to the next. */
export function logitsStride(vocabulary: number): number {
  return Math.ceil(vocabulary / 4) * 4;
}

/** Bytes of the records that tiles leave of a draw over so many rows. */
export function recordsBytes(rows: number, vocabulary: number): number {
  return (RECORD_BYTES * rows * paddedColumns(vocabulary)) / RECORD_COLUMNS;
}

/** Buffers that heads of one shape share, since only one of them works at a time; each made when first needed. */
export interface HeadScratch {
  /** What tiles leave of a draw, [rowsPerPart, tiles]. */
  records?: GPUBuffer;
  /** Stored logits, [rowsPerPart, stride]. */
  logits?: GPUBuffer;
}

/** Head of one batch shape, with the buffers through which a run tells it what to do. */
export class Head {
  /** Rows of x that unmask, in the order of the plan; upper bit: by argmax. [batch * length] */
  readonly rows: GPUBuffer;
  /** What was drawn for each entry of `rows`: (row, token, bits of its probability, bits of the entropy). */
  readonly drawn: GPUBuffer;
  /** One Selection per launch of a run, SELECTION_STRIDE bytes apart. */
  readonly selections: GPUBuffer;
  /** Most rows of one launch. */
  readonly rowsPerPart: number;
  /** Values from one row of stored logits to the next. */
  readonly stride: number;
  readonly scratch: HeadScratch;

  readonly #recorded = new Map<string, Recorded>();

  /**
   * @param options.allRows for runs in which a pass may work on all rows again, not only on those that unmask in it
   * @param options.scratch of another head of the same shape and network
   */
  constructor(
    private readonly gpu: Gpu,
    private readonly arena: Arena,
    private readonly weights: NetworkWeights,
    private readonly shape: BatchShape,
    private readonly buffers: { features: GPUBuffer; tokens: GPUBuffer },
    private readonly choice: GemmChoice,
    { allRows = false, scratch = {} }: { allRows?: boolean; scratch?: HeadScratch } = {},
  ) {
    this.scratch = scratch;
    const slots = shape.batch * shape.length;
    const { vocabulary } = weights.config;
    this.stride = logitsStride(vocabulary);
    this.rowsPerPart = headRows(slots, vocabulary);
    this.rows = arena.storage('rows', 4 * slots);
    this.drawn = arena.storage('drawn', DRAWN_BYTES * slots);
    // A pass takes at least one token of a sample, so there are at most `length` passes. Besides its parts a pass has a
    // selection for its modulation. Where rows come once, the parts that are full are those of all slots together, and each
    // pass has one that is not; where they come again, each pass may have all of them, and a selection for the choice.
    const full = Math.ceil(slots / this.rowsPerPart);
    const selections = allRows ? (2 + full) * shape.length : 2 * shape.length + full;
    this.selections = arena.uniform('selections', SELECTION_STRIDE * selections);
  }

  /** Cut the rows of a pass into parts that fit the scratch. */
  parts(count: number): number[] {
    const whole = Math.floor(count / this.rowsPerPart);
    const rest = count % this.rowsPerPart;
    return [...Array.from({ length: whole }, () => this.rowsPerPart), ...(rest > 0 ? [rest] : [])];
  }

  /** Compile and bind what parts of these sizes need; once for each mode and tile. */
  async prepare(mode: HeadMode, counts: Iterable<number>): Promise<void> {
    const variants = new Map([...counts].map((count) => [this.#key(mode, count), count]));
    await Promise.all(
      [...variants].map(async ([key, count]) => {
        if (!this.#recorded.has(key)) this.#recorded.set(key, await this.#record(mode, count));
      }),
    );
  }

  /**
   * What one part takes; `prepare` must have seen its size.
   * @param selection index of its Selection
   */
  work(mode: HeadMode, selection: number, count: number): Work[] {
    const recorded = this.#recorded.get(this.#key(mode, count));
    if (!recorded) throw new Error(`head for ${mode} of ${count} rows was not prepared`);
    return recorded(count, SELECTION_STRIDE * selection);
  }

  #key(mode: HeadMode, count: number): string {
    return `${mode} ${variantRows(this.choice.head(count))}`;
  }

  async #record(mode: HeadMode, rows: number): Promise<Recorded> {
    const { gpu, arena, weights, buffers } = this;
    const { pieces, gain } = weights.head;
    const { vocabulary, timeConditioning, hidden } = weights.config;
    const { length } = this.shape;
    const v = this.choice.head(rows);
    const constants = gemmConstants(v, { layernorm: !timeConditioning });
    const selection = { buffer: this.selections, size: SELECTION_BYTES };
    const size = { rows: 0, inner: hidden, columns: vocabulary, length, stride: this.stride };
    /** What the GEMM launches for each piece of the matrix; what it leaves of them lies side by side. */
    const each = (
      bind: (shared: Record<SharedBuffer, GPUBuffer> & { selection: GPUBufferBinding }) => Bound,
    ): Recorded => {
      const bound = pieces.map(({ matrix, columns, first }) => {
        const piece = { first, count: matrix.columns };
        const shape = arena.uniformOf('shape', gemmUniform({ ...size, piece }));
        const x = buffers.features;
        return bind({ shape, x, weights: matrix.buffer, columns, gain, rows: this.rows, selection });
      });
      return (count, offset) =>
        bound.map((launch, i) => {
          const { columns, inner } = pieces[i].matrix;
          return {
            launch: launch(gemmWorkgroups(v, count, columns), offset),
            cost: productCost(count, columns, inner),
          };
        });
    };
    /** A kernel with a workgroup for each row, behind those, that goes through so many values of it. */
    const behind =
      (tiles: Recorded, finish: Bound, values: number): Recorded =>
      (count, offset) => [
        ...tiles(count, offset),
        { launch: finish([count], offset), cost: valueCost(count * values) },
      ];
    const outputs = { rows: this.rows, tokens: buffers.tokens, drawn: this.drawn, selection };

    if (mode === 'sample' || mode === 'score') {
      const records = (this.scratch.records ??= arena.storage(
        'records',
        recordsBytes(this.rowsPerPart, vocabulary),
      ));
      const perRow = paddedColumns(vocabulary) / variantColumns(v);
      const shape = arena.uniformOf('shape', Uint32Array.of(perRow, length));
      const { tokens } = buffers;
      const compile = gpu.kernels.compile.bind(gpu.kernels);
      const [tiles, finish] =
        mode === 'sample'
          ? await Promise.all([
              compile(gemmKernel('sample', weights.storage, v), constants).then((kernel) =>
                each((shared) => kernel.bind({ ...shared, records })),
              ),
              compile(SAMPLE_MERGE).then((kernel) => kernel.bind({ shape, records, ...outputs })),
            ])
          : await Promise.all([
              compile(gemmKernel('score', weights.storage, v), constants).then((kernel) =>
                each((shared) => kernel.bind({ ...shared, records, tokens })),
              ),
              compile(SCORE_MERGE).then((kernel) => kernel.bind({ shape, records, ...outputs })),
            ]);
      return behind(tiles, finish, (perRow * RECORD_BYTES) / 4);
    }
    const scratch = (this.scratch.logits ??= arena.storage('logits', 4 * this.rowsPerPart * this.stride));
    const kernel = await gpu.kernels.compile(gemmKernel('logits', weights.storage, v), constants);
    const logits = each((shared) => kernel.bind({ ...shared, y: scratch }));
    if (mode === 'logits') return logits;
    const nucleus = await gpu.kernels.compile(SAMPLE_NUCLEUS);
    const shape = arena.uniformOf('shape', Uint32Array.of(vocabulary, this.stride, length));
    const draw = nucleus.bind({ shape, logits: scratch, ...outputs });
    return behind(logits, draw, NUCLEUS_PASSES * vocabulary);
  }
}
