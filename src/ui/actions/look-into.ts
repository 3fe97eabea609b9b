import { tokensAfter } from '../../trace/trace.ts';
import { UnmaskError } from '../../worker/client.ts';
import { engine } from '../engine.ts';
import { inspectionKey, passOf, useWatch, type Inspection, type Run } from '../stores/watch.ts';
import { vocabularyOf } from './run.ts';
import { toFailure } from './failure.ts';

/** Logits that one inspection computes at most; larger models are asked for one slot at a time. */
const MOST_LOGITS = 600_000;

let current: AbortController | undefined;

/** Look into a slot, or into none. */
export function lookInto(slot: number | undefined): void {
  useWatch.setState({ slot });
}

/** Put the focus on the panel, once it is there, for those who go on by keyboard. */
export function focusPanel(): void {
  requestAnimationFrame(() => document.getElementById('slot-title')?.focus());
}

/** Close the panel; the focus goes back to its slot if it was in there. */
export function closePanel(): void {
  const { slot } = useWatch.getState();
  const inside = document.querySelector('.slot-panel')?.contains(document.activeElement) === true;
  lookInto(undefined);
  if (inside) document.querySelector<HTMLElement>(`[data-slot='${slot}']`)?.focus();
}

function remember(entries: [string, Inspection][]): void {
  useWatch.setState(({ inspections }) => ({
    inspections: { ...inspections, ...Object.fromEntries(entries) },
  }));
}

/**
 * Ask the model what it held possible in a slot, in the pass that is shown or in the one in which the slot's token came.
 * One pass of the network on that step's x_t answers for every slot that was masked then.
 */
export async function inspect(run: Run, sample: number, position: number, slot: number): Promise<void> {
  const trace = run.traces[sample];
  const { beginnings } = run;
  const pass = passOf(trace, position, slot + beginnings);
  const step = trace.trace[pass] as (typeof trace.trace)[number] | undefined;
  const tokens = tokensAfter(trace, pass);
  const { model, maskId, temperature, topP } = trace;
  if (tokens[slot + beginnings] !== maskId) return;
  const keyOf = (at: number): string => inspectionKey(run, sample, pass, at - beginnings);
  const known = useWatch.getState().inspections[keyOf(slot + beginnings)] as Inspection | undefined;
  if (known && known.state !== 'failed') return;

  const masked = [...tokens.keys()].filter((at) => tokens[at] === maskId);
  const positions = masked.length * maskId <= MOST_LOGITS ? masked : [slot + beginnings];
  // The rank is shown of a token that came in this pass; for a slot that is masked to the end any token will do.
  const taken = tokensAfter(trace, trace.trace.length);
  const drawn = positions.map((at) => (taken[at] === maskId ? 0 : taken[at]));
  remember(positions.map((at) => [keyOf(at), { state: 'pending' }]));
  current?.abort();
  const controller = new AbortController();
  current = controller;
  try {
    const options = { model, tokens, positions, drawn, temperature, topP, ...(step ? { t: step.t } : {}) };
    const laws = await engine.call('inspect', options, { signal: controller.signal });
    // A file has the words of its own tokens only.
    if (run.origin === 'imported') await vocabularyOf(model, controller.signal);
    remember(laws.map((law) => [keyOf(law.position), { state: 'known', law }]));
  } catch (error) {
    const aborted = error instanceof UnmaskError && error.code === 'aborted';
    // What was given up is asked for again when it is looked at again.
    useWatch.setState(({ inspections }) => ({
      inspections: Object.fromEntries(
        Object.entries(inspections).filter(([key]) => !positions.some((at) => keyOf(at) === key)),
      ),
    }));
    if (!aborted) remember([[keyOf(slot + beginnings), { state: 'failed', why: toFailure(error).message }]]);
  }
}
