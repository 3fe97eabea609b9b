/** Plays a recorded run, or one that is still being written: pure state, no clock. */

export interface Player {
  /** Recorded steps that are shown, 0 (the start) to `available`. */
  position: number;
  /** Steps that are there already. */
  available: number;
  /** Steps that there will be. */
  total: number;
  playing: boolean;
}

/** At the start of a run of `total` recorded steps, playing as they come. */
export function startPlayer(total: number): Player {
  return { position: 0, available: 0, total, playing: true };
}

/** One more step has come. */
export function receive(player: Player): Player {
  return { ...player, available: Math.min(player.total, player.available + 1) };
}

/** No more steps will come: what is there is all. */
export function end(player: Player): Player {
  const { position, available } = player;
  return { ...player, total: available, playing: player.playing && position < available };
}

/** Go to a position; whoever chooses one wants to look at it, so playing stops. */
export function seek(player: Player, position: number): Player {
  const clamped = Math.max(0, Math.min(player.available, Math.round(position)));
  return { ...player, position: clamped, playing: false };
}

/** One tick of the clock: the next step, if it is there; playing ends with the last one. */
export function tick(player: Player): Player {
  if (!player.playing || player.position >= player.available) return player;
  const position = player.position + 1;
  return { ...player, position, playing: position < player.total };
}

/** Play or pause; at the end it plays again from the start. */
export function toggle(player: Player): Player {
  if (player.playing) return { ...player, playing: false };
  const atEnd = player.total > 0 && player.position === player.total;
  return { ...player, playing: player.total > 0, position: atEnd ? 0 : player.position };
}
