import './lanes.css';
import { memo, type CSSProperties } from 'react';
import type { Standing } from '../../trace/race.ts';
import type { LaneResult } from '../../worker/race/result.ts';
import { raceLanes } from '../messages/race.ts';
import { isBusy, useRace } from '../stores/race.ts';
import { LaneFigures } from './LaneFigures.tsx';
import { LaneSettingsPanel } from './LaneSettingsPanel.tsx';
import { LaneText } from './LaneText.tsx';
import { useLaneSlots } from './lane-slots.ts';
import type { NamedLane } from './named-lane.ts';

/** Where a lane is, in words beside its bar. */
function placeText(at: Standing | undefined, waiting: boolean, atWork: boolean): string {
  const says = raceLanes.place;
  if (!at) return atWork ? says.running : waiting ? says.waiting : says.notRun;
  return at.done ? says.done : says.pass(at.shown, at.passes);
}

/** One model at work: what it is, what it has written by now, and what that cost. */
export const LaneCard = memo(function LaneCard({
  lane,
  name,
  clock,
  stale,
  focus,
}: {
  lane: NamedLane;
  /** Within a sentence: "the student". */
  name: string;
  clock: LaneResult['clock'];
  /** Whether it was asked for otherwise than the next race is. */
  stale: boolean;
  /** Whether the dial points at it. */
  focus: boolean;
}) {
  const { index, title, detail, result } = lane;
  const { slots, vocabulary, at } = useLaneSlots(lane);
  const waiting = useRace((state) => isBusy(state) && !result);
  const atWork = useRace(
    ({ status, progress }) => status === 'running' && !result && progress?.lane === index,
  );
  const done = at ? at.shown / at.passes : 0;
  return (
    <li
      className="lane card"
      data-lane={index}
      data-kind={lane.kind}
      data-focus={focus}
      data-stale={stale && result !== undefined}
      data-state={!at ? 'empty' : at.done ? 'done' : 'racing'}
    >
      <div className="lane-head">
        <h2>
          <span className="lane-number" aria-hidden="true">
            {index + 1}
          </span>
          {title}
        </h2>
        <p>{detail}</p>
        <div className="lane-bar" style={{ '--done': done } as CSSProperties} />
        <p className="lane-place">
          {placeText(at, waiting, atWork)}
          {stale && result && <span>{raceLanes.lastRace}</span>}
        </p>
        <LaneSettingsPanel lane={lane} name={name} />
      </div>
      <LaneText slots={slots} vocabulary={vocabulary} />
      <LaneFigures lane={lane} clock={clock} />
    </li>
  );
});
