import { expect } from 'vitest';
import { drawErrors, EXACT_DRAWS } from '../../checks/sample.ts';
import type { Head } from '../../checks/head.ts';
import type { Selection } from '../gemm/gemm.ts';
import type { Drawn } from './sample.ts';

/** Check the draws of a selection against exact laws; what `drawErrors` lets pass is what it documents. */
export function check(
  drawn: readonly Drawn[],
  rows: Uint32Array,
  head: Head,
  selection: Selection,
  tolerance = EXACT_DRAWS,
): void {
  drawErrors(drawn, rows, head, selection, tolerance).forEach((error, i) => {
    expect(error.row, `entry ${i} is of another row`).not.toBeNaN();
    const draw = `row ${error.row}, token ${error.token}`;
    expect(error.instead, `${draw}, not that of the CPU`).toBeUndefined();
    expect(error.probability, `${draw}: error of its chance`).toBeLessThan(tolerance.probability);
    expect(error.entropy, `${draw}: error of the entropy`).toBeLessThan(tolerance.entropy);
  });
}
