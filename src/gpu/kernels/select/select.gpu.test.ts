import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Arena } from '../../buffers.ts';
import type { Gpu } from '../../device.ts';
import { readBuffer, submit } from '../../recorder.ts';
import { integers, openTestGpu } from '../../testing.ts';
import { SELECTION_BYTES, SELECTION_STRIDE, selectionUniforms } from '../gemm/gemm.ts';
import { ARGMAX_ROW, decodeDrawn, DRAWN_BYTES, type Drawn } from '../sample/sample.ts';
import { byConfidence } from './select.reference.ts';
import { SEGMENT_BYTES, segmentData, SELECT, selectWorkgroups, type Segment } from './select.ts';

/** What rows, tokens and entries that nobody writes hold. */
const UNTOUCHED = 0xffffffff;
const LENGTH = 400;

let gpu: Gpu;
let arena: Arena;

beforeAll(async () => {
  gpu = await openTestGpu();
  arena = gpu.memory.arena('test');
});
afterEach(() => {
  arena.clear();
});
afterAll(() => {
  gpu.destroy();
});

function encodeDrawn(proposals: readonly Drawn[]): Uint32Array<ArrayBuffer> {
  const floats = new Float32Array(4 * proposals.length);
  const words = new Uint32Array(floats.buffer);
  proposals.forEach(({ row, token, probability, entropy }, i) => {
    words.set([row, token], 4 * i);
    floats.set([probability, entropy], 4 * i + 2);
  });
  return words;
}

/** Proposals of one sample in no order of rows, with chances of `levels` values: few give many ties. */
function propose(sample: number, count: number, levels: number): Drawn[] {
  const stride = 7;
  const chances = integers(sample + 1, count, levels);
  return Array.from({ length: count }, (_, i) => ({
    row: sample * LENGTH + ((stride * i + sample) % LENGTH),
    token: 1000 * sample + i,
    probability: Math.fround((chances[i] + 1) / (levels + 1)),
    entropy: i,
  }));
}

/** Run the kernel on passes of segments, each from a place of its own, in one submit. */
async function select(proposals: readonly Drawn[], passes: readonly Segment[][], samples: number) {
  const slots = samples * LENGTH;
  const untouched = (label: string, words: number) =>
    arena.storageOf(label, new Uint32Array(words).fill(UNTOUCHED));
  const buffers = {
    tokens: untouched('tokens', slots),
    drawn: untouched('drawn', (DRAWN_BYTES / 4) * slots),
    rows: untouched('rows', slots),
  };
  const uniforms = arena.uniform('selections', SELECTION_STRIDE * passes.length);
  let start = 0;
  const base = { seed: 0, firstSample: 0, temperature: 1, topP: 1 };
  const selections = passes.map(({ length: count }) => {
    start += count;
    return { ...base, start: start - count, count };
  });
  gpu.write(uniforms, 0, selectionUniforms(selections));
  const data = segmentData(passes.flat());
  expect(data.byteLength).toBe(SEGMENT_BYTES * passes.flat().length);
  const launch = (await gpu.kernels.compile(SELECT)).bind({
    proposals: arena.storageOf('proposals', encodeDrawn(proposals)),
    segments: arena.storageOf('segments', data),
    selection: { buffer: uniforms, size: SELECTION_BYTES },
    ...buffers,
  });
  submit(
    gpu,
    passes.map((segments, i) => launch(selectWorkgroups(segments), SELECTION_STRIDE * i)),
  );
  const [tokens, drawn, rows] = await Promise.all(
    [buffers.tokens, buffers.drawn, buffers.rows].map((buffer) => readBuffer(gpu, buffer)),
  );
  return { tokens: new Uint32Array(tokens), drawn: decodeDrawn(drawn), rows: new Uint32Array(rows) };
}

/** What the kernel should leave, by the reference. */
function expected(proposals: readonly Drawn[], segments: readonly Segment[], samples: number) {
  const slots = samples * LENGTH;
  const tokens = new Uint32Array(slots).fill(UNTOUCHED);
  const rows = new Uint32Array(slots).fill(UNTOUCHED);
  const drawn = new Map<number, Drawn>();
  for (const { start, count, take, chosen, rest, flag } of segments) {
    const own = proposals.slice(start, start + count).sort((a, b) => a.row - b.row);
    byConfidence(own).forEach((index, rank) => {
      if (rank < take) {
        tokens[own[index].row] = own[index].token;
        drawn.set(chosen + rank, own[index]);
      } else rows[rest + rank - take] = own[index].row + flag;
    });
  }
  return { tokens, drawn, rows };
}

describe('select', () => {
  it.each([
    ['one row', 1, 1, 10],
    ['one of two', 2, 1, 10],
    ['all', 65, 65, 1000],
    ['some of many', 300, 70, 1000],
    ['ties, the lower rows first', 130, 40, 3],
    ['equal ones', 64, 5, 1],
  ])('takes %s', async (_name, count, take, levels) => {
    const proposals = propose(0, count, levels);
    const segment = { start: 0, count, take, chosen: 0, rest: 0, flag: 0 };
    const found = await select(proposals, [[segment]], 1);
    const wanted = expected(proposals, [segment], 1);
    expect(found.tokens).toEqual(wanted.tokens);
    expect(found.rows).toEqual(wanted.rows);
    expect(found.drawn.slice(0, take)).toEqual([...wanted.drawn.values()]);
    expect(found.drawn.slice(take).every(({ row }) => row === UNTOUCHED)).toBe(true);
  });

  it('keeps the samples of a batch apart, and flags the rows of those whose final pass is next', async () => {
    const sizes = [
      [90, 12],
      [1, 1],
      [200, 199],
    ];
    const proposals = sizes.flatMap(([count], sample) => propose(sample, count, 50));
    const at = { start: 0, chosen: 5, rest: 3 };
    const segments = sizes.map(([count, take], sample): Segment => {
      const segment = { ...at, count, take, flag: sample === 2 ? ARGMAX_ROW : 0 };
      at.start += count;
      at.chosen += take;
      at.rest += count - take;
      return segment;
    });
    const wanted = expected(proposals, segments, 3);
    // The same in one pass of three samples and in three passes of one.
    for (const passes of [[segments], segments.map((segment) => [segment])]) {
      const found = await select(proposals, passes, 3);
      expect(found.tokens).toEqual(wanted.tokens);
      expect(found.rows).toEqual(wanted.rows);
      for (const [entry, drawn] of wanted.drawn) expect(found.drawn[entry]).toEqual(drawn);
    }
    expect(wanted.rows.filter((entry) => entry !== UNTOUCHED && entry >= ARGMAX_ROW)).toHaveLength(1);
  });

  it('takes chances of any size: 0, denormal, 1', async () => {
    const chances = [0, 1e-40, 1e-38, 1, Math.fround(1 - 2 ** -24), 1e-40, 0];
    const proposals = chances.map((probability, row) => ({
      row,
      token: row,
      probability: Math.fround(probability),
      entropy: 0,
    }));
    const segment = { start: 0, count: 7, take: 5, chosen: 0, rest: 0, flag: 0 };
    const { drawn, rows } = await select(proposals, [[segment]], 1);
    expect(drawn.slice(0, 5).map(({ row }) => row)).toEqual([3, 4, 2, 1, 5]);
    expect([...rows.slice(0, 2)]).toEqual([0, 6]);
  });
});
