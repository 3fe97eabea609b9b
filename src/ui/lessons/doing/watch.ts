import { tokensOf } from '../../actions/pin.ts';
import { run } from '../../actions/run.ts';
import { setSettings } from '../../actions/settings.ts';
import { lookInto } from '../../actions/look-into.ts';
import { goHalfWay } from '../../actions/lesson-widgets.ts';
import { seekTo, stepBy } from '../../actions/transport.ts';
import { setColourBy } from '../../actions/view.ts';
import { panel } from '../../messages/lessons/panel.ts';
import { firstSettings, sameSettings, useWatch, type Settings } from '../../stores/watch.ts';
import { came, openView, type Doing } from './doing.ts';

const says = panel.does;

type Change = Partial<Pick<Settings, 'sampler' | 'steps' | 'temperature' | 'pins'>> & {
  model?: 'teacher' | 'student';
};

/** A run with the usual settings but for some, and the seed that is set: whatever was set before, the same comes. */
function start(changed: Change): void {
  openView('watch');
  lookInto(undefined);
  setSettings({ ...firstSettings, seed: useWatch.getState().settings.seed, ...changed });
  void run();
}

/** Run with these settings. */
export const runWith = (changed: Change): Doing => ({
  shows: '.canvas',
  frames: changed.temperature === undefined ? '.controls .slider' : '.controls .more',
  act: () => {
    start(changed);
    const { sampler, steps, temperature } = changed;
    const what = [
      says.model[changed.model ?? 'student'],
      ...(sampler === 'first-hitting' ? [says['first-hitting']] : []),
      ...(steps === undefined ? [] : [says.steps(steps)]),
      ...(temperature === undefined ? [] : [says.temperature(temperature)]),
    ];
    return says.runs(what.join(', '));
  },
});

/** Pin a word that is one token, and run. @param slot as the page counts, from 1 */
export const pinWord = (word: string, slot: number): Doing => ({
  shows: '.canvas',
  frames: `.canvas .slot:nth-child(${slot})`,
  act: async () => {
    openView('watch');
    const tokens = await tokensOf(firstSettings.model, ` ${word}`);
    if (!Array.isArray(tokens)) return { failed: tokens.message };
    if (tokens.length !== 1) return { failed: says.notPinned };
    start({ pins: { [slot - 1]: tokens[0] } });
    return says.runs(says.pinned(word, slot));
  },
});

/** Wait until the run on the canvas is whole; where there is none, one is asked for. */
async function whole(): Promise<boolean> {
  openView('watch');
  const { run: shown, status } = useWatch.getState();
  if (!shown && status !== 'loading' && status !== 'running') void run();
  return came(useWatch, ({ run: there, asked, status: now, player: { total, available } }) => {
    if (total === 0 || available < total) return false;
    // A recorded run can be gone through while the model that wrote it is on its way.
    const recorded = there?.origin === 'recorded' && asked && sameSettings(there.settings, asked);
    return now !== 'loading' || recorded === true;
  });
}

/** Go to a moment of the run. */
export const go = (to: 'start' | 'next' | 'halfWay' | 'end'): Doing => ({
  shows: '.transport',
  act: async () => {
    if (!(await whole())) return { failed: says.nothing };
    if (to === 'next') {
      stepBy(1);
      const { position, total } = useWatch.getState().player;
      return says.next(position, total);
    }
    if (to === 'halfWay') goHalfWay();
    else seekTo(to === 'start' ? 0 : Infinity);
    return says[to];
  },
});

/** Open the candidates of a slot. @param slot as the page counts, from 1 */
export const look = (slot: number): Doing => ({
  shows: '.slot-panel',
  act: () => {
    openView('watch');
    const shown = Math.min(slot, useWatch.getState().settings.slots);
    lookInto(shown - 1);
    return says.look(shown);
  },
});

/** Have the colour of slots stand for something. */
export const colour = (by: 'step' | 'entropy'): Doing => ({
  shows: '.colour-by',
  act: () => {
    openView('watch');
    setColourBy(by);
    return says.colour[by];
  },
});
