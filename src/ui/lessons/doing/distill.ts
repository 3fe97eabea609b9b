import { asked, begin } from '../../actions/distill-open.ts';
import { run, setSlow } from '../../actions/distill-run.ts';
import { setForm } from '../../actions/distill-setup.ts';
import { firstForm, type DistillForm } from '../../distill/form.ts';
import { panel } from '../../messages/lessons/panel.ts';
import { useDistill } from '../../stores/distill.ts';
import { onCpu, useEngine } from '../../stores/engine.ts';
import { inSight, modelsKnown, openView, type Doing } from './doing.ts';

const says = panel.does;

/** Open the view. */
export const openDistill: Doing = {
  shows: '.phases',
  act: () => {
    openView('distill');
    return says.distill;
  },
};

const FORMS = {
  ladder: { firstSteps: 16, m: 2, rounds: '3' },
  // A rate and a number of updates for which the loss was measured to fall: docs/distillation.md, "The floor".
  small: { firstSteps: 8, m: 8, rounds: '1', updates: '40', learningRate: '0.00005' },
} as const satisfies Record<string, Partial<DistillForm>>;

/** Fill in the form, from the usual one. */
export const fill = (what: keyof typeof FORMS): Doing => ({
  shows: '.distill-setup',
  act: async () => {
    openView('distill');
    if (!(await modelsKnown())) return { failed: says.starting };
    // A CPU that plays GPU takes half a minute for an update of so many texts.
    const batch = onCpu(useEngine.getState().ready) ? '4' : firstForm.batch;
    setForm({ ...firstForm, batch, ...FORMS[what] });
    return inSight(says[what]);
  },
});

/** Nothing is trained on a CPU. */
const noGpu = (): boolean => useEngine.getState().ready?.backend === 'wasm';

/** Run what is open, or what the form asks for. */
export const train = (until: 'end' | 'phase'): Doing => ({
  shows: until === 'phase' ? '.phases' : '.distill-transport, .distill-setup',
  act: async () => {
    openView('distill');
    if (!(await modelsKnown())) return { failed: says.starting };
    if (noGpu()) return { failed: says.noGpu };
    const said = until === 'phase' ? says.onePhase : says.begins;
    const { status, state } = useDistill.getState();
    if (status === 'running' || status === 'opening' || status === 'pausing') return { failed: says.taken };
    if (status === 'closed' || state === undefined || state.finished) {
      if ('errors' in asked()) return { failed: inSight(says.wrongForm) };
      void begin(false).then(() => run(until));
      return said;
    }
    void run(until);
    return said;
  },
});

/** Wait after every phase. */
export const slowMotion: Doing = {
  shows: '.distill-slow, .phases',
  act: () => {
    openView('distill');
    if (noGpu()) return { failed: says.noGpu };
    setSlow(true);
    return says.slow;
  },
};

/** Bring a part of the view into sight that is there once a distillation is open. */
export const showPart = (part: 'scope' | 'loss' | 'before-after'): Doing => ({
  shows: `.${part}`,
  act: () => {
    openView('distill');
    if (useDistill.getState().state) return says.shown;
    return { failed: noGpu() ? says.noGpu : says.notYet };
  },
});
