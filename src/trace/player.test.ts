import { describe, expect, it } from 'vitest';
import { end, receive, seek, startPlayer, tick, toggle, type Player } from './player.ts';

const at = (position: number, rest: Partial<Player> = {}): Player => ({
  position,
  available: 3,
  total: 3,
  playing: false,
  ...rest,
});

describe('player', () => {
  it('plays a live run no faster than it comes, and stops at its end', () => {
    let player = startPlayer(2);
    player = tick(player);
    expect(player.position).toBe(0);
    player = tick(receive(player));
    expect([player.position, player.playing]).toEqual([1, true]);
    player = tick(player);
    expect(player.position).toBe(1);
    player = tick(receive(player));
    expect([player.position, player.playing]).toEqual([2, false]);
    expect(receive(player).available).toBe(2);
  });

  it('stands still while it is paused', () => {
    expect(tick(at(1))).toEqual(at(1));
  });

  it('ends early where a run is stopped, and plays again what there is', () => {
    const stopped = end(at(2, { available: 2, total: 8, playing: true }));
    expect(stopped).toEqual({ position: 2, available: 2, total: 2, playing: false });
    expect(toggle(stopped)).toMatchObject({ position: 0, playing: true });
    expect(end(at(1, { available: 2, total: 8, playing: true })).playing).toBe(true);
  });

  it('seeks within what is there, and pauses', () => {
    expect(seek(at(1, { playing: true }), 2)).toEqual(at(2));
    expect(seek(at(1), -4).position).toBe(0);
    expect(seek(at(1, { available: 2 }), 9).position).toBe(2);
  });

  it('toggles, and plays again from the start at the end', () => {
    expect(toggle(at(1))).toEqual(at(1, { playing: true }));
    expect(toggle(at(1, { playing: true }))).toEqual(at(1));
    expect(toggle(at(3))).toEqual(at(0, { playing: true }));
    // A live run that has caught up is not at its end.
    expect(toggle(at(2, { available: 2 }))).toEqual(at(2, { available: 2, playing: true }));
    expect(toggle(at(0, { available: 0, total: 0 })).playing).toBe(false);
  });
});
