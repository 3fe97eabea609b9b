import { useMemo } from 'react';
import { branchSlots, comparison, stepsBeyond, type Branch, type Comparison } from '../../trace/branch.ts';
import type { Slot } from '../../trace/slots.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import type { Place } from '../messages/what-if.ts';
import { useEngine } from '../stores/engine.ts';
import { useWatch, type Run, type Scheduled } from '../stores/watch.ts';
import { branchOf, marksOf, useWhatIf, whatIfOf, type Mark, type WhatIf } from '../stores/what-if.ts';

/** What there is to say of a what-if that is shown. */
export interface ShownWhatIf {
  run: Run;
  whatIf: WhatIf;
  branch: Branch;
  compared: Comparison | undefined;
  /** Slots of the canvas whose tokens are others than in the original, changed ones included. */
  differs: ReadonlySet<number>;
  marks: (Mark | undefined)[];
  /** Steps behind those of the original. */
  beyond: Scheduled[];
  vocabulary: Vocabulary | undefined;
}

/** The what-if of the text on the canvas, if it has one. */
export function useShownWhatIf(): ShownWhatIf | undefined {
  const run = useWatch((state) => state.run);
  const sample = useWatch((state) => state.sample);
  const whatIf = useWhatIf((state) => whatIfOf(state.whatIf, run, sample));
  const vocabulary = useEngine(({ vocabularies }) => run && vocabularies[run.settings.model]);
  return useMemo(() => {
    if (!run || !whatIf) return undefined;
    const branch = branchOf(run, whatIf);
    const compared = comparison(branch);
    const changed = Object.keys(whatIf.changes).map(Number);
    const came = [...(compared?.different ?? [])].map((slot) => slot - run.beginnings);
    return {
      ...{ run, whatIf, branch, compared, marks: marksOf(run, whatIf, compared) },
      differs: new Set(
        compared ? [...came, ...changed.filter((slot) => whatIf.changes[slot] !== 'mask')] : [],
      ),
      beyond: stepsBeyond(branch).map(({ step, tokens }) => ({ step, tokens: tokens.length })),
      vocabulary: vocabulary ?? run.vocabulary,
    };
  }, [run, whatIf, vocabulary]);
}

/** Slots and marks of a what-if at a position of the player. A slot is marked once there is something to mark. */
export function useSlotsOf(
  { run, branch, marks, whatIf }: ShownWhatIf,
  position: number,
): { slots: Slot[]; marks: (Mark | undefined)[] } {
  return useMemo(() => {
    const slots = branchSlots(branch, position).slice(run.beginnings);
    if (position < whatIf.position) return { slots, marks: slots.map(() => undefined) };
    return {
      slots,
      marks: marks.map((mark, slot) => {
        if (slots[slot].state !== 'masked') return mark;
        return mark === 'again-differs' ? 'again' : mark === 'differs' ? undefined : mark;
      }),
    };
  }, [run, branch, marks, whatIf, position]);
}

/** A recorded step of a run, as sentences name it. */
export function placeOf(trace: Trace, position: number): Place {
  const step = position > 0 ? trace.trace[position - 1]?.step : trace.from;
  if (step === undefined || step === 0) return 'start';
  return trace.steps === 0 ? { pass: step } : { step: Math.min(step, trace.steps) };
}
