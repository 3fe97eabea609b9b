import { setPreset } from '../../actions/race-settings.ts';
import { raceMoves, seekRace, setRule } from '../../actions/race-transport.ts';
import { panel } from '../../messages/lessons/panel.ts';
import { useEngine } from '../../stores/engine.ts';
import { isWhole, useRace } from '../../stores/race.ts';
import { presetsOf } from '../../race/presets.ts';
import { modelsKnown, openView, type Doing } from './doing.ts';

const says = panel.does;

/** Run a race that is ready. */
export const race = (id: 'three' | 'pair'): Doing => ({
  shows: '.lanes',
  folds: true,
  act: async () => {
    if (!(await modelsKnown())) return { failed: says.starting };
    const { models, vocabularies } = useEngine.getState();
    if (!presetsOf(models, vocabularies, undefined).some((preset) => preset.id === id))
      return { failed: says.noRace };
    // Before the view opens, which would begin with a race of its own.
    setPreset(id);
    openView('race');
    return says.race[id];
  },
});

/** Play the race by a rule, from its start; one that is not whole yet plays by itself once it is. */
export const playBy = (rule: 'time' | 'pass'): Doing => ({
  shows: '.race-transport',
  act: () => {
    openView('race');
    setRule(rule);
    if (isWhole(useRace.getState())) {
      seekRace(0);
      raceMoves.toggle();
    }
    return says.rule[rule];
  },
});
