import { UnmaskError } from '../../worker/client.ts';
import type { SampleOptions } from '../../worker/protocol.ts';
import type { LaneResult, RaceOptions } from '../../worker/race/result.ts';
import { engine } from '../engine.ts';
import { lanes as laneWords } from '../messages/lanes.ts';
import type { LaneSettings } from '../race/named-lane.ts';
import { kindOf } from '../race/name.ts';
import { presetsOf } from '../race/presets.ts';
import { beginnings, onCpu, useEngine } from '../stores/engine.ts';
import {
  REPEATS,
  useRace,
  withLane,
  withSettings,
  withStart,
  withStop,
  type RaceSettings,
} from '../stores/race.ts';
import { toFailure } from './failure.ts';
import { checkLength, vocabularyOf } from './run.ts';

let current: AbortController | undefined;

/**
 * A lane as the engine takes it: its positions count the token that begins a text, the slots do not.
 * @throws UnmaskError 'argument' for more slots than the model's texts have
 */
async function laneOptions(
  { model, sampler, steps }: LaneSettings,
  { slots, temperature, topP, prompt }: RaceSettings,
  signal: AbortSignal,
): Promise<SampleOptions> {
  const given = beginnings(await vocabularyOf(model, signal));
  const { models } = useEngine.getState();
  checkLength({ slots, model }, given, models.find(({ id }) => id === model)?.length ?? Infinity);
  return {
    ...{ model, length: slots + given, temperature, topP },
    ...(kindOf(model, models) === 'causal' ? {} : { sampler, steps }),
    ...(prompt === '' ? {} : { prompt }),
  };
}

/**
 * @param models those that are to write to the prompt
 * @throws UnmaskError 'argument' for a prompt that leaves nothing to write
 */
async function checkPrompt(
  models: readonly string[],
  { slots, prompt }: RaceSettings,
  signal: AbortSignal,
): Promise<void> {
  if (prompt === '') return;
  for (const model of new Set(models)) {
    const { length } = await engine.call('encode', { model, text: prompt }, { signal });
    if (length < slots) continue;
    throw new UnmaskError('argument', laneWords.promptTooLong(length, slots));
  }
}

/** Ask for a race. @param count texts of each lane that its quality is averaged over */
async function ask(
  status: 'running' | 'measuring',
  options: Pick<RaceOptions, 'count' | 'repeats'>,
  take: (lane: LaneResult) => boolean,
): Promise<void> {
  current?.abort();
  const controller = new AbortController();
  current = controller;
  const { signal } = controller;
  useRace.setState((state) => withStart(state, status));
  const asked = useRace.getState().asked!;
  const whenOurs = (change: () => void): void => {
    if (current === controller) change();
  };
  const opened = (): void => {
    useEngine.setState({ opening: undefined });
  };
  try {
    const lanes: SampleOptions[] = [];
    for (const lane of asked.lanes) lanes.push(await laneOptions(lane, asked, signal));
    await checkPrompt(
      lanes.map(({ model }) => model),
      asked,
      signal,
    );
    opened();
    const repeats = onCpu(useEngine.getState().ready) ? REPEATS.cpu : REPEATS.gpu;
    await engine.call(
      'race',
      { lanes, seed: asked.seed, repeats, ...options },
      {
        signal,
        onRace: (progress) => {
          whenOurs(() => {
            useRace.setState({ progress });
          });
        },
        onLane: (lane) => {
          if (!take(lane)) return;
          whenOurs(() => {
            useRace.setState((state) => withLane(state, asked, lane));
          });
        },
      },
    );
    whenOurs(() => {
      useRace.setState({ status: 'done', progress: undefined });
    });
  } catch (error) {
    // The race that took over tells how it goes.
    whenOurs(() => {
      const stopped = error instanceof UnmaskError && error.code === 'aborted';
      useRace.setState(withStop(stopped ? undefined : toFailure(error)));
    });
  } finally {
    whenOurs(opened);
  }
}

/** Run the lanes of the Race view; a race that is under way is stopped first. */
export async function runRace(): Promise<void> {
  await ask('running', {}, () => true);
}

/** Have every lane that is shown write as many texts as are chosen, and judge them. */
export async function measureQuality(): Promise<void> {
  // Figures that are shown stay until better ones are there. The engine times a lane in any case; here that is for nothing.
  const options = { count: useRace.getState().texts, repeats: 1 };
  await ask('measuring', options, ({ quality }) => quality !== undefined);
}

/** Stop what runs; lanes that are through stay. */
export function stopRace(): void {
  current?.abort();
}

/** The first race, when the view is opened for the first time: the usual one, or the first that the models allow. */
export async function openRace(): Promise<void> {
  const state = useRace.getState();
  if (state.status !== 'idle') return;
  const { models, vocabularies } = useEngine.getState();
  const presets = presetsOf(models, vocabularies, undefined);
  const first = presets.find(({ id }) => id === state.settings.preset) ?? presets.at(0);
  if (first) {
    const { id: preset, lanes, slots } = first;
    useRace.setState(withSettings(state, { preset, lanes, slots }));
  }
  await runRace();
}
