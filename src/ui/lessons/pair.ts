/** What is drawn and said of two slots: which two, and cells of their tables. */
import type { PairResult } from '../../worker/protocol.ts';

/** Two slots, from 0. */
export type Two = readonly [number, number];

/** Neighbours among masked slots: nothing lies between the two of them. */
export const neighbours = (masked: readonly number[]): Two[] =>
  masked.flatMap((slot): Two[] => (masked.includes(slot + 1) ? [[slot, slot + 1]] : []));

/**
 * The two slots that are looked at.
 * @param chosen by the reader, the last two; those that are masked no more do not count
 * @returns undefined where fewer than two are masked
 */
export function slotsOf(chosen: readonly number[], masked: readonly number[]): Two | undefined {
  if (masked.length < 2) return undefined;
  const [a, b] = chosen.filter((slot) => masked.includes(slot)) as (number | undefined)[];
  if (a !== undefined && b !== undefined) return [a, b];
  if (a === undefined) return neighbours(masked).at(0) ?? [masked[0], masked[1]];
  const others = masked.filter((slot) => slot !== a);
  // The nearest one; of two the one behind.
  const [near] = others.sort((x, y) => Math.abs(x - a) - Math.abs(y - a) || y - x);
  return a < near ? [a, near] : [near, a];
}

/** A pair of tokens, and the chance of it both ways. */
export interface Cell {
  tokens: readonly [number, number];
  /** p(a) p(b): drawn in one step. */
  product: number;
  /** p(a) p(b | a): one after the other. */
  joint: number;
}

/** Cells of the table, as far as there is room. */
export function cellsOf({ rows, columns, joint, product }: PairResult, most: Two): Cell[][] {
  return rows.slice(0, most[0]).map((row, i) =>
    columns.slice(0, most[1]).map((column, j) => ({
      tokens: [row.token, column.token],
      product: product[i][j],
      joint: joint[i][j],
    })),
  );
}

/** The cell of a pair of tokens; undefined where it is not among those of the answer. */
export function cellOf(result: PairResult, [a, b]: readonly [number, number]): Cell | undefined {
  const all = cellsOf(result, [Infinity, Infinity]).flat();
  return all.find(({ tokens }) => tokens[0] === a && tokens[1] === b);
}

/** The pair that is drawn too often in one step: by how much more of all draws. */
export function overrated(result: PairResult): Cell {
  const all = cellsOf(result, [Infinity, Infinity]).flat();
  return all.reduce((most, cell) => (cell.product - cell.joint > most.product - most.joint ? cell : most));
}

/** How much two laws differ, in words: total variation, 0 to 1. */
export function apartness(distance: number): 'hardly' | 'little' | 'much' {
  return distance < 0.05 ? 'hardly' : distance < 0.3 ? 'little' : 'much';
}

/** At most so many pairs out of many, evenly spread. */
export function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]);
}
