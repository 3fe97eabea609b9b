import { expect, it } from 'vitest';
import { firstRace, initialRaceState, withSettings, withStart, type RaceState } from '../stores/race.ts';
import { setupOf } from './setup.ts';

const change = (state: RaceState, changed: Partial<RaceState>): RaceState => ({ ...state, ...changed });
const running = change(initialRaceState, withStart(initialRaceState, 'running'));

it('a race that runs can be cancelled, and after a change another can be run besides', () => {
  expect(setupOf(initialRaceState, false)).toEqual({
    ...{ cancels: false, runs: true, says: 'Nothing has been run yet.' },
  });
  expect(setupOf(running, false)).toEqual({
    ...{ cancels: true, runs: false, says: 'Each lane warms up once and is timed five times.' },
  });
  expect(setupOf(running, true).says).toContain('three times, since this is a CPU');
  const lanes = [...firstRace.lanes, firstRace.lanes[0]];
  for (const changed of [{ lanes }, { seed: 5 }]) {
    expect(setupOf(change(running, withSettings(running, changed)), false)).toEqual({
      ...{ cancels: true, runs: true, says: 'The race before your change is still running.' },
    });
  }
});

it('says whether the lanes show what would be run', () => {
  const none = firstRace.lanes.map(() => undefined);
  const stopped = change(running, { status: 'stopped', race: { settings: running.asked!, results: none } });
  expect(setupOf(stopped, false).says).toContain('Not every lane is through');
  expect(setupOf(change(stopped, withSettings(stopped, { topP: 0.5 })), false).says).toContain(
    'other settings',
  );
  const fewer = change(stopped, withSettings(stopped, { lanes: firstRace.lanes.slice(1) }));
  expect(setupOf(fewer, false).says).toContain('Changed');
});
