/** The Race view and links: what a link to it holds, and what is done about one. */
import { tokensAfter } from '../../trace/trace.ts';
import { firstRaceLink, type LinkedLane, type RaceLink } from '../link/race.ts';
import { tokenHash } from '../link/token-hash.ts';
import { links } from '../messages/links.ts';
import { hasSteps, type LaneSettings } from '../race/named-lane.ts';
import { kindOf } from '../race/name.ts';
import { presetsOf } from '../race/presets.ts';
import { useEngine } from '../stores/engine.ts';
import { useLatency } from '../stores/latency.ts';
import {
  firstRace,
  isBusy,
  isChanged,
  isWhole,
  sameRace,
  shownResults,
  useRace,
  withRule,
  withSettings,
  type RaceSettings,
  type RaceState,
} from '../stores/race.ts';
import { useView } from '../stores/view.ts';
import { recognised } from './race-settings.ts';
import { openRace, runRace, stopRace } from './run-race.ts';

/** Steps of lanes that have none, which nobody reads. */
const UNREAD_STEPS = 32;

/** What the lanes wrote; undefined before all of them are through. */
function raceHash(state: RaceState): string | undefined {
  if (!isWhole(state)) return undefined;
  return tokenHash(
    shownResults(state).flatMap((result) =>
      result ? [tokensAfter(result.trace, result.trace.trace.length)] : [],
    ),
  );
}

/** A lane as links have it: steps and sampler only where they are read, and say something. */
function linkedLane({ model, sampler, steps }: LaneSettings): LinkedLane {
  const kind = kindOf(model, useEngine.getState().models);
  if (kind === 'causal') return { model };
  return {
    model,
    ...(hasSteps(kind, { sampler }) ? { steps } : {}),
    ...(sampler === 'ancestral' ? {} : { sampler }),
  };
}

/** Which race it is: one that is ready, or one of the visitor's own. */
function linkedSettings({ preset, lanes, slots, ...terms }: RaceSettings): Partial<RaceLink> {
  if (preset === 'own') {
    return { ...terms, lanes: lanes.map(linkedLane), ...(slots === firstRace.slots ? {} : { slots }) };
  }
  return { ...terms, preset, ...(preset === 'budgets' ? { of: lanes[0].model } : {}) };
}

/** Whether nothing but what goes without saying is asked for. */
const isUsual = (link: RaceLink): boolean =>
  (Object.keys(link) as (keyof RaceLink)[]).every((key) => link[key] === firstRaceLink[key]);

/** What a link says of the race as it is. @param texts whether with a hash of what was written, once that is whole */
export function readRace(texts: boolean): RaceLink {
  const state = useRace.getState();
  // It is not known yet what it comes to.
  if (state.link) return state.link;
  const { settings, asked, status, failure, rule, speed, texts: count, focus, expected } = state;
  const { shape, tokens } = useLatency.getState();
  const awaited = expected && sameRace(expected.settings, settings) ? expected.text : undefined;
  const text = awaited ?? (texts ? raceHash(state) : undefined);
  const link: RaceLink = {
    ...firstRaceLink,
    ...linkedSettings(settings),
    ...{ rule, speed, texts: count, shape, tokens },
    // Elsewhere nothing is pointed at.
    ...(settings.preset === 'budgets' ? { focus } : {}),
    ...(text === undefined ? {} : { text }),
  };
  // One that failed was stopped by nobody: it may run the next time.
  const ran = !isChanged(state) && (status !== 'stopped' || failure !== undefined || isWhole(state));
  // The usual race begins by itself, and any other where it is asked for.
  const runs = isUsual(link) ? asked === undefined || ran : ran;
  return runs === isUsual(link) ? link : { ...link, run: runs };
}

/** What a link asks for, with the models that are here. */
function settingsOf(link: RaceLink): { settings: RaceSettings; elsewise: boolean } {
  const { models, vocabularies } = useEngine.getState();
  const presets = presetsOf(models, vocabularies, link.of);
  const found = presets.find(({ id }) => id === link.preset);
  const preset = link.lanes ? undefined : (found ?? presets.at(0));
  const lanes: readonly LaneSettings[] =
    link.lanes?.map(({ model, steps = UNREAD_STEPS, sampler }): LaneSettings => ({
      ...{ model, steps },
      sampler: sampler ?? 'ancestral',
    })) ??
    preset?.lanes ??
    firstRace.lanes;
  const { seed, temperature, topP, prompt } = link;
  const slots = link.slots ?? preset?.slots ?? firstRace.slots;
  const asked: RaceSettings = { preset: 'own', lanes, slots, seed, temperature, topP, prompt };
  const elsewise =
    link.lanes === undefined &&
    (found === undefined || (link.of !== undefined && lanes[0].model !== link.of));
  return { settings: recognised({ settings: asked }).settings ?? asked, elsewise };
}

/** Show the race of a link, and run it where the link was made of one that ran. */
async function openLink(link: RaceLink): Promise<void> {
  const { settings, elsewise } = settingsOf(link);
  const { rule, speed, texts, focus, text } = link;
  useRace.setState((state) => ({ ...withSettings(state, settings), link: undefined, speed, texts }));
  useRace.setState((state) => ({
    ...withRule(state, rule),
    focus: Math.min(focus, settings.lanes.length - 1),
    expected: text === undefined ? undefined : { settings, text },
  }));
  const state = useRace.getState();
  const there = !isChanged(state) && isWhole(state);
  // The usual race goes without saying.
  const usual = isUsual(link);
  const running = (link.run ?? usual) && !there ? runRace() : undefined;
  // What it does not begin with waits for the visitor.
  useRace.setState(({ status }) => ({
    ...(status === 'idle' ? { status: 'stopped' } : {}),
    ...(elsewise && !usual ? { notice: links.raceElsewise } : {}),
  }));
  await running;
}

/** When the view is opened, and it is known which models there are: the race of a link, else the first one. */
export async function enterRace(): Promise<void> {
  const { link } = useRace.getState();
  await (link ? openLink(link) : openRace());
}

/** Take over what a link says of the race. */
export function showRace(link: RaceLink): void {
  const state = useRace.getState();
  if (isBusy(state)) stopRace();
  const { shape, tokens } = link;
  if (useLatency.getState().task.state !== 'running') useLatency.setState({ shape, tokens });
  useRace.setState({ link, notice: undefined, failure: undefined, expected: undefined });
  const { ready, models } = useEngine.getState();
  // Else the view does it once it is there.
  if (useView.getState().view === 'race' && ready && models.length > 0) void enterRace();
}

/** Whether what the lanes wrote is what the link says, once they are through. */
function compare(state: RaceState): void {
  const { expected, status, asked } = state;
  if (!expected || !asked || status !== 'done' || !isWhole(state)) return;
  const differs = sameRace(asked, expected.settings) && raceHash(state) !== expected.text;
  useRace.setState({ expected: undefined, ...(differs ? { notice: links.raceDiffers } : {}) });
}

/** From now on: other texts than a link's are told, and the address follows. */
export function followRace(changed: () => void): void {
  useRace.subscribe(compare);
  useRace.subscribe(changed);
  useLatency.subscribe(changed);
}

/** The visitor has read it. */
export const dismissRaceNotice = (): void => {
  useRace.setState({ notice: undefined });
};
