import type { Trace, TraceStep } from './trace.ts';

/** A slot of the canvas at one moment of a run. */
export type Slot =
  | { state: 'masked' }
  /** It was there before the first step: BOS, prompt or pinned. */
  | { state: 'given'; token: number }
  | Written;

/** A slot whose token came in a step. */
export interface Written {
  /** `new`: it came in the step that is shown; `earlier`: in one before. */
  state: 'new' | 'earlier';
  token: number;
  /** Nominal step in which it came. */
  step: number;
  /** The chance with which it was drawn. */
  probability: number;
  /** Entropy of the law it was drawn from, nats. */
  entropy: number;
  /** Rank of its coming, from 1: by step, and by position among the tokens of one step. */
  order: number;
}

/** Indices of a step's arrays by rising position, in which samplers need not list them. */
const byPosition = ({ positions }: TraceStep): number[] =>
  positions.map((_, i) => i).sort((a, b) => positions[a] - positions[b]);

/** The slots of a trace after its first `position` recorded steps (0: the start). */
export function slotsAt(trace: Trace, position: number): Slot[] {
  const slots = trace.initial.map((token): Slot =>
    token === trace.maskId ? { state: 'masked' } : { state: 'given', token },
  );
  let order = 0;
  trace.trace.slice(0, position).forEach((step, index) => {
    const state = index === position - 1 ? 'new' : 'earlier';
    for (const i of byPosition(step)) {
      slots[step.positions[i]] = {
        ...{ state, token: step.tokens[i], step: step.step },
        ...{ probability: step.probabilities[i], entropy: step.entropies[i], order: ++order },
      };
    }
  });
  return slots;
}
