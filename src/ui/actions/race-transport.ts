import { momentAfter, momentBefore, positionAfter, type RaceRule } from '../../trace/race.ts';
import type { PlayerMoves } from '../components/player-keys.ts';
import { clockOf, useRace, withPosition, withRule, withToggle, type RaceState } from '../stores/race.ts';

/** @param position in the unit of the clock's rule */
export const seekRace = (position: number): void => {
  useRace.setState((state) => withPosition(state, position));
};

const seekFrom = (where: (state: RaceState) => number) => (): void => {
  useRace.setState((state) => withPosition(state, where(state)));
};

/** What buttons and keys do. */
export const raceMoves: PlayerMoves = {
  toggle: () => {
    useRace.setState(withToggle);
  },
  first: seekFrom(() => 0),
  back: seekFrom((state) => momentBefore(clockOf(state), state.position)),
  forward: seekFrom((state) => momentAfter(clockOf(state), state.position)),
  last: seekFrom((state) => clockOf(state).end),
};

/** Time has gone by on the screen. @param milliseconds since it was told last */
export const advanceRace = (milliseconds: number): void => {
  useRace.setState((state) => {
    if (!state.playing) return {};
    const clock = clockOf(state);
    const position = positionAfter(clock, state.position, milliseconds * state.speed);
    return { position, playing: position < clock.end };
  });
};

/** By what the lanes are synchronised; nothing is computed anew. */
export const setRule = (rule: RaceRule): void => {
  useRace.setState((state) => withRule(state, rule));
};

/** How fast the race is shown. */
export const setRaceSpeed = (speed: number): void => {
  useRace.setState({ speed });
};
