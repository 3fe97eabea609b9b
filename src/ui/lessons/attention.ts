/** What is drawn and said of one head of attention: arithmetic of its weights, no pixels. */
import type { AttentionResult } from '../../worker/protocol.ts';

/** One position that is read, and its share of what is read. */
export interface Read {
  position: number;
  weight: number;
}

/** What one position reads: shares that sum to 1. */
export const rowOf = ({ weights, length }: AttentionResult, reader: number): number[] =>
  Array.from(weights.subarray(reader * length, (reader + 1) * length));

/** The most read positions, most first, ties by position. */
export const mostRead = (row: readonly number[], count: number): Read[] =>
  row
    .map((weight, position) => ({ position, weight }))
    .sort((a, b) => b.weight - a.weight || a.position - b.position)
    .slice(0, count);

/** Shares that lie before a position, in it and behind it. */
export interface Sides {
  before: number;
  itself: number;
  behind: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const sidesOf = (row: readonly number[], reader: number): Sides => ({
  before: sum(row.slice(0, reader)),
  itself: row[reader],
  behind: sum(row.slice(reader + 1)),
});

/** Whether a row says where it looks: no share is more than twice what each has where all are alike. */
export const isEven = (row: readonly number[]): boolean => Math.max(...row) < 2 / row.length;

/** The mean of the shares of all positions that lie behind them: 0 where a model reads to the left only. */
export function meanBehind(result: AttentionResult): number {
  const { length } = result;
  const rows = Array.from({ length }, (_, reader) => sidesOf(rowOf(result, reader), reader).behind);
  return sum(rows) / length;
}

/** Shades of the map. */
export const SHADES = 20;

/**
 * Cells by shade, as paths of unit squares: column is what is read, row is who reads. Shades go with the square root of
 * the weight, since most are far below the largest.
 * @param most the weight of the deepest shade
 * @returns of shades 1 to `SHADES`; weights that round to shade 0 are not drawn
 */
export function shadesOf({ weights, length }: AttentionResult, most: number): string[] {
  const paths = Array.from({ length: SHADES }, (): string[] => []);
  weights.forEach((weight, i) => {
    const shade = Math.round(SHADES * Math.sqrt(Math.min(1, weight / most)));
    if (shade > 0) paths[shade - 1].push(`M${i % length} ${Math.floor(i / length)}h1v1h-1z`);
  });
  return paths.map((squares) => squares.join(''));
}
