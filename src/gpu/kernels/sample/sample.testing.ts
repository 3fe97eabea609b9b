/** What the tests of the sampling kernels share: a head whose logits are known, its draws on the GPU, and their check. */
import { expect } from 'vitest';
import type { Arena } from '../../buffers.ts';
import type { Gpu } from '../../device.ts';
import type { Launch } from '../../kernel.ts';
import { readBuffer, submit } from '../../recorder.ts';
import { normals } from '../../testing.ts';
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
  type GemmVariant,
  type Selection,
} from '../gemm/gemm.ts';
import { layerNorm, matmul } from '../gemm/gemm.reference.ts';
import { packMatrix } from '../pack-weight/pack-weight.ts';
import { argmax, drawToken, entropyOf, races, tokenProbabilities } from './sample.reference.ts';
import {
  ARGMAX_ROW,
  decodeDrawn,
  DRAWN_BYTES,
  RECORD_BYTES,
  SAMPLE_MERGE,
  SAMPLE_NUCLEUS,
  type Drawn,
} from './sample.ts';

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
  /** [vocabulary, inner]; the last row is the mask's. */
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
    w: normals(2, vocabulary * inner, 2 / Math.sqrt(inner)),
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
    w: normals(2, 4 * vocabulary),
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

/** Runs heads on one device. */
export class HeadRunner {
  constructor(
    private readonly gpu: Gpu,
    private readonly arena: Arena,
  ) {}

  /** The buffers that all ops of a head take. */
  async #shared(
    head: Head,
    rows: Uint32Array<ArrayBuffer>,
    selections: readonly Selection[],
    stride: number,
  ) {
    const { gpu, arena } = this;
    const { x, w, bias, gain, inner, vocabulary, length } = head;
    const size = { columns: vocabulary, inner, storage: 'f32' } as const;
    const part = {
      at: 0,
      rows: vocabulary,
      format: 'F32',
      read: (from: number, to: number) =>
        Promise.resolve(new Uint8Array(w.buffer, 4 * inner * from, 4 * inner * (to - from))),
    } as const;
    const matrix = await packMatrix(gpu, arena, 'head', size, [part]);
    const columns = new Float32Array(2 * paddedColumns(vocabulary));
    columns.set(bias);
    columns.set(matmul(gain, w, 1, vocabulary, inner), paddedColumns(vocabulary));
    const uniforms = arena.uniform('selections', SELECTION_STRIDE * selections.length);
    gpu.write(uniforms, 0, selectionUniforms(selections));
    return {
      shape: arena.uniformOf('shape', gemmUniform({ rows: 0, inner, columns: vocabulary, length, stride })),
      x: arena.storageOf('x', x),
      weights: matrix.buffer,
      columns: arena.storageOf('columns', columns),
      gain: arena.storageOf('gain', gain),
      rows: arena.storageOf('rows', rows),
      selection: { buffer: uniforms, size: SELECTION_BYTES },
    };
  }

  /** Draw with the op `sample`, a pair of launches for each selection. Returns what was drawn, and tokens by row. */
  async sample(
    head: Head,
    v: GemmVariant,
    rows: Uint32Array<ArrayBuffer>,
    selections: readonly Selection[],
  ): Promise<{ drawn: Drawn[]; tokens: Uint32Array }> {
    const { gpu, arena } = this;
    const buffers = await this.#shared(head, rows, selections, Math.ceil(head.vocabulary / 4) * 4);
    const [gemm, merge] = await Promise.all([
      gpu.kernels.compile(gemmKernel('sample', 'f32', v), gemmConstants(v, { layernorm: true })),
      gpu.kernels.compile(SAMPLE_MERGE),
    ]);
    const tiles = paddedColumns(head.vocabulary) / variantColumns(v);
    const most = Math.max(...selections.map(({ count }) => count));
    const records = arena.storage('records', RECORD_BYTES * most * tiles);
    const outputs = this.#outputs(head, rows);
    const draw = gemm.bind({ ...buffers, records });
    const finish = merge.bind({
      shape: arena.uniformOf('shape', Uint32Array.of(tiles, head.length)),
      records,
      rows: buffers.rows,
      selection: buffers.selection,
      ...outputs,
    });
    const launches = selections.flatMap(({ count }, i): Launch[] => [
      draw(gemmWorkgroups(v, count, head.vocabulary), i * SELECTION_STRIDE),
      finish([count], i * SELECTION_STRIDE),
    ]);
    submit(gpu, launches);
    return this.#read(outputs);
  }

  /** Draw from stored logits with top-p; `logits` are those of the last selection, [count, stride]. */
  async nucleus(
    head: Head,
    v: GemmVariant,
    rows: Uint32Array<ArrayBuffer>,
    selections: readonly Selection[],
    stride = Math.ceil(head.vocabulary / 4) * 4,
  ): Promise<{ drawn: Drawn[]; tokens: Uint32Array; logits: Float32Array }> {
    const { gpu, arena } = this;
    const buffers = await this.#shared(head, rows, selections, stride);
    const [gemm, nucleus] = await Promise.all([
      gpu.kernels.compile(gemmKernel('logits', 'f32', v), gemmConstants(v, { layernorm: true })),
      gpu.kernels.compile(SAMPLE_NUCLEUS),
    ]);
    const most = Math.max(...selections.map(({ count }) => count));
    const logits = arena.storage('logits', 4 * most * stride);
    const outputs = this.#outputs(head, rows);
    const store = gemm.bind({ ...buffers, y: logits });
    const draw = nucleus.bind({
      shape: arena.uniformOf('shape', Uint32Array.of(head.vocabulary, stride, head.length)),
      logits,
      rows: buffers.rows,
      selection: buffers.selection,
      ...outputs,
    });
    const launches = selections.flatMap(({ count }, i): Launch[] => [
      store(gemmWorkgroups(v, count, head.vocabulary), i * SELECTION_STRIDE),
      draw([count], i * SELECTION_STRIDE),
    ]);
    submit(gpu, launches);
    return { ...(await this.#read(outputs)), logits: new Float32Array(await readBuffer(gpu, logits)) };
  }

  #outputs(head: Head, rows: Uint32Array) {
    const slots = head.x.length / head.inner;
    return {
      tokens: this.arena.storageOf('tokens', new Uint32Array(slots).fill(UNTOUCHED)),
      drawn: this.arena.storage('drawn', DRAWN_BYTES * rows.length),
    };
  }

  async #read(outputs: { tokens: GPUBuffer; drawn: GPUBuffer }) {
    const tokens = new Uint32Array(await readBuffer(this.gpu, outputs.tokens));
    return { drawn: decodeDrawn(await readBuffer(this.gpu, outputs.drawn)), tokens };
  }
}

/**
 * Check the draws of a selection against exact laws. A token may be another than the CPU's where float32 turns a near
 * tie round, and a nucleus one that float32 cuts elsewhere because its mass is within 1e-6 of top-p.
 * @param tolerance.tie largest difference of log E / p between the two tokens: a few ULP of scores up to 64
 */
export function check(
  drawn: readonly Drawn[],
  rows: Uint32Array,
  head: Head,
  { start, count, seed, firstSample, temperature, topP, draw = 0 }: Selection,
  tolerance = { tie: 3e-5, probability: 1e-5, entropy: 2e-5 },
): void {
  const { vocabulary, length } = head;
  const maskId = vocabulary - 1;
  const all = logitsOf(head);
  for (let i = start; i < start + count; i++) {
    const row = rows[i] & ~ARGMAX_ROW;
    const noisy = rows[i] < ARGMAX_ROW;
    const logits = all.subarray(row * vocabulary, (row + 1) * vocabulary);
    const { token, probability, entropy } = drawn[i];
    const address = { seed, sample: firstSample + Math.floor(row / length), position: row % length, draw };
    expect(drawn[i].row).toBe(row);
    const cuts = noisy && topP < 1 ? [topP, topP - 1e-6, topP + 1e-6] : [1];
    const faults = cuts.map((cut) => {
      const law = tokenProbabilities(logits, maskId, temperature, cut);
      const expected = noisy ? drawToken(law, address) : argmax(maskId, (v) => logits[v]);
      if (token !== expected) {
        const race = races(law, address);
        const tie = noisy && Math.log(race[token] / race[expected]) < tolerance.tie;
        if (!tie) return `row ${row} took token ${token}, not ${expected}`;
      }
      if (!(Math.abs(probability - law[token]) < tolerance.probability)) {
        return `row ${row}: token ${token} with chance ${probability}, not ${law[token]}`;
      }
      const exact = entropyOf(law);
      return entropy >= 0 && Math.abs(entropy - exact) < tolerance.entropy
        ? ''
        : `row ${row}: entropy ${entropy}, not ${exact}`;
    });
    if (!faults.includes('')) expect.fail(faults[0]);
  }
}
