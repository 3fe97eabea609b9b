import { seek, tick, toggle, type Player } from '../../trace/player.ts';
import type { PlayerMoves } from '../components/player-keys.ts';
import { playerOf, useWatch } from '../stores/watch.ts';

const change = (how: (player: Player) => Player): void => {
  useWatch.setState(({ player }) => ({ player: how(player) }));
};

/** Whoever chooses a place does not want to be moved to another by a link. */
const dropWish = (): void => {
  useWatch.setState({ wish: undefined });
};

export const togglePlay = (): void => {
  dropWish();
  change(toggle);
};

/** @param by recorded steps; negative goes back */
export const stepBy = (by: number): void => {
  dropWish();
  change((player) => seek(player, player.position + by));
};

/** @param position recorded steps; Infinity is the last that is there */
export const seekTo = (position: number): void => {
  dropWish();
  change((player) => seek(player, Math.min(position, player.available)));
};

/** What buttons and keys do. */
export const moves: PlayerMoves = {
  toggle: togglePlay,
  first: () => {
    seekTo(0);
  },
  back: () => {
    stepBy(-1);
  },
  forward: () => {
    stepBy(1);
  },
  last: () => {
    seekTo(Infinity);
  },
};

/** The clock of the player. */
export const advance = (): void => {
  change(tick);
};

/** How fast steps are shown; the model is not asked again. */
export const setSpeed = (speed: number): void => {
  useWatch.setState({ speed });
};

/** Put another text of the run on the canvas, at the same pass. */
export const showSample = (sample: number): void => {
  useWatch.setState(({ run, player }) =>
    run ? { wish: undefined, sample, player: playerOf(run, sample, player.position, player.playing) } : {},
  );
};
