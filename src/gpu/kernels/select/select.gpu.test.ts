import { describe, expect, it } from 'vitest';
import { UNTOUCHED } from '../../checks/head.ts';
import { expectedSelection, propose, proposeBatch, runSelect } from '../../checks/select.ts';
import { useTestGpu } from '../../testing.ts';
import { ARGMAX_ROW } from '../sample/sample.ts';
import { SEGMENT_BYTES, segmentData } from './select.ts';

const test = useTestGpu();

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
    const found = await runSelect(test.gpu, test.arena, proposals, [[segment]], 1);
    const wanted = expectedSelection(proposals, [segment], 1);
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
    ] as const;
    const { proposals, segments } = proposeBatch(sizes);
    expect(segmentData(segments).byteLength).toBe(SEGMENT_BYTES * segments.length);
    const wanted = expectedSelection(proposals, segments, 3);
    // The same in one pass of three samples and in three passes of one.
    for (const passes of [[segments], segments.map((segment) => [segment])]) {
      const found = await runSelect(test.gpu, test.arena, proposals, passes, 3);
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
    const { drawn, rows } = await runSelect(test.gpu, test.arena, proposals, [[segment]], 1);
    expect(drawn.slice(0, 5).map(({ row }) => row)).toEqual([3, 4, 2, 1, 5]);
    expect([...rows.slice(0, 2)]).toEqual([0, 6]);
  });
});
