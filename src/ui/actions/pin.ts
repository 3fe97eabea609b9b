import { engine } from '../engine.ts';
import { useWatch } from '../stores/watch.ts';
import { toFailure } from './failure.ts';
import { run } from './run.ts';
import { setSettings } from './settings.ts';

/**
 * Tokens of what was typed for a slot.
 * @returns ids, or a sentence that says why there are none
 */
export async function tokensOf(model: string, text: string): Promise<number[] | { message: string }> {
  try {
    return await engine.call('encode', { model, text });
  } catch (error) {
    return toFailure(error);
  }
}

/** Pin tokens into consecutive slots, and run around them. */
export function pin(slot: number, tokens: readonly number[]): void {
  const { pins } = useWatch.getState().settings;
  setSettings({ pins: { ...pins, ...Object.fromEntries(tokens.map((token, i) => [slot + i, token])) } });
  void run();
}

/** Take a pin out again, and run. */
export function unpin(slot: number): void {
  const { pins } = useWatch.getState().settings;
  setSettings({
    pins: Object.fromEntries(Object.entries(pins).filter(([pinned]) => Number(pinned) !== slot)),
  });
  void run();
}

/** Take all pins out, and run. */
export function unpinAll(): void {
  setSettings({ pins: {} });
  void run();
}
