import { describe, expect, it } from 'vitest';
import { describeTuning, GemmChoice, tuningKey, type GemmProblem } from './autotune.ts';
import {
  DIRECT,
  DIRECT_HEAD,
  DIRECT_ROW,
  FEW_ROWS,
  HEAD,
  MANY_ROWS,
  ROW,
  variantRows,
} from './kernels/gemm/gemm.ts';

const problem = (fields: Partial<GemmProblem> = {}): GemmProblem => ({
  length: 32,
  columns: 768,
  inner: 256,
  storage: 'f16',
  ...fields,
});

describe('tuningKey', () => {
  it('joins lengths that share a family of variants and a number of tiles', () => {
    expect(tuningKey(problem({ length: 1 }))).toBe(tuningKey(problem({ length: 32 })));
    expect(tuningKey(problem({ length: 33 }))).toBe(tuningKey(problem({ length: 128 })));
    expect(tuningKey(problem({ length: 129 }))).toBe(tuningKey(problem({ length: 1024 })));
  });

  it('tells everything else apart', () => {
    const all = [
      problem(),
      problem({ length: 33 }),
      problem({ length: 129 }),
      problem({ columns: 256 }),
      problem({ inner: 768 }),
      problem({ columns: 256, inner: 768 }),
      problem({ storage: 'f32' }),
    ];
    expect(new Set(all.map(tuningKey)).size).toBe(all.length);
  });
});

describe('GemmChoice', () => {
  it('takes the direct loop on a software adapter, whatever was measured', () => {
    const choice = new GemmChoice(true, { [tuningKey(problem())]: 2 });
    expect(choice.layer(problem())).toBe(DIRECT);
    expect(choice.layer(problem({ length: 1024 }))).toBe(DIRECT);
    expect(choice.layer(problem({ length: 1 }))).toBe(DIRECT_ROW);
    expect(choice.layer(problem({ length: 1, rows: 3 }))).toBe(DIRECT_HEAD);
    expect(choice.head(1)).toBe(DIRECT_ROW);
    expect(choice.head(1000)).toBe(DIRECT_HEAD);
  });

  it('takes the default of the family where nothing was measured', () => {
    const choice = new GemmChoice(false);
    expect(choice.layer(problem({ length: 5 }))).toBe(FEW_ROWS[0]);
    expect(choice.layer(problem({ length: 128 }))).toBe(FEW_ROWS[0]);
    expect(choice.layer(problem({ length: 129 }))).toBe(MANY_ROWS[0]);
  });

  it('reads weights straight from storage for texts of very few rows, for as many at a time as there are', () => {
    const choice = new GemmChoice(false, { [tuningKey(problem({ length: 1 }))]: 2 });
    const rowsOf = (length: number, rows?: number): unknown =>
      choice.layer(problem({ length, ...(rows === undefined ? {} : { rows }) }));
    expect([rowsOf(1), rowsOf(1, 2), rowsOf(1, 3), rowsOf(1, 64), rowsOf(4, 4)]).toEqual([
      ROW[0],
      ROW[1],
      ROW[2],
      ROW[2],
      ROW[2],
    ]);
    // All of them add up in the same order.
    expect(new Set(ROW.map(({ threads }) => threads)).size).toBe(1);
  });

  it('takes what was measured, for that problem alone', () => {
    const choice = new GemmChoice(false, {
      [tuningKey(problem())]: 3,
      [tuningKey(problem({ length: 512 }))]: 1,
    });
    expect(choice.layer(problem())).toBe(FEW_ROWS[3]);
    expect(choice.layer(problem({ length: 7 }))).toBe(FEW_ROWS[3]);
    expect(choice.layer(problem({ length: 512 }))).toBe(MANY_ROWS[1]);
    expect(choice.layer(problem({ columns: 256 }))).toBe(FEW_ROWS[0]);
    expect(choice.layer(problem({ storage: 'f32' }))).toBe(FEW_ROWS[0]);
  });

  it.each([FEW_ROWS.length, -1, 0.5, NaN])(
    'falls back to the default for %d, the index of no variant',
    (index) => {
      expect(new GemmChoice(false, { [tuningKey(problem())]: index }).layer(problem())).toBe(FEW_ROWS[0]);
    },
  );

  it('takes the lowest tile of the head that holds the rows, and the highest beyond', () => {
    const choice = new GemmChoice(false);
    const heights = HEAD.map(variantRows);
    for (const rows of [1, 8, 9, 16, 17, 32, 33, 4096]) {
      const expected = heights.find((height) => rows <= height) ?? Math.max(...heights);
      expect(variantRows(choice.head(rows))).toBe(expected);
    }
    // The order of summation depends on these two: a row has the same bits with any number of others.
    expect(new Set(HEAD.map(({ slices, chunk }) => `${slices} ${chunk}`)).size).toBe(1);
  });
});

describe('describeTuning', () => {
  it('names the variant of each problem, and leaves out what is none', () => {
    const few = tuningKey(problem());
    const many = tuningKey(problem({ length: 1024 }));
    expect(
      describeTuning({ [few]: 1, [many]: 0, foreign: 2, [tuningKey(problem({ length: 64 }))]: 99 }),
    ).toEqual({
      '32x768x256 f16': 'tile 32 x 32, 4 rows a thread, 4 slices, chunks of 32',
      '1024x768x256 f16': 'tile 64 x 64, 8 rows a thread, chunks of 16',
    });
  });
});
