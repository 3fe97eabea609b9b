import './race-transport.css';
import { memo, type CSSProperties, type ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { RACE_RULES, standing, type RaceClock } from '../../trace/race.ts';
import { MAX_LANES } from '../../worker/race/result.ts';
import { addLane } from '../actions/race-lanes.ts';
import { raceMoves, seekRace, setRaceSpeed, setRule } from '../actions/race-transport.ts';
import { rollRaceSeed } from '../actions/race-settings.ts';
import { Choice } from '../components/Choice.tsx';
import { PaceButtons, PlayerButtons, PlayerKeys } from '../components/PlayerButtons.tsx';
import { raceLanes, raceParts } from '../messages/race.ts';
import { clockOf, useRace } from '../stores/race.ts';
import { duration } from '../../words/numbers.ts';
import { budgetText, type NamedLane } from './named-lane.ts';

const says = raceParts.player;

/** Pieces of a bar as long as the timeline: more of them would be too small to tell apart. */
const MOST_PIECES = 40;

/** How long a lane is by the clock, in words. */
function extent({ rule, lanes, ends }: RaceClock, index: number): string {
  const passes = lanes[index]?.passes;
  if (passes === undefined) return '';
  return rule === 'time' ? duration(ends[index]) : says.passes(passes);
}

/** The passes of a lane along the clock, each a piece of its bar; what is done is filled. */
const Track = memo(function Track({ index, clock }: { index: number; clock: RaceClock }) {
  const shown = useRace((state) => standing(clockOf(state), index, state.position)?.shown);
  const passes = clock.lanes[index]?.passes ?? 1;
  const style = {
    '--length': clock.end > 0 ? clock.ends[index] / clock.end : 0,
    '--passes': passes,
    '--done': (shown ?? 0) / passes,
  } as CSSProperties;
  return (
    <span className="race-track" style={style}>
      {shown === undefined ? (
        <span className="race-run hatch" />
      ) : (
        <span className="race-run" data-dense={passes * clock.end > MOST_PIECES * clock.ends[index]}>
          <span />
        </span>
      )}
    </span>
  );
});

/** A lane along the clock, with its name and how long it is. */
function Row({ lane: { index, title, kind, settings }, clock }: { lane: NamedLane; clock: RaceClock }) {
  return (
    <div className="race-row">
      <span className="race-row-name">
        <span className="lane-number">{index + 1}</span>
        {title}
        <small> {budgetText(kind, settings)}</small>
      </span>
      <Track {...{ index, clock }} />
      <span className="race-row-end">{extent(clock, index)}</span>
    </div>
  );
}

/** All lanes along one clock, as thin as can be. */
function Strip({ lanes }: { lanes: readonly NamedLane[] }) {
  const clock = useRace(clockOf);
  return (
    <div className="race-strip" aria-hidden="true">
      {lanes.map(({ index }) => (
        <Track key={index} {...{ index, clock }} />
      ))}
    </div>
  );
}

/** All lanes along one clock, and the range that moves through it. */
function Timeline({ lanes, valueText }: { lanes: readonly NamedLane[]; valueText: string }) {
  const clock = useRace(clockOf);
  const position = useRace((state) => state.position);
  const share = clock.end > 0 ? position / clock.end : 0;
  return (
    <div className="race-timeline" data-many={lanes.length > 4}>
      <div aria-hidden="true">
        {lanes.map((lane) => (
          <Row key={lane.index} lane={lane} clock={clock} />
        ))}
      </div>
      <div className="race-scrub">
        <div className="race-head" style={{ '--at': share } as CSSProperties} />
        <input
          type="range"
          className="scrubber"
          data-uneven=""
          aria-label={says.position}
          aria-valuetext={valueText}
          min={0}
          max={clock.end > 0 ? clock.end : 1}
          step="any"
          value={position}
          disabled={clock.end === 0}
          onChange={(event) => {
            seekRace(event.target.valueAsNumber);
          }}
        />
      </div>
    </div>
  );
}

/** Play, pause, and step, all lanes at once. */
function Moves({ children }: { children?: ReactNode }) {
  const shown = useRace(
    useShallow((state) => {
      const { end } = clockOf(state);
      const { playing, position } = state;
      return { playing, atStart: position <= 0, atEnd: position >= end, empty: end === 0 };
    }),
  );
  return (
    <div className="race-moves">
      {children}
      <PlayerButtons stop="moment" moves={raceMoves} {...shown} />
    </div>
  );
}

/** Where lanes are higher than the screen of a phone: the buttons of the player at its foot, last of all in the view. */
export function RaceDock({ lanes }: { lanes: readonly NamedLane[] }) {
  return (
    <div className="race-dock">
      <Moves>
        <Strip lanes={lanes} />
      </Moves>
    </div>
  );
}

/** One player for all lanes, and by what it synchronises them. */
export function RaceTransport({ lanes, valueText }: { lanes: readonly NamedLane[]; valueText: string }) {
  const { rule, speed } = useRace(useShallow(({ rule, speed }) => ({ rule, speed })));
  return (
    <section className="race-transport card" aria-label={says.label}>
      <Timeline lanes={lanes} valueText={valueText} />
      <div className="buttons">
        <Moves />
        <PaceButtons speed={speed} onSpeed={setRaceSpeed} onSeed={rollRaceSeed} />
        <PlayerKeys />
        <div className="race-rule">
          {/* A click leaves the focus where it is, so that the arrow keys go on to step through the race. */}
          <div
            onMouseDown={(event) => {
              event.preventDefault();
            }}
          >
            <Choice
              legend={says.rule}
              options={RACE_RULES.map((value) => ({ value, label: says.rules[value] }))}
              value={rule}
              onChange={setRule}
            />
          </div>
          <button type="button" onClick={addLane} disabled={lanes.length >= MAX_LANES}>
            {lanes.length >= MAX_LANES ? raceLanes.most(MAX_LANES) : raceLanes.add}
          </button>
        </div>
      </div>
    </section>
  );
}
