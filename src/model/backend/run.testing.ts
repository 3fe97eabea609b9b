/** What the tests of runs share: plans and runs of the small golden network, and their audit on the CPU. */
import { expect } from 'vitest';
import {
  argmax,
  drawToken,
  entropyOf,
  races,
  tokenProbabilities,
} from '../../gpu/kernels/sample/sample.reference.ts';
import type { Sampler, TraceStep } from '../../trace/trace.ts';
import { isFinal, makePlan, type Plan } from '../diffusion/plan.ts';
import { confidencePass, type Proposal } from '../diffusion/reference.ts';
import type { Denoiser, RunCost, RunSettings } from './denoiser.ts';

/** Mask of the small golden network. */
export const MASK = 130;

export interface PlanChoice {
  length?: number;
  steps?: number;
  seed?: number;
  count?: number;
  firstSample?: number;
  sampler?: Sampler;
  given?: Record<number, number>;
  /** End of the grid; what is left there goes to the final pass. */
  eps?: number;
}

export function plan({
  length = 12,
  steps = 4,
  seed = 3,
  count = 1,
  firstSample = 0,
  sampler = 'ancestral',
  given = {},
  eps = 1e-5,
}: PlanChoice = {}): Plan {
  const initial = new Uint32Array(length).fill(MASK);
  for (const [position, token] of Object.entries(given)) initial[Number(position)] = token;
  return makePlan({ sampler, steps, length, maskId: MASK, eps, seed, count, firstSample, initial });
}

/** Every rest of a plan's only run, each taken up with its own x_t, and the steps that it must have to the last bit. */
export function rests(
  choice: PlanChoice,
  trace: readonly TraceStep[],
): { rest: Plan; wanted: TraceStep[] }[] {
  const whole = plan(choice);
  const { initial, sample } = whole.samples[0];
  const given = Object.keys(choice.given ?? {}).map(Number);
  const { sampler, steps, length, maskId, seed } = whole;
  const fixed = {
    sampler,
    steps,
    length,
    maskId,
    seed,
    eps: choice.eps ?? 1e-5,
    count: 1,
    firstSample: sample,
  };
  const xt = initial.slice();
  return trace.slice(0, -1).map(({ step, t, positions, tokens }, i) => {
    positions.forEach((position, j) => (xt[position] = tokens[j]));
    const rest = makePlan({ ...fixed, initial: xt.slice(), from: { step, t, given } });
    return { rest, wanted: trace.slice(i + 1) };
  });
}

export interface Outcome {
  /** Final tokens of each sample. */
  tokens: Uint32Array[];
  traces: TraceStep[][];
  cost: RunCost;
}

/** Run a plan to its end. */
export async function run(model: Denoiser, p: Plan, settings: Partial<RunSettings> = {}): Promise<Outcome> {
  const tokens = p.samples.map(({ initial }) => Uint32Array.from(initial));
  const traces: TraceStep[][] = p.samples.map(() => []);
  const steps = model.run(p, { seed: p.seed, temperature: 1, topP: 1, ...settings });
  for (;;) {
    const next = await steps.next();
    if (next.done) return { tokens, traces, cost: next.value };
    next.value.steps.forEach((step, sample) => {
      if (step === null) return;
      traces[sample].push(step);
      step.positions.forEach((position, i) => {
        tokens[sample][position] = step.tokens[i];
      });
    });
  }
}

/**
 * Recompute a run step by step: logits of its xt by an inspection pass; laws, races and choices of positions on the CPU.
 * @returns the number of tokens checked
 */
export async function audit(
  model: Denoiser,
  p: Plan,
  outcome: Outcome,
  temperature: number,
  topP: number,
): Promise<number> {
  let checked = 0;
  for (const [k, trace] of outcome.traces.entries()) {
    const { initial, passes, sample } = p.samples[k];
    expect(trace.map(({ step, t, positions }) => ({ step, t, count: positions.length }))).toEqual(
      passes.map(({ step, t, count }) => ({ step, t, count })),
    );
    const xt = Uint32Array.from(initial);
    for (const [pass, { t, positions, tokens, probabilities, entropies }] of trace.entries()) {
      const logits = await model.logits(xt, { batch: 1, length: p.length }, Float32Array.of(t));
      const final = isFinal(p, passes[pass]);
      // A causal model tells the token that follows a position.
      const lag = p.sampler === 'autoregressive' ? 1 : 0;
      const law = (position: number) =>
        tokenProbabilities(
          logits.subarray((position - lag) * (MASK + 1), (position - lag + 1) * (MASK + 1)),
          MASK,
          temperature,
          final ? 1 : topP,
        );
      const draw = p.sampler === 'confidence' ? pass : 0;
      const address = (position: number) => ({ seed: p.seed, sample, position, draw });
      expect(positions).toEqual(positions.toSorted((a, b) => a - b));
      if (p.sampler === 'confidence') {
        const propose = (count: number) =>
          confidencePass([...xt], MASK, count, law, (chances, position) =>
            final ? argmax(MASK, (v) => chances[v]) : drawToken(chances, address(position)),
          );
        expectSurest(positions, propose(positions.length), propose(p.length));
      } else expect(positions).toEqual(passes[pass].positions);
      for (const [i, position] of positions.entries()) {
        const chances = law(position);
        expect(Math.abs(probabilities[i] - chances[tokens[i]])).toBeLessThan(1e-5);
        expect(Math.abs(entropies[i] - entropyOf(chances))).toBeLessThan(1e-4);
        // The drawn token wins its race on the CPU too, but for a near tie.
        const scores = final ? chances : races(chances, address(position)).map((e) => -Math.log(e));
        const best = Math.max(...scores);
        expect(final ? best - scores[tokens[i]] : Math.abs(best - scores[tokens[i]])).toBeLessThan(1e-4);
        checked += 1;
      }
      positions.forEach((position, i) => (xt[position] = tokens[i]));
    }
    expect(xt).toEqual(outcome.tokens[k]);
  }
  return checked;
}

/**
 * The positions taken are those of the surest proposals. Proposals whose chances differ, but by less than 1e-5, may be turned
 * round by float32; equal ones, such as certain ones, may not.
 */
function expectSurest(
  positions: readonly number[],
  surest: readonly Proposal[],
  all: readonly Proposal[],
): void {
  const least = Math.min(...surest.map(({ probability }) => probability));
  const close = all.filter(({ probability: p }) => p !== least && Math.abs(p - least) < 1e-5);
  if (close.length === 0) {
    expect(positions).toEqual(surest.map(({ position }) => position));
    return;
  }
  const clear = surest.filter(({ probability }) => probability > least + 1e-5);
  const possible = all.filter(({ probability }) => probability > least - 1e-5);
  expect(positions).toEqual(expect.arrayContaining(clear.map(({ position }) => position)));
  expect(possible.map(({ position }) => position)).toEqual(expect.arrayContaining([...positions]));
}
