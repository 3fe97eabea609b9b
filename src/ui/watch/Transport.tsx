import './transport.css';
import { memo, type CSSProperties } from 'react';
import type { Player } from '../../trace/player.ts';
import { seekTo, setSpeed, SPEEDS, stepBy, togglePlay } from '../actions/transport.ts';
import { rollSeed } from '../actions/settings.ts';
import { Dice } from '../components/Dice.tsx';
import { Select } from '../components/Select.tsx';
import { useWatch, type Scheduled } from '../stores/watch.ts';

function Icon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" fill="currentColor" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

const PLAY = 'M4 2.5v11l9.5-5.5z';
const PAUSE = 'M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z';
const BACK = 'M10.8 2.5v11L2.8 8zM11.8 2.5h1.6v11h-1.6z';
const FORWARD = 'M5.2 2.5v11l8-5.5zM2.6 2.5h1.6v11H2.6z';
const FIRST = 'M2 2.5h2v11H2zM9 2.5v11L4.2 8zM14 2.5v11L9.2 8z';
const LAST = 'M14 2.5h-2v11h2zM7 2.5v11L11.8 8zM2 2.5v11L6.8 8z';

/**
 * The recorded steps as bars, as high as the tokens that came in them. The range that moves through them lies over
 * the bars, its thumb as wide as one, so that a bar is where its step is.
 */
const Timeline = memo(function Timeline({
  schedule,
  player,
  valueText,
}: {
  schedule: readonly Scheduled[];
  player: Player;
  valueText: string;
}) {
  const most = Math.max(1, ...schedule.map(({ tokens }) => tokens));
  const bars = schedule.length + 1;
  const state = (position: number): string => {
    if (position > player.available) return 'unknown';
    if (position === player.position) return 'current';
    return position < player.position ? 'past' : 'ahead';
  };
  return (
    <div className="timeline" style={{ '--bars': bars } as CSSProperties} data-dense={bars > 24}>
      <div className="bars" aria-hidden="true">
        {schedule.length === 0 ? (
          <div className="bar" data-state="unknown" style={{ '--height': 0.6 } as CSSProperties} />
        ) : (
          <div className="bar" data-state={state(0)} style={{ '--height': 0 } as CSSProperties}>
            <span>start</span>
          </div>
        )}
        {schedule.map(({ step, tokens }, i) => (
          <div
            key={step}
            className="bar"
            data-state={state(i + 1)}
            style={{ '--height': tokens / most } as CSSProperties}
          >
            <span>{tokens}</span>
          </div>
        ))}
      </div>
      <input
        type="range"
        className="scrubber"
        aria-label="Position in the run"
        aria-valuetext={valueText}
        min={0}
        max={schedule.length}
        step={1}
        value={player.position}
        disabled={schedule.length === 0}
        onChange={(event) => {
          seekTo(event.target.valueAsNumber);
        }}
      />
    </div>
  );
});

const toStart = (): void => {
  seekTo(0);
};
const back = (): void => {
  stepBy(-1);
};
const forward = (): void => {
  stepBy(1);
};
const toEnd = (): void => {
  seekTo(Infinity);
};

/** A move of the player. One that leads nowhere keeps the focus: a disabled button would swallow the keys of the player. */
function Move({
  label,
  path,
  idle,
  onClick,
}: {
  label: string;
  path: string;
  idle: boolean;
  onClick: () => void;
}) {
  return (
    <button type="button" aria-label={label} aria-disabled={idle} onClick={onClick}>
      <Icon path={path} />
    </button>
  );
}

/** Play, pause, step and scrub through a run. */
export function Transport(props: {
  schedule: readonly Scheduled[];
  player: Player;
  valueText: string;
  /** How long a step is shown, and what it cost: two things. */
  times: string;
}) {
  const speed = useWatch((state) => state.speed);
  const { player } = props;
  const { position, available, total, playing } = player;
  const nothing = total === 0;
  return (
    <section className="transport card" aria-label="Playback">
      <Timeline {...props} />
      <div className="buttons">
        <button type="button" className="primary" onClick={togglePlay} disabled={nothing}>
          <Icon path={playing ? PAUSE : PLAY} />
          {playing ? 'Pause' : 'Play'}
        </button>
        <div className="group">
          <Move label="To the start" path={FIRST} idle={position === 0} onClick={toStart} />
          <Move label="One step back" path={BACK} idle={position === 0} onClick={back} />
          <Move label="One step forward" path={FORWARD} idle={position >= available} onClick={forward} />
          <Move label="To the end" path={LAST} idle={position >= available} onClick={toEnd} />
        </div>
        <Select
          label="Speed"
          // What a link asks for may lie between.
          options={[...new Set([...SPEEDS, speed])]
            .toSorted((a, b) => a - b)
            .map((value) => ({ value, label: `${value}×` }))}
          value={speed}
          onChange={setSpeed}
        />
        <button type="button" className="roll" onClick={rollSeed}>
          <Dice /> New seed
        </button>
        <p className="keys">
          <kbd>Space</kbd> plays, <kbd>←</kbd> <kbd>→</kbd> step, <kbd>Home</kbd> <kbd>End</kbd>
        </p>
      </div>
      <p className="hint times">{props.times}</p>
    </section>
  );
}
