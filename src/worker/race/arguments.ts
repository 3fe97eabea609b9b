/** Checks what a race is asked for; every refusal names the lane and the field, and what it may hold. */
import type { ModelConfig } from '../../model/checkpoint/config.ts';
import { UnmaskError } from '../../model/errors.ts';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.ts';
import {
  checkBackend,
  checkSample,
  integer,
  LARGEST_SEED,
  refuse,
  show,
  type CheckedSample,
} from '../arguments.ts';
import { raceWords as words } from '../messages/race.ts';
import type { Backend, SampleOptions } from '../protocol.ts';
import { planBatch } from '../sample.ts';
import { MAX_LANES, MAX_RACE_TEXTS, type RaceOptions } from './result.ts';

const MOST_REPEATS = 100;

/** `race` options with defaults filled in; lanes have the seed of all, and are checked each against its model. */
export interface CheckedRace {
  lanes: SampleOptions[];
  count: number;
  repeats: number;
  /** null: nobody; undefined: whoever is there. */
  judge: string | null | undefined;
}

/**
 * Check the options of `race`, as far as no model is needed for that.
 * @throws UnmaskError 'argument'
 */
export function checkRace(o: RaceOptions): CheckedRace {
  const lanes: unknown = o.lanes;
  if (!Array.isArray(lanes)) throw refuse(words.lanes(show(lanes), MAX_LANES));
  if (lanes.length === 0 || lanes.length > MAX_LANES) throw refuse(words.laneCount(lanes.length, MAX_LANES));
  lanes.forEach((lane: unknown, i) => {
    if (typeof lane === 'object' && lane !== null && !Array.isArray(lane)) return;
    throw refuse(words.lane(i, show(lane)));
  });
  const seed = o.seed === undefined ? {} : { seed: integer('seed', o.seed, 0, LARGEST_SEED) };
  const judge: unknown = o.judge;
  if (judge !== undefined && judge !== null && (typeof judge !== 'string' || judge === '')) {
    throw refuse(words.judge(show(judge)));
  }
  return {
    lanes: (lanes as SampleOptions[]).map((lane) => ({ ...lane, ...seed })),
    count: integer('count', o.count ?? 1, 1, MAX_RACE_TEXTS),
    repeats: integer('repeats', o.repeats ?? 5, 1, MOST_REPEATS),
    judge,
  };
}

/**
 * Check the options of a lane against its model, with all that would keep it from running.
 * @returns the options of its first text
 * @throws UnmaskError 'argument'
 */
export function checkLane(
  lane: SampleOptions,
  config: ModelConfig,
  tokenizer: Tokenizer | undefined,
): CheckedSample & { backend: Backend | undefined } {
  const backend = checkBackend(lane.backend);
  if (lane.from !== undefined) throw refuse(words.from);
  const checked = checkSample({ ...lane, count: 1 }, config, tokenizer);
  integer('length', checked.length, 2, config.length);
  planBatch(config, checked, 0, 1);
  return { ...checked, backend };
}

/**
 * Do something for a lane, so that what is refused says which lane it is.
 * @throws what `task` throws
 */
export async function forLane<T>(lane: number, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof UnmaskError && ['argument', 'unknown-model'].includes(error.code))) throw error;
    const { code, message } = error;
    throw new UnmaskError(code, words.inLane(lane, message), { cause: error });
  }
}
