import { tokensOf } from '../../actions/pin.ts';
import { run } from '../../actions/run.ts';
import { setSettings } from '../../actions/settings.ts';
import { lookInto } from '../../actions/look-into.ts';
import { goHalfWay } from '../../actions/lesson-widgets.ts';
import { seekTo, stepBy } from '../../actions/transport.ts';
import { setColourBy } from '../../actions/view.ts';
import { panel } from '../../messages/lessons/panel.ts';
import { useLesson } from '../../stores/lesson.ts';
import { firstSettings, sameSettings, useWatch, type Settings } from '../../stores/watch.ts';
import { came, openView, type Doing } from './doing.ts';

const says = panel.does;

type Change = Partial<Pick<Settings, 'sampler' | 'steps' | 'temperature' | 'pins'>> & {
  model?: 'teacher' | 'student';
};

/** The part of a lesson that is open. */
const place = (): string => {
  const { open, part } = useLesson.getState();
  return `${open} ${part}`;
};

/** The part that asked for colours: its other words leave them. */
let coloured: string | undefined;

/** A run with the usual settings but for some, and the seed that is set: whatever was set before, the same comes. */
function start(changed: Change): void {
  openView('watch');
  lookInto(undefined);
  if (coloured !== place()) setColourBy('none');
  setSettings({ ...firstSettings, seed: useWatch.getState().settings.seed, ...changed });
  void run();
}

/** Run with these settings. */
export const runWith = (changed: Change): Doing => ({
  shows: '.canvas',
  act: () => {
    start(changed);
    const { sampler, steps, temperature } = changed;
    const what = [
      says.model[changed.model ?? 'student'],
      ...(sampler === 'first-hitting' ? [says['first-hitting']] : []),
      ...(steps === undefined ? [] : [says.steps(steps)]),
      ...(temperature === undefined ? [] : [says.temperature(temperature)]),
    ];
    return says.runs(what);
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
    return says.runs([says.pinned(word, slot)]);
  },
});

const ours: readonly string[] = ['teacher', 'student'];

/** Whether words of a lesson may have asked for it: usual but for model, sampler, steps and seed. */
const isUsual = ({ model, sampler, steps, seed, ...rest }: Settings): boolean =>
  ours.includes(model) &&
  sameSettings(
    { ...rest, model, sampler, steps, seed },
    { ...firstSettings, ...{ model, sampler, steps, seed } },
  );

/** Have a run of a lesson on the canvas, or on its way there: pins and prompts of before are not what its words speak of. */
function settle(): void {
  openView('watch');
  const { run: shown, asked, status } = useWatch.getState();
  const coming = status === 'loading' || status === 'running' ? asked : undefined;
  const there = shown?.origin === 'imported' ? undefined : shown?.settings;
  const settings = coming ?? there;
  if (!settings || !isUsual(settings)) start({});
}

/** Wait until a run of a lesson is whole on the canvas. */
async function whole(): Promise<boolean> {
  settle();
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

/** The first of the slots that come last, from 0. */
function lastToCome(): number | undefined {
  const { run: shown, sample } = useWatch.getState();
  const last = shown?.traces[sample]?.trace.at(-1);
  return shown && last && Math.min(...last.positions) - shown.beginnings;
}

/** Open the candidates of a slot. @param slot as the page counts, from 1 */
export const look = (slot: number | 'last'): Doing => ({
  // The panel may lie over the foot of the canvas: its slot is to be seen above it.
  shows: '.slot-button[aria-pressed="true"]',
  frames: '.slot-panel',
  act: async () => {
    if (!(await whole())) return { failed: says.nothing };
    const shown = slot === 'last' ? lastToCome() : slot - 1;
    if (shown === undefined) return { failed: says.nothing };
    lookInto(shown);
    return says.look(shown + 1);
  },
});

/** Have the colour of slots stand for something. */
export const colour = (by: 'step' | 'entropy'): Doing => ({
  shows: '.canvas',
  act: () => {
    settle();
    coloured = place();
    setColourBy(by);
    return says.colour[by];
  },
});
