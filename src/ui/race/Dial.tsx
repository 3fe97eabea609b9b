import type { Slot } from '../../trace/slots.ts';
import { focusLane } from '../actions/race-lanes.ts';
import { Slider } from '../components/Slider.tsx';
import { raceParts } from '../messages/race.ts';
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
  const says = raceParts.dial;
  const nominal = says.nominal(steps);
  return (
    <section className="card dial" aria-labelledby="dial-title">
      <h2 id="dial-title">{says.title(lanes.length)}</h2>
      <div className="dial-slider">
        <Slider
          label={says.steps}
          min={0}
          max={lanes.length - 1}
          step={1}
          value={focus}
          shown={forwardPasses === undefined ? nominal : says.ran(steps, forwardPasses)}
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
