import { watch } from '../messages/watch.ts';
import { useEngine } from '../stores/engine.ts';
import { useWatch, type Settings } from '../stores/watch.ts';
import { run } from './run.ts';
import { sameWords } from './same-words.ts';

/** Change what the next run is asked for. */
export function setSettings(changed: Partial<Settings>): void {
  useWatch.setState(({ settings, slot }) => {
    const next = { ...settings, ...changed };
    // A shorter canvas has no place for the pins behind its end.
    const pins = Object.fromEntries(
      Object.entries(next.pins).filter(([pinned]) => Number(pinned) < next.slots),
    );
    return {
      settings: { ...next, pins },
      ...(slot !== undefined && slot >= next.slots ? { slot: undefined } : {}),
    };
  });
}

/**
 * Choose another model. Pins are ids, and stay only where those mean the same words.
 * @param slots that fit it
 */
export function setModel(model: string, slots: number): void {
  const { settings } = useWatch.getState();
  const { models } = useEngine.getState();
  const [from, to] = [settings.model, model].map((id) => models.find((info) => info.id === id));
  const same = from !== undefined && to !== undefined && sameWords(from, to);
  const drop = !same && Object.keys(settings.pins).length > 0;
  setSettings({ model, slots, ...(drop ? { pins: {} } : {}) });
  if (drop) useWatch.setState({ notice: watch.notices.pinsOut });
}

/** Another seed, and a run with it. */
export function rollSeed(): void {
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  // Short enough to be read out in a classroom.
  setSettings({ seed: seed % 1_000_000 });
  void run();
}
