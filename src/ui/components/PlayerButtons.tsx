import { Rich } from '../messages/Rich.tsx';
import { shared } from '../messages/shared.ts';
import { Dice } from './Dice.tsx';
import type { PlayerMoves } from './player-keys.ts';
import { Select } from './Select.tsx';

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

/** Play, pause, and step. */
export function PlayerButtons({
  stop,
  moves,
  playing,
  atStart,
  atEnd,
  empty,
}: {
  /** What it goes to one by one. */
  stop: keyof typeof shared.player.back;
  moves: PlayerMoves;
  playing: boolean;
  atStart: boolean;
  atEnd: boolean;
  /** Whether there is nothing to play. */
  empty: boolean;
}) {
  return (
    <>
      <button type="button" className="primary" onClick={moves.toggle} disabled={empty}>
        <Icon path={playing ? PAUSE : PLAY} />
        {playing ? shared.player.pause : shared.player.play}
      </button>
      <div className="group">
        <Move label={shared.player.first} path={FIRST} idle={atStart} onClick={moves.first} />
        <Move label={shared.player.back[stop]} path={BACK} idle={atStart} onClick={moves.back} />
        <Move label={shared.player.forward[stop]} path={FORWARD} idle={atEnd} onClick={moves.forward} />
        <Move label={shared.player.last} path={LAST} idle={atEnd} onClick={moves.last} />
      </div>
    </>
  );
}

/** Speeds to choose from, times the usual pace. */
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];

/** How fast it plays, and another seed. */
export function PaceButtons({
  speed,
  onSpeed,
  onSeed,
}: {
  speed: number;
  onSpeed: (speed: number) => void;
  onSeed: () => void;
}) {
  return (
    <>
      <Select
        label={shared.player.speed}
        // What a link asks for may lie between.
        options={[...new Set([...SPEEDS, speed])]
          .toSorted((a, b) => a - b)
          .map((value) => ({ value, label: shared.player.times(value) }))}
        value={speed}
        onChange={onSpeed}
      />
      <button type="button" className="roll" onClick={onSeed}>
        <Dice /> {shared.player.newSeed}
      </button>
    </>
  );
}

/** What the keys do, for those who have some. */
export function PlayerKeys() {
  return (
    <p className="keys">
      <Rich text={shared.player.keys} parts={{ key: (name) => <kbd>{name}</kbd> }} />
    </p>
  );
}
