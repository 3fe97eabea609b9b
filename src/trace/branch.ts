/** Another end of a recorded run: its first steps, changes by hand, and what a model wrote from there on. */
import { momentOf, type Moment } from './moment.ts';
import { slotsAt, type Slot } from './slots.ts';
import { tokensAfter, type Trace } from './trace.ts';

/** What is done to a slot: a token is put in, or it is masked again. */
export type Change = number | 'mask';

/** By slot, from 0. */
export type Changes = Readonly<Record<number, Change>>;

/** What is changed of a run, and where: all that it takes to make a branch of it. */
export interface Edit {
  /** Recorded steps of the original that are kept. */
  position: number;
  /** Slots count as the canvas has them, which gives none to the token that begins a text. */
  changes: Changes;
  /** Of its later draws, where they are not those of the original. */
  seed?: number;
}

export interface Branch {
  /** The original; it may still be growing. */
  trace: Trace;
  /** Nominal step of each recorded step of the original, of those to come as well. */
  steps: readonly number[];
  /** Recorded steps of the original that are kept. */
  position: number;
  /** Slots count as `length` of the trace does. */
  changes: Changes;
  /** What was written from there on: its `initial` is the changed moment. Absent before. */
  rest?: Trace;
}

const changeOf = (changes: Changes, slot: number): Change | undefined => changes[slot];

/**
 * Where the rest of a branch begins, as `from` of a run takes it. Behind the last step there is no time left in which
 * a slot that is masked again could come: there it is the time of the last step.
 */
export function changedMoment({ trace, position, changes }: Omit<Branch, 'steps' | 'rest'>): Moment {
  const moment = momentOf(trace, position);
  const tokens = moment.tokens.map((token, slot) => {
    const change = changeOf(changes, slot);
    return change === 'mask' ? trace.maskId : (change ?? token);
  });
  // Of a run that began in the middle it is not known what was given: the token that begins a text may have been.
  const given = moment.given?.length ?? 1;
  const steps = trace.steps === 0 ? Math.max(1, tokens.length - given) : trace.steps;
  return { ...moment, tokens, step: Math.min(moment.step, steps - 1) };
}

const stepsUpTo = (rest: Trace, step: number): number => rest.trace.filter((one) => one.step <= step).length;

/**
 * Recorded steps of the rest that are shown beside the original at `at`: those up to the same nominal step, then one by
 * one what came later than all of the original.
 */
export function restPosition({ steps, position, rest }: Branch, at: number): number {
  if (!rest || at <= position) return 0;
  const whole = steps.length;
  if (at <= whole) return stepsUpTo(rest, steps[at - 1]);
  const beside = position < whole ? stepsUpTo(rest, steps[whole - 1]) : 0;
  return Math.min(rest.trace.length, beside + at - whole);
}

/** Recorded steps of the rest that come after all of the original. */
export function stepsBeyond(branch: Branch): Trace['trace'] {
  return branch.rest?.trace.slice(restPosition(branch, branch.steps.length)) ?? [];
}

/** The slots of a branch beside its original after `at` recorded steps of that: the same till it leaves it. */
export function branchSlots(branch: Branch, at: number): Slot[] {
  const { trace, position, changes, rest } = branch;
  if (at < position) return slotsAt(trace, at);
  const kept = slotsAt(trace, position);
  const came = kept.filter(({ state }) => state === 'new' || state === 'earlier').length;
  const shown = restPosition(branch, at);
  const written = rest && shown > 0 ? slotsAt(rest, shown) : undefined;
  // Several steps of the rest may fall between two of the original.
  const fresh = new Set(
    rest?.trace.slice(restPosition(branch, at - 1), shown).flatMap(({ positions }) => positions),
  );
  return kept.map((slot, i): Slot => {
    const later = written?.[i];
    if (later?.state === 'new' || later?.state === 'earlier')
      return { ...later, state: fresh.has(i) ? 'new' : 'earlier', order: came + later.order };
    const change = changeOf(changes, i);
    if (change === 'mask') return { state: 'masked' };
    if (change !== undefined) return { state: 'given', token: change };
    return slot.state === 'new' && at > position ? { ...slot, state: 'earlier' } : slot;
  });
}

/** What became of a branch, beside its original. */
export interface Comparison {
  /** Slots that were changed by hand. */
  changed: number;
  /** Tokens that were written from there on. */
  later: number;
  /** Slots among those whose token is another one than in the original. */
  different: ReadonlySet<number>;
}

/** @returns undefined before both are written to the end */
export function comparison({ trace, steps, changes, rest }: Branch): Comparison | undefined {
  if (!rest || trace.trace.length < steps.length) return undefined;
  const [ours, theirs] = [rest, trace].map((one) => tokensAfter(one, one.trace.length));
  const written = rest.trace.flatMap(({ positions }) => positions);
  return {
    changed: Object.keys(changes).length,
    later: written.length,
    different: new Set(written.filter((slot) => ours[slot] !== theirs[slot])),
  };
}
