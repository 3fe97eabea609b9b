import { useWatch, type Settings } from '../stores/watch.ts';
import { run } from './run.ts';

/** Change what the next run is asked for. */
export function setSettings(changed: Partial<Settings>): void {
  useWatch.setState(({ settings }) => {
    const next = { ...settings, ...changed };
    // A shorter canvas has no place for the pins behind its end.
    const pins = Object.fromEntries(Object.entries(next.pins).filter(([slot]) => Number(slot) < next.slots));
    return { settings: { ...next, pins } };
  });
}

/** Another seed, and a run with it. */
export function rollSeed(): void {
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  // Short enough to be read out in a classroom.
  setSettings({ seed: seed % 1_000_000 });
  void run();
}
