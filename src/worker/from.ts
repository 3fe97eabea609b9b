/** Checks where a run begins that begins in the middle; every refusal names the field and what it may hold. */
import { integer, LARGEST_SEED, refuse, show } from '../model/arguments.ts';
import type { ModelConfig } from '../model/checkpoint/config.ts';
import type { RunStart } from '../model/diffusion/rest.ts';
import { requestWords } from './messages/arguments.ts';
import { fromWords as words } from './messages/from.ts';
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
  throw refuse(words.array(field, show(value)));
}

function checkTime(t: unknown): number {
  if (typeof t === 'number' && t > 0 && t <= 1) return t;
  throw refuse(words.time(show(t)));
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
    throw refuse(words.from(show(from)));
  }
  if (config.kind === 'causal') throw refuse(words.causal(config.name));
  if ((o.prompt ?? '') !== '' || Object.keys(o.pinned ?? {}).length > 0) {
    throw refuse(words.beside);
  }
  const { tokens, step, sample = 0, t, given } = from as Partial<Record<string, unknown>>;
  const maskId = config.vocabulary - 1;
  const ids = list('from.tokens', tokens);
  const length = integer(requestWords.lengthOf('from.tokens'), ids.length, 1, config.length);
  if (o.length !== undefined && o.length !== length) throw refuse(words.length(length, show(o.length)));
  const checked = ids.map((id, i) => integer(`from.tokens[${i}]`, id, 0, maskId));
  if (!checked.includes(maskId)) throw refuse(words.noneMasked(maskId));
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
