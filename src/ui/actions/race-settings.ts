import { presetsOf, type PresetId } from '../race/presets.ts';
import { useEngine } from '../stores/engine.ts';
import {
  firstRace,
  sameRace,
  useRace,
  withSettings,
  type RaceSettings,
  type RaceState,
} from '../stores/race.ts';
import { runRace } from './run-race.ts';

/** Settings that have come to be those of a preset, seed aside, are that preset again. */
export function recognised(change: Partial<RaceState>): Partial<RaceState> {
  const { settings } = change;
  if (settings?.preset !== 'own') return change;
  const { models, vocabularies } = useEngine.getState();
  const { seed, lanes } = settings;
  const same = presetsOf(models, vocabularies, lanes[0].model).find((preset) =>
    sameRace({ ...firstRace, seed, lanes: preset.lanes, slots: preset.slots }, settings),
  );
  return same ? { ...change, settings: { ...settings, preset: same.id } } : change;
}

/** Change what all lanes of the next race are asked for. */
export function setRaceSettings(changed: Partial<Omit<RaceSettings, 'preset' | 'lanes'>>): void {
  useRace.setState((state) => recognised(withSettings(state, changed)));
}

/**
 * Choose a race, and run it.
 * @param dial id of the model whose step budgets are compared
 */
export function setPreset(id: PresetId, dial?: string): void {
  const { models, vocabularies } = useEngine.getState();
  const found = presetsOf(models, vocabularies, dial).find((preset) => preset.id === id);
  if (!found) return;
  const { temperature, topP, prompt } = firstRace;
  const { lanes, slots } = found;
  useRace.setState((state) => withSettings(state, { preset: id, lanes, slots, temperature, topP, prompt }));
  void runRace();
}

/** Another seed, and a race with it. */
export function rollRaceSeed(): void {
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  // Short enough to be read out in a classroom.
  setRaceSettings({ seed: seed % 1_000_000 });
  void runRace();
}

/** How many texts quality is to be averaged over. */
export function setTexts(texts: number): void {
  useRace.setState({ texts });
}
