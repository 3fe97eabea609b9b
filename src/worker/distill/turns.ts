/** What a training does while it is its turn. */
import type { PendingUpdate } from '../../model/distill/optimisation.ts';
import type { UpdateReport } from './result.ts';

/** Other calls get their turn after so long, ms. */
const TURN = 250;
/** Updates on their way at once. */
const IN_FLIGHT = 2;

/**
 * Updates for as long as a turn lasts, at least one.
 * @param update submits one
 * @param landed told of each, in order, once it is done; all are when this resolves
 * @param stop asked after each that is submitted
 */
export async function updatesOfTurn(
  update: () => Promise<PendingUpdate>,
  landed: (report: UpdateReport) => void,
  stop: () => boolean,
): Promise<void> {
  const end = performance.now() + TURN;
  const flying: Promise<UpdateReport>[] = [];
  const land = async (): Promise<void> => {
    landed(await flying.shift()!);
  };
  do {
    const { done } = await update();
    // Whoever waits for it hears of a failure; one behind it that fails too is no fault of its own.
    done.catch(() => undefined);
    flying.push(done);
    if (flying.length >= IN_FLIGHT) await land();
  } while (!stop() && performance.now() < end);
  while (flying.length > 0) await land();
}
