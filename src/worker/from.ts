/** Checks where a run begins that begins in the middle; every refusal names the field and what it may hold. */
import { integer, LARGEST_SEED, refuse, show } from '../model/arguments.ts';
import type { ModelConfig } from '../model/checkpoint/config.ts';
import type { RunStart } from '../model/diffusion/rest.ts';
import type { SampleOptions } from './sample-call.ts';

/** `from` of `sample`, checked. */
export interface CheckedFrom extends RunStart {
  /** x_t. */
  tokens: number[];
  /** Index of the text that x_t is of. */
  sample: number;
}

function list(field: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw refuse(`${field} is ${show(value)}: give an array.`);
}

function checkTime(t: unknown): number {
  if (typeof t === 'number' && t > 0 && t <= 1) return t;
  throw refuse(`from.t is ${show(t)}: give a time above 0 and at most 1.`);
}

/**
 * Check `from` against a model; that its step is one of the run's is left to the plan.
 * @returns undefined where a run begins at its start
 * @throws UnmaskError 'argument'
 */
export function checkFrom(o: SampleOptions, config: ModelConfig): CheckedFrom | undefined {
  // Callers in plain JavaScript may pass anything.
  const from: unknown = o.from;
  if (from === undefined) return undefined;
  if (typeof from !== 'object' || from === null || Array.isArray(from)) {
    throw refuse(`from is ${show(from)}: give { tokens, step }.`);
  }
  if (config.kind === 'causal') {
    throw refuse(`from is given, but ${config.name} is autoregressive: give it a prompt to go on from.`);
  }
  if ((o.prompt ?? '') !== '' || Object.keys(o.pinned ?? {}).length > 0) {
    throw refuse(
      'from is given together with prompt or pinned: put their tokens into from.tokens and leave them out.',
    );
  }
  const { tokens, step, sample = 0, t, given } = from as Partial<Record<string, unknown>>;
  const maskId = config.vocabulary - 1;
  const ids = list('from.tokens', tokens);
  const length = integer('The length of from.tokens', ids.length, 1, config.length);
  if (o.length !== undefined && o.length !== length) {
    throw refuse(`from.tokens holds ${length} ids, but length is ${show(o.length)}: leave length out.`);
  }
  const checked = ids.map((id, i) => integer(`from.tokens[${i}]`, id, 0, maskId));
  if (!checked.includes(maskId)) {
    throw refuse(`from.tokens has no masked slot, so there is nothing to write: put ${maskId} into one.`);
  }
  return {
    tokens: checked,
    step: integer('from.step', step, 0, LARGEST_SEED),
    sample: integer('from.sample', sample, 0, LARGEST_SEED),
    ...(t === undefined ? {} : { t: checkTime(t) }),
    ...(given === undefined
      ? {}
      : {
          given: list('from.given', given).map((slot, i) => integer(`from.given[${i}]`, slot, 0, length - 1)),
        }),
  };
}
