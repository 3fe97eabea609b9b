/** What the reader chooses in the figures of the lessons, and the search for two slots that disagree. */
import { engine } from '../engine.ts';
import { neighbours, spread, type Two } from '../lessons/pair.ts';
import { maskedSlots, type ShownText } from '../lessons/shown-text.ts';
import { useChoices, type WidgetChoices } from '../stores/lesson-widgets.ts';
import { UnmaskError } from '../../worker/client.ts';
import { useWatch } from '../stores/watch.ts';
import { toFailure } from './failure.ts';
import { seekTo } from './transport.ts';

export function choose(changed: Partial<WidgetChoices>): void {
  useChoices.setState(changed);
}

/** Choose a slot for the pair besides the one that was chosen last. @param slot from 0 */
export function addToPair(slot: number): void {
  useChoices.setState(({ pair }) => (pair.includes(slot) ? {} : { pair: [...pair.slice(-1), slot] }));
}

/** The text begins with so many positions more than before: those that were chosen are of the same slots as they were. */
export function movePositions(by: number): void {
  const moved = (position: number | undefined) => position && Math.max(0, position + by);
  useChoices.setState(({ reader, read }) => ({ reader: moved(reader), read: moved(read) }));
}

/** Go to the middle of the run, where some slots are masked and others are not. */
export function goHalfWay(): void {
  const { total } = useWatch.getState().player;
  seekTo(Math.floor(total / 2));
}

/** Pairs of neighbours that a search asks about, and the tokens of the first slot that each question tries. */
const PAIRS = 6;
const TOKENS = 4;

let search: AbortController | undefined;

export function stopSearch(): void {
  search?.abort();
  search = undefined;
  useChoices.setState({ search: 'idle' });
}

/** Choose the neighbours that disagree most, of a few that are tried one after the other. */
export async function findPair(text: ShownText): Promise<void> {
  stopSearch();
  const controller = new AbortController();
  search = controller;
  const { signal } = controller;
  useChoices.setState({ search: 'searching' });
  const { model, tokens, given, t, temperature, topP } = text;
  const { pair: before } = useChoices.getState();
  let best: { slots: Two; distance: number } | undefined;
  try {
    for (const slots of spread(neighbours(maskedSlots(text)), PAIRS)) {
      const positions: [number, number] = [slots[0] + given, slots[1] + given];
      const options = { model, tokens: [...tokens], positions, t, temperature, topP, top: TOKENS };
      const { distance } = await engine.call('pair', options, { signal });
      if (!best || distance > best.distance) best = { slots, distance };
    }
    if (search !== controller) return;
    const found = best?.slots ?? maskedSlots(text).slice(0, 2);
    // What was chosen meanwhile, as by a link, stays.
    useChoices.setState(({ pair }) => ({ search: 'idle', ...(pair === before && { pair: found }) }));
  } catch (error) {
    if (search !== controller) return;
    const gaveUp = error instanceof UnmaskError && error.code === 'aborted';
    useChoices.setState({ search: gaveUp ? 'idle' : { failed: toFailure(error).message } });
  }
}
