/** Makes the recorded run of the page: what is in src/ui/watch/recorded.json. */
import type { Engine } from '../src/worker/engine.ts';
import type { RecordedRun } from '../src/ui/watch/recorded.ts';
import { firstSettings, initialWatchState, plannedRun, withRun, withStep } from '../src/ui/stores/watch.ts';
import { tokensAfter, type Trace, type TraceStep } from '../src/trace/trace.ts';

/** Digits that are kept of probabilities and entropies. */
const DIGITS = 6;
const round = (value: number): number => Number(value.toPrecision(DIGITS));

/** The run that greets a visitor, as the page itself would have it on the canvas. */
async function firstRun(engine: Pick<Engine, 'call'>, length: number): Promise<Trace> {
  const { model, sampler, steps, seed, temperature, topP } = firstSettings;
  let state = initialWatchState;
  await engine.call(
    'sample',
    { model, sampler, steps, seed, temperature, topP, length },
    {
      onPlan: (plan) => {
        state = { ...state, ...withRun(plannedRun(plan, firstSettings, undefined, 1)) };
      },
      onStep: (step) => {
        state = { ...state, ...withStep(state, step) };
      },
    },
  );
  const trace = state.run?.traces[0];
  if (!trace) throw new Error('the run told of no plan');
  return trace;
}

/**
 * Let the bundled student write the run that greets a visitor. Entropies are those of the logits of each step's text,
 * looked into afterwards.
 * @returns the run with the text of the tokens that it needs; probabilities and entropies (nats) of 6 digits
 */
export async function recordRun(engine: Pick<Engine, 'call'>): Promise<RecordedRun> {
  const { model, slots } = firstSettings;
  const { pieces, bos } = await engine.call('vocabulary', { model });
  if (pieces === undefined || bos === undefined) throw new Error(`${model} has no tokenizer with a BOS`);
  const trace = await firstRun(engine, slots + 1);
  const steps: TraceStep[] = [];
  for (const [i, step] of trace.trace.entries()) {
    const tokens = tokensAfter(trace, i);
    const { positions, t } = step;
    const { temperature, topP } = trace;
    const found = await engine.call('inspect', { model, tokens, positions, t, temperature, topP });
    steps.push({
      ...step,
      probabilities: step.probabilities.map(round),
      entropies: found.map(({ entropy }) => round(entropy)),
    });
  }
  const whole = { ...trace, trace: steps };
  const used = new Set(tokensAfter(whole, steps.length));
  return {
    version: 1,
    trace: whole,
    pieces: Object.fromEntries([...used].map((id) => [id, pieces[id]])),
    bos,
  };
}
