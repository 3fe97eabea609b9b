import { create } from 'zustand';
import { comparison, type Branch, type Change, type Comparison, type Edit } from '../../trace/branch.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Cost, Run, Settings } from './watch.ts';
import type { Failure } from './engine.ts';

/** Another end of the run on the canvas. */
export interface WhatIf extends Edit {
  /** Id of the run that it is beside. */
  run: number;
  /** Which text of it. */
  sample: number;
  status: 'draft' | 'running' | 'done';
  failure?: Failure;
  /** What was written, and what that cost. */
  rest?: { trace: Trace; cost: Cost };
}

export interface WhatIfState {
  whatIf: WhatIf | undefined;
  /** Of a link whose run is not there yet. */
  wish: { settings: Settings; sample: number; edit: Edit } | undefined;
}

export const initialWhatIfState: WhatIfState = { whatIf: undefined, wish: undefined };

/** The what-if of a text, if it is of this one. */
export const whatIfOf = (
  whatIf: WhatIf | undefined,
  run: Run | undefined,
  sample: number,
): WhatIf | undefined => (run?.id === whatIf?.run && sample === whatIf?.sample ? whatIf : undefined);

/** Nominal steps of the recorded steps of a text, of those to come as well. */
const stepsOf = (run: Run, sample: number): number[] => run.schedules[sample].map(({ step }) => step);

/** A what-if as a branch of its text. */
export function branchOf(run: Run, { sample, position, changes, rest }: WhatIf): Branch {
  return {
    ...{ trace: run.traces[sample], steps: stepsOf(run, sample), position },
    // A trace counts the token that begins a text, the canvas does not.
    changes: Object.fromEntries(
      Object.entries(changes).map(([slot, change]) => [Number(slot) + run.beginnings, change]),
    ),
    ...(rest ? { rest: rest.trace } : {}),
  };
}

/** What a slot of a what-if is marked with: changed by hand, come out differently, or both. */
export type Mark = 'again' | 'put' | 'differs' | 'again-differs';

/**
 * Marks of the slots of the canvas.
 * @param compared undefined before both ends are whole
 */
export function marksOf(
  run: Run,
  { changes }: Pick<WhatIf, 'changes'>,
  compared: Comparison | undefined,
): (Mark | undefined)[] {
  const { length } = run.traces[0].initial;
  return Array.from({ length: length - run.beginnings }, (_, slot) => {
    const change = changes[slot] as Change | undefined;
    const differs = compared?.different.has(slot + run.beginnings) === true;
    if (change === 'mask') return differs ? 'again-differs' : 'again';
    if (change !== undefined) return 'put';
    return differs ? 'differs' : undefined;
  });
}

export { comparison };

/** The what-if beside the run of the Watch view. */
export const useWhatIf = create<WhatIfState>()(() => initialWhatIfState);
