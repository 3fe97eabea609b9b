import { askedEvaluation, runEvaluation } from '../../actions/evaluate-run.ts';
import { choosePreset, setEvaluateForm, setXAxis } from '../../actions/evaluate-setup.ts';
import { presetsOf } from '../../evaluate/presets.ts';
import { panel } from '../../messages/lessons/panel.ts';
import { useEngine } from '../../stores/engine.ts';
import { initialEvaluateState } from '../../stores/evaluate.ts';
import { inSight, modelsKnown, openView, type Doing } from './doing.ts';

const says = panel.does;

/** A sweep that is small enough for a lesson, of teacher and student. */
export const measureFew: Doing = {
  shows: '.sweep-setup',
  act: async () => {
    openView('evaluate');
    if (!(await modelsKnown())) return { failed: says.starting };
    const pair = presetsOf(useEngine.getState().models).find(({ id }) => id === 'pair');
    if (!pair || pair.models.length < 2) return { failed: says.noRace };
    choosePreset({ ...pair, steps: [1, 4, 16] });
    setEvaluateForm({ ...initialEvaluateState.form, count: '16' });
    if ('errors' in askedEvaluation()) return { failed: inSight(says.wrongForm) };
    void runEvaluation();
    return inSight(says.measure);
  },
};

/** Points by the forward passes that they took. */
export const byPasses: Doing = {
  shows: '.sweep-figure',
  act: () => {
    openView('evaluate');
    setXAxis('passes');
    return says.axis;
  },
};
