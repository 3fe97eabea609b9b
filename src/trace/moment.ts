import { tokensAfter, type Trace } from './trace.ts';

/** A moment of a recorded run, as `from` of another run takes it; change its tokens, and that is what it begins with. */
export interface Moment {
  /** x_t; masked slots hold the trace's `maskId`. */
  tokens: number[];
  /** Nominal step that x_t is the outcome of; first-hitting: passes. */
  step: number;
  sample: number;
  /** Time of the step before. */
  t?: number;
  /** Slots that held a token before the run began; unknown where it began in the middle itself. */
  given?: number[];
}

/** The moment of a trace after its first `recorded` recorded steps (0: the start). */
export function momentOf(trace: Trace, recorded: number): Moment {
  const { initial, maskId, sample, from = 0 } = trace;
  const last = recorded > 0 ? trace.trace[recorded - 1] : undefined;
  const given = initial.flatMap((token, slot) => (token === maskId ? [] : [slot]));
  return {
    ...{ tokens: tokensAfter(trace, recorded), step: last?.step ?? from, sample },
    ...(last ? { t: last.t } : {}),
    ...(trace.from === undefined ? { given } : {}),
  };
}
