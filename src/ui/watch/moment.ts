import { slotsAt, type Slot } from '../../trace/slots.ts';
import type { Run } from '../stores/watch.ts';

/** Moments kept: those of all texts of a run, and a few before them. */
const KEPT = 64;

const moments = new Map<string, Slot[]>();

/**
 * Slots of a text of a run at a position, without those of the tokens that begin it. What has come of a run never
 * changes, so the same moment is the same array, and whoever draws it can see by that that there is nothing to do.
 */
export function momentOf(run: Run, sample: number, position: number): Slot[] {
  const key = `${run.id} ${sample} ${position}`;
  const known = moments.get(key);
  if (known) return known;
  const slots = slotsAt(run.traces[sample], position).slice(run.beginnings);
  moments.set(key, slots);
  const oldest = moments.keys().next();
  if (moments.size > KEPT && oldest.done !== true) moments.delete(oldest.value);
  return slots;
}
