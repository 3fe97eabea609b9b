/** The text on the canvas at the step that is shown, as the figures of the lessons ask the engine about it. */
import { tokensAfter } from '../../trace/trace.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import type { Run } from '../stores/watch.ts';

export interface ShownText {
  /** Number of its run: another one with the same tokens may be another model's. */
  run: number;
  model: string;
  /** Ids; masked ones are `maskId`. */
  tokens: readonly number[];
  maskId: number;
  /** Tokens at its start that have no slot. */
  given: 0 | 1;
  /** Time of the text in (0, 1]: that of the next step, and behind the last one that of the last. */
  t: number;
  temperature: number;
  topP: number;
  /** Whether its run has come to its end, and this is the end. */
  whole: boolean;
  vocabulary: Vocabulary | undefined;
}

/** @param position of the player, in recorded steps */
export function textOf(run: Run, sample: number, position: number): ShownText | undefined {
  const trace = run.traces[sample] as Run['traces'][number] | undefined;
  if (!trace) return undefined;
  const { maskId, temperature, topP } = trace;
  const steps = Math.min(position, trace.trace.length);
  return {
    ...{ run: run.id, model: run.settings.model, given: run.beginnings, vocabulary: run.vocabulary },
    ...{ maskId, temperature, topP, tokens: tokensAfter(trace, steps) },
    t: (trace.trace.at(steps) ?? trace.trace.at(-1))?.t ?? 1,
    whole: steps === run.schedules[sample].length,
  };
}

export const isMasked = ({ tokens, maskId }: ShownText, position: number): boolean =>
  tokens[position] === maskId;

/** Masked slots of the canvas, from 0. */
export const maskedSlots = (text: ShownText): number[] =>
  [...text.tokens.keys()]
    .filter((position) => isMasked(text, position))
    .map((position) => position - text.given);
