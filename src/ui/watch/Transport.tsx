import './transport.css';
import { memo, type CSSProperties } from 'react';
import type { Player } from '../../trace/player.ts';
import { moves, seekTo, setSpeed } from '../actions/transport.ts';
import { rollSeed } from '../actions/settings.ts';
import { PaceButtons, PlayerButtons, PlayerKeys } from '../components/PlayerButtons.tsx';
import { watch } from '../messages/watch.ts';
import { useWatch, type Scheduled } from '../stores/watch.ts';

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
            <span>{watch.transport.start}</span>
          </div>
        )}
        {schedule.map(({ tokens }, i) => (
          <div
            key={i}
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
        aria-label={watch.transport.position}
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
  return (
    <section className="transport card" aria-label={watch.transport.label}>
      <Timeline {...props} />
      <div className="buttons">
        <PlayerButtons
          stop="step"
          moves={moves}
          playing={playing}
          atStart={position === 0}
          atEnd={position >= available}
          empty={total === 0}
        />
        <PaceButtons speed={speed} onSpeed={setSpeed} onSeed={rollSeed} />
        <PlayerKeys />
      </div>
      <p className="hint times">{props.times}</p>
    </section>
  );
}
