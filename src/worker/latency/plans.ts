/** What is run to be timed: whole plans, parts of them, and how the whole follows from a part. */
import type { ModelConfig } from '../../model/checkpoint/config.ts';
import { buildInitial, makePlan, type Plan } from '../../model/diffusion/plan.ts';

/** The token that a text begins with: given to both networks, so that both write the same number of tokens. */
const BOS = 0;

const fixed = { seed: 1, count: 1 } as const;

/** Ancestral sampling of all slots but the first. */
export function diffusionPlan(config: ModelConfig, length: number, steps: number): Plan {
  const maskId = config.vocabulary - 1;
  const initial = buildInitial({ length, maskId, bos: BOS });
  return makePlan({
    ...fixed,
    sampler: 'ancestral',
    steps,
    length,
    maskId,
    eps: config.samplingEps,
    initial,
  });
}

/** One token a pass, from left to right. @param from slots that are given: the passes begin behind them */
export function causalPlan(config: ModelConfig, length: number, from = 1): Plan {
  const maskId = config.vocabulary - 1;
  // Any tokens will do, as long as they differ.
  const prompt = Array.from({ length: from - 1 }, (_, i) => (37 * i) % maskId);
  const initial = buildInitial({ length, maskId, bos: BOS, prompt });
  const { samplingEps: eps } = config;
  return makePlan({ ...fixed, sampler: 'autoregressive', steps: 1, length, maskId, eps, initial });
}

/** The first passes of a plan. */
export function shortened(plan: Plan, passes: number): Plan {
  return {
    ...plan,
    forwardPasses: Math.min(plan.forwardPasses, passes),
    samples: plan.samples.map((sample) => ({ ...sample, passes: sample.passes.slice(0, passes) })),
  };
}

/** Fewest passes of a timing from which diffusion is extrapolated. */
const LEAST_PASSES = 2;

/**
 * Passes of one timing of a diffusion run: all of them where one run takes no longer than the budget, else as many as leave
 * room for the repeats. Any pass stands for the others: each works on the whole text, and about as many slots unmask in it.
 * @param pass milliseconds of one
 * @param budget milliseconds of a point
 */
export function diffusionPasses(
  forwardPasses: number,
  pass: number,
  budget: number,
  repeats: number,
): number {
  if (forwardPasses * pass <= budget) return forwardPasses;
  return Math.min(forwardPasses, Math.max(LEAST_PASSES, Math.floor(budget / (repeats * pass))));
}

/** Fewest passes of a window of the causal network. */
const LEAST_WINDOW = 4;
/** Windows of one timing: a run of one and a run of two, at three places. */
export const WINDOWS_TIMED = 3 * (1 + 2);

/**
 * Passes of a window of the causal network; undefined where whole runs are timed, since they take no longer than the budget,
 * or no longer than the windows would.
 */
export function causalWindow(
  forwardPasses: number,
  pass: number,
  budget: number,
  repeats: number,
): number | undefined {
  if (forwardPasses * pass <= budget) return undefined;
  const window = Math.max(LEAST_WINDOW, Math.floor(budget / (WINDOWS_TIMED * repeats * pass)));
  return WINDOWS_TIMED * window < forwardPasses ? window : undefined;
}

/**
 * Places at which windows of the causal network are timed: at the start of the text, in its middle, at its end. At each a run
 * of one window and one of two begin; the second window is what they differ by, so what it takes to read the given
 * tokens first does not count.
 * @returns given slots at each place; the second windows lie symmetrically in the text
 */
export function windowPlaces(length: number, window: number): [start: number, middle: number, end: number] {
  const end = length - 3 * window;
  return [1, Math.round((1 + end) / 2), end];
}

/**
 * Time of a whole causal run from that of a pass at the start, in the middle and at the end of the text. It grows with the
 * position, by what attention reads: straight from place to place.
 */
export function wholeOfWindows(forwardPasses: number, passAt: readonly [number, number, number]): number {
  const [start, middle, end] = passAt;
  return (forwardPasses * (start + 2 * middle + end)) / 4;
}
