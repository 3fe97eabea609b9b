/**
 * Tables as text: CSV as RFC 4180 has it. Names of columns are read by programs, and their meanings stand in docs/exports.md
 * alone, so both are English in every language of the page.
 */
import type { Estimate } from '../../worker/evaluate/result.ts';

export type Cell = string | number | boolean | undefined;

/** A column of a table whose rows are made of `Row`. */
export interface Column<Row> {
  name: string;
  /** What it holds, for the documentation. */
  meaning: string;
  value: (row: Row) => Cell;
}

/** A mean with the ends of its interval, in three columns. */
export function estimateColumns<Row>(
  name: string,
  meaning: string,
  of: (row: Row) => Estimate | undefined,
): Column<Row>[] {
  return [
    { name, meaning, value: (row) => of(row)?.mean },
    {
      name: `${name}_low`,
      meaning: 'low end of its 95 % interval; empty with few texts',
      value: (row) => of(row)?.low,
    },
    { name: `${name}_high`, meaning: 'high end', value: (row) => of(row)?.high },
  ];
}

/** One field: in quotes where it has to be, with quotes in it doubled. */
export function field(cell: Cell): string {
  // What is no number, such as the exp of too much, is no figure.
  if (cell === undefined || (typeof cell === 'number' && !Number.isFinite(cell))) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lines of fields, numbers in full. */
export const csvLines = (lines: readonly (readonly Cell[])[]): string =>
  lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');

/** A header and a line for each row. */
export const csvOf = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  csvLines([columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ value }) => value(row)))]);
