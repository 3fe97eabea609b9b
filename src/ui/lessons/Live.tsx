import { panel } from '../messages/lessons/panel.ts';
import { titleOf } from '../race/name.ts';
import { useEngine } from '../stores/engine.ts';
import { shownResults, useRace } from '../stores/race.ts';
import { useWatch } from '../stores/watch.ts';

/** What the run on the canvas took. */
function OfRun() {
  const run = useWatch((state) => state.run);
  const sample = useWatch((state) => state.sample);
  const trace = run?.traces[sample];
  if (!run || !trace) return null;
  const { steps, initial } = trace;
  const slots = initial.length - run.beginnings;
  return <p className="hint lesson-live">{panel.live.run(steps, run.schedules[sample].length, slots)}</p>;
}

/** What the lanes of the race took, those that are through. */
function OfRace() {
  const results = useRace(shownResults);
  const lanes = useRace((state) => state.settings.lanes);
  const models = useEngine((state) => state.models);
  const through = lanes.flatMap(({ model }, i) => {
    const result = results[i];
    return result ? [{ title: titleOf(model, models), passes: result.trace.trace.length }] : [];
  });
  if (through.length === 0) return null;
  return <p className="hint lesson-live">{panel.live.race(through)}</p>;
}

/** Numbers of the page as it is. */
export const Live = ({ of }: { of: 'run' | 'race' }) => (of === 'run' ? <OfRun /> : <OfRace />);
