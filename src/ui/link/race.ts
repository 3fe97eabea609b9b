/** What links say of the Race view. Only data: neither the view nor its store is needed to read a link. */
import { RACE_RULES, type RaceRule } from '../../trace/race.ts';
import type { ShapeName } from '../../worker/latency/result.ts';
import { MAX_LANES } from '../../worker/race/result.ts';
import { refusals } from '../messages/link-refusals.ts';
import type { PresetId } from '../race/presets.ts';
import { fieldsOf, type Field } from './field.ts';
import {
  amongst,
  anyText,
  decimal,
  flag,
  hexDigits,
  lanes,
  name,
  nothing,
  oneOf,
  whole,
  type LinkedLane,
} from './kinds.ts';

export type { LinkedLane };

export interface RaceLink {
  /** A race that is ready, by its name; not read where there are lanes. */
  preset: PresetId;
  /** The model whose step budgets are compared, where the race is that of budgets. */
  of?: string;
  /** Lanes of a race of one's own. */
  lanes?: readonly LinkedLane[];
  /** Absent: those of the race that is ready, 32 for lanes of one's own. */
  slots?: number;
  seed: number;
  temperature: number;
  topP: number;
  prompt: string;
  rule: RaceRule;
  /** Texts of each lane that quality is to be averaged over. */
  texts: number;
  speed: number;
  /** The lane that the dial of step budgets points at, from 0. */
  focus: number;
  /** Whether it is run when the view is opened; absent: only where the link says nothing else of the race. */
  run?: boolean;
  /** Hash of the tokens of all lanes, see `tokenHash`. */
  text?: string;
  /** Of the latency study. */
  shape: ShapeName;
  tokens: number;
}

export const firstRaceLink: RaceLink = {
  ...{ preset: 'three', seed: 1729, temperature: 1, topP: 1, prompt: '' },
  ...{ rule: 'time', texts: 64, speed: 1, focus: 2, shape: '169M', tokens: 128 },
};

/** Fewest lanes: one alone is no race. */
const MIN_LANES = 2;

const SHAPES: readonly ShapeName[] = ['169M', '424M', '863M', '1.3B'];

const part = fieldsOf<RaceLink>();

export const raceFields: readonly Field<RaceLink>[] = [
  part('preset', oneOf<PresetId>(['pair', 'three', 'long', 'budgets', 'students'])),
  part('of', ({ preset }) => (preset === 'budgets' ? name(80) : nothing(refusals.why.is('preset', preset)))),
  part('lanes', ({ preset }) =>
    preset === firstRaceLink.preset
      ? lanes(MIN_LANES, MAX_LANES)
      : nothing(refusals.why.is('preset', preset)),
  ),
  part('slots', whole(1, 1024), 'race-slots'),
  part('seed', whole(0, 2 ** 32 - 1), 'race-seed'),
  part('temperature', decimal(0.1, 2), 'race-temperature'),
  part('topP', decimal(0.05, 1), 'race-topP'),
  part('prompt', anyText(4000), 'race-prompt'),
  part('rule', oneOf(RACE_RULES)),
  part('texts', amongst([16, 64, 256])),
  part('speed', decimal(0.25, 8), 'race-speed'),
  part('focus', whole(0, MAX_LANES - 1)),
  part('run', flag),
  part('text', hexDigits(8), 'race-tokens'),
  part('shape', oneOf(SHAPES), 'latency-shape'),
  part('tokens', amongst([128, 1024]), 'latency-tokens'),
];
