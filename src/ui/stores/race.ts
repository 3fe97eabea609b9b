import { create } from 'zustand';
import { carried, raceClock, type RaceClock, type RaceRule } from '../../trace/race.ts';
import { MAX_LANES, type LaneResult, type RaceProgress } from '../../worker/race/result.ts';
import type { RaceLink } from '../link/race.ts';
import { kindOf } from '../race/name.ts';
import { hasSteps, type LaneSettings } from '../race/named-lane.ts';
import type { PresetId } from '../race/presets.ts';
import { useEngine, type Failure } from './engine.ts';

/** What the next race is asked for. */
export interface RaceSettings {
  /** Where the rest comes from; `own` once the visitor has changed more than the seed. */
  preset: PresetId | 'own';
  lanes: readonly LaneSettings[];
  /** Slots of every lane. The token that begins a text is given besides, and has no slot. */
  slots: number;
  seed: number;
  temperature: number;
  topP: number;
  prompt: string;
}

/** Lanes that have been run, or are being. */
export interface Race {
  settings: RaceSettings;
  /** By lane of its settings; undefined for those whose turn has not come. */
  results: readonly (LaneResult | undefined)[];
}

export interface RaceState {
  settings: RaceSettings;
  /** What is being run, or was asked for last; its first lane may not be through yet. */
  asked: RaceSettings | undefined;
  /** `running`: lanes are timed. `measuring`: they write and judge more texts. */
  status: 'idle' | 'running' | 'measuring' | 'done' | 'stopped';
  progress: RaceProgress | undefined;
  race: Race | undefined;
  failure: Failure | undefined;
  /** One sentence that is worth knowing and stops nothing. */
  notice: string | undefined;
  /** What a link asks for, until it is known which models there are. */
  link: RaceLink | undefined;
  /** The race of a link, and the hash of the tokens that it should write. */
  expected: { settings: RaceSettings; text: string } | undefined;
  rule: RaceRule;
  /** Of the clock, in the unit of its rule. */
  position: number;
  playing: boolean;
  /** Of the player, times the usual pace. */
  speed: number;
  /** Texts of each lane that quality is to be averaged over. */
  texts: number;
  /** The lane that the dial of step budgets points at. */
  focus: number;
  /** The lane whose settings are open. */
  editing: number | undefined;
}

/** Fewest lanes: one alone is no race. */
export const MIN_LANES = 2;

/** Timed runs of each lane, after one that warms up; fewer where a CPU takes long for each. */
export const REPEATS = { gpu: 5, cpu: 3 } as const;

/** The three bundled models at 32 tokens: the race that a visitor meets. */
export const firstRace: RaceSettings = {
  preset: 'three',
  lanes: [
    { model: 'student', sampler: 'ancestral', steps: 4 },
    { model: 'teacher', sampler: 'ancestral', steps: 32 },
    { model: 'causal', sampler: 'ancestral', steps: 32 },
  ],
  ...{ slots: 32, seed: 1729, temperature: 1, topP: 1, prompt: '' },
};

export const initialRaceState: RaceState = {
  settings: firstRace,
  asked: undefined,
  status: 'idle',
  progress: undefined,
  race: undefined,
  failure: undefined,
  notice: undefined,
  link: undefined,
  expected: undefined,
  rule: 'time',
  position: 0,
  playing: false,
  speed: 1,
  texts: 64,
  focus: 2,
  editing: undefined,
};

/** Whether two lanes are asked for the same: by what is read of them, which for some is neither steps nor sampler. */
function sameLane(a: LaneSettings, b: LaneSettings): boolean {
  if (a.model !== b.model) return false;
  const kind = kindOf(a.model, useEngine.getState().models);
  return kind === 'causal' || (a.sampler === b.sampler && (!hasSteps(kind, a) || a.steps === b.steps));
}

/** Whether two races are asked for the same of every lane; the lanes themselves may differ. */
export const sameTerms = (a: RaceSettings, b: RaceSettings): boolean =>
  (['slots', 'seed', 'temperature', 'topP', 'prompt'] as const).every((key) => a[key] === b[key]);

/** Whether two races are asked for the same. */
export const sameRace = (a: RaceSettings, b: RaceSettings): boolean =>
  sameTerms(a, b) &&
  a.lanes.length === b.lanes.length &&
  a.lanes.every((lane, i) => sameLane(lane, b.lanes[i]));

/** A derived value that stays the same object as long as what it is made of does. */
function remembered<A extends readonly unknown[], R>(make: (...from: A) => R): (...from: A) => R {
  let last: { from: A; value: R } | undefined;
  return (...from) => {
    if (!last?.from.every((part, i) => part === from[i])) last = { from, value: make(...from) };
    return last.value;
  };
}

const match = remembered(
  (race: Race | undefined, lanes: readonly LaneSettings[]): readonly (LaneResult | undefined)[] => {
    const taken = new Set<number>();
    return lanes.map((lane) => {
      const index = (race?.settings.lanes ?? []).findIndex(
        (other, i) => !taken.has(i) && sameLane(lane, other),
      );
      if (index < 0) return undefined;
      taken.add(index);
      return race?.results[index];
    });
  },
);

/**
 * Results of the lanes as they are asked for now: of each the one with its model, sampler and steps, so that lanes
 * keep their texts while others are added, changed or taken out.
 */
export const shownResults = ({ race, settings }: Pick<RaceState, 'race' | 'settings'>) =>
  match(race, settings.lanes);

/** The clock that all times are from: the GPU's own where every lane has it. */
export function commonClock(results: readonly (LaneResult | undefined)[]): LaneResult['clock'] {
  return results.some((result) => result && (result.clock === 'wall' || !result.gpuMilliseconds))
    ? 'wall'
    : 'gpu';
}

/** Times of a lane by a clock, ms. */
export const timesOf = (result: LaneResult, clock: LaneResult['clock']) =>
  (clock === 'gpu' ? result.gpuMilliseconds : undefined) ?? result.milliseconds;

const makeClock = remembered((results: readonly (LaneResult | undefined)[], rule: RaceRule): RaceClock => {
  const clock = commonClock(results);
  return raceClock(
    results.map(
      (result) =>
        result && { passes: result.trace.trace.length, milliseconds: timesOf(result, clock).median },
    ),
    rule,
  );
});

/** The clock of the lanes that are shown. */
export const clockOf = (state: Pick<RaceState, 'race' | 'settings' | 'rule'>): RaceClock =>
  makeClock(shownResults(state), state.rule);

/** Whether lanes are being run. */
export const isBusy = ({ status }: Pick<RaceState, 'status'>): boolean =>
  status === 'running' || status === 'measuring';

/** Whether what is shown was asked for otherwise than the next race is: seed, slots and the like. */
export const isStale = ({ race, settings }: Pick<RaceState, 'race' | 'settings'>): boolean =>
  race !== undefined && !sameTerms(race.settings, settings);

/** Whether another race than the last one would be run now. */
export const isChanged = ({ asked, settings }: Pick<RaceState, 'asked' | 'settings'>): boolean =>
  asked === undefined || !sameRace(asked, settings);

/** Whether every lane is there, as it is asked for now. */
export const isWhole = (state: Pick<RaceState, 'race' | 'settings'>): boolean =>
  !isStale(state) && shownResults(state).every((result) => result !== undefined);

/** Where the clock stands once it is another one: where it stood, and at its end if it was there. */
function place(state: RaceState, changed: Partial<RaceState>): Partial<RaceState> {
  const [from, to] = [clockOf(state), clockOf({ ...state, ...changed })];
  if (from === to) return {};
  const position = state.position >= from.end ? to.end : Math.min(to.end, state.position);
  return { position, playing: state.playing && position < to.end };
}

/** Change what the next race is asked for; whatever is more than a seed makes it the visitor's own. */
export function withSettings(state: RaceState, changed: Partial<RaceSettings>): Partial<RaceState> {
  const { preset = 'own', ...rest } = changed;
  const onlySeed = Object.keys(rest).every((key) => key === 'seed');
  const settings = {
    ...{ ...state.settings, ...rest },
    preset: onlySeed && changed.preset === undefined ? state.settings.preset : preset,
  };
  const last = settings.lanes.length - 1;
  const lanesChanged = settings.lanes !== state.settings.lanes;
  return {
    settings,
    focus: Math.min(state.focus, last),
    ...(lanesChanged ? { editing: undefined, ...place(state, { settings }) } : {}),
  };
}

/** One lane otherwise than it was. */
export function withLaneChanged(
  state: RaceState,
  index: number,
  changed: Partial<LaneSettings>,
): Partial<RaceState> {
  const lanes = state.settings.lanes.map((lane, i) => (i === index ? { ...lane, ...changed } : lane));
  return { ...withSettings(state, { lanes }), editing: state.editing };
}

/** One lane more, its settings open; the same where there are as many as there may be. */
export function withLaneAdded(state: RaceState, lane: LaneSettings): Partial<RaceState> {
  const { lanes } = state.settings;
  if (lanes.length >= MAX_LANES) return {};
  return { ...withSettings(state, { lanes: [...lanes, lane] }), editing: lanes.length };
}

/** One lane less; the same where there are as few as there may be. */
export function withLaneRemoved(state: RaceState, index: number): Partial<RaceState> {
  const { lanes } = state.settings;
  if (lanes.length <= MIN_LANES) return {};
  return withSettings(state, { lanes: lanes.filter((_, i) => i !== index) });
}

/**
 * A race begins; what is shown stays until its first lane is through. More texts are asked of the lanes that are shown.
 * Playing stops, since on a GPU that the screen shares it would disturb the times.
 */
export function withStart(state: RaceState, status: 'running' | 'measuring'): Partial<RaceState> {
  // A race of its own, even if it is asked for the same as the one before.
  const asked = { ...state.settings };
  const race = { settings: asked, results: shownResults(state) };
  return {
    ...{ status, asked, progress: undefined, failure: undefined, playing: false },
    ...(status === 'running' ? { notice: undefined } : {}),
    ...(status === 'measuring' ? { race } : {}),
  };
}

/**
 * A lane has been run. It is shown at its end while others are on their way; once all are there, they play. Where more texts
 * were asked of it, only what they say of its quality is new: the times that are shown stay those of the race.
 * @param asked of the race that it belongs to, as the state has it
 */
export function withLane(state: RaceState, asked: RaceSettings, result: LaneResult): Partial<RaceState> {
  const same = state.race?.settings === asked;
  const before = same ? state.race!.results : asked.lanes.map(() => undefined);
  const { tokens, quality } = result;
  const told = (old: LaneResult | undefined): LaneResult =>
    old && state.status === 'measuring' ? { ...old, tokens, ...(quality ? { quality } : {}) } : result;
  const race = { settings: asked, results: before.map((old, i) => (i === result.lane ? told(old) : old)) };
  const whole = (results: Race['results']): boolean => results.every((one) => one !== undefined);
  if (whole(before)) return { race, ...place(state, { race }) };
  if (whole(race.results)) return { race, position: 0, playing: true };
  return { race, position: clockOf({ ...state, race }).end, playing: false };
}

/** The race has ended before its time; lanes that are through stay, and can be played. */
export function withStop(failure: Failure | undefined): Partial<RaceState> {
  return { status: 'stopped', progress: undefined, failure };
}

/** Another rule, at the same share of the race. */
export function withRule(state: RaceState, rule: RaceRule): Partial<RaceState> {
  const to = clockOf({ ...state, rule });
  return { rule, position: carried(clockOf(state), to, state.position) };
}

/** Go to a position; whoever chooses one wants to look at it, so playing stops. */
export function withPosition(state: RaceState, position: number): Partial<RaceState> {
  return { position: Math.max(0, Math.min(clockOf(state).end, position)), playing: false };
}

/** Play or pause; at the end it plays again from the start. */
export function withToggle(state: RaceState): Partial<RaceState> {
  if (state.playing) return { playing: false };
  const { end } = clockOf(state);
  return { playing: end > 0, position: state.position >= end ? 0 : state.position };
}

/** The Race view. */
export const useRace = create<RaceState>()(() => initialRaceState);
