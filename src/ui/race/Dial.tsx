import type { Slot } from '../../trace/slots.ts';
import { focusLane } from '../actions/race-lanes.ts';
import { Slider } from '../components/Slider.tsx';
import { inWords, plural } from '../messages/english.ts';
import { useRace } from '../stores/race.ts';
import { RunningText } from '../watch/Prose.tsx';
import { useLaneSlots } from './lane-slots.ts';
import type { NamedLane } from './named-lane.ts';

/** One model at several step budgets: the dial brings one of them in focus. Beneath it stands the curve over all. */
export function Dial({ lanes, children }: { lanes: readonly NamedLane[]; children?: React.ReactNode }) {
  const focus = useRace((state) => state.focus);
  const lane = lanes[Math.min(focus, lanes.length - 1)];
  const { slots, vocabulary } = useLaneSlots(lane);
  const { steps } = lane.settings;
  const { forwardPasses } = lane.result ?? {};
  const nominal = plural(steps, 'step', 'steps');
  const passes =
    forwardPasses === undefined ? '' : `, ${plural(forwardPasses, 'forward pass', 'forward passes')}`;
  return (
    <section className="card dial" aria-labelledby="dial-title">
      <h2 id="dial-title">The same noise at {inWords(lanes.length)} budgets</h2>
      <div className="dial-slider">
        <Slider
          label="Steps"
          min={0}
          max={lanes.length - 1}
          step={1}
          value={focus}
          shown={`${nominal}${passes}`}
          valueText={nominal}
          onChange={focusLane}
        />
        <div className="scale" aria-hidden="true">
          {lanes.map(({ index, settings }) => (
            <span key={index} style={{ left: `${(100 * index) / (lanes.length - 1)}%` }}>
              {settings.steps}
            </span>
          ))}
        </div>
      </div>
      <p className="text" lang="en" data-slots={slots.length}>
        <RunningText slots={slots as Slot[]} vocabulary={vocabulary} />
      </p>
      {children}
    </section>
  );
}
