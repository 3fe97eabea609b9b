/** One update of AdamW with clipping and a moving average, in plain float64. */
import { BLOCK, NORM_PARTIALS, type AdamwUpdate } from './adamw.ts';

/** The sums of squares that gradient-norm.wgsl leaves, each of the values that it takes. */
export function normPartials(gradients: ArrayLike<number>): Float64Array {
  const partials = new Float64Array(NORM_PARTIALS);
  for (let i = 0; i < gradients.length; i++) {
    partials[Math.floor(i / BLOCK) % NORM_PARTIALS] += gradients[i] ** 2;
  }
  return partials;
}

/** Parameters and what the optimiser keeps for each, all of one length. */
export interface AdamwState {
  parameters: Float64Array;
  m: Float64Array;
  v: Float64Array;
  average: Float64Array;
}

/** A state with zero moments whose average is the parameters themselves. */
export function adamwState(parameters: ArrayLike<number>): AdamwState {
  const { length } = parameters;
  return {
    parameters: Float64Array.from(parameters),
    m: new Float64Array(length),
    v: new Float64Array(length),
    average: Float64Array.from(parameters),
  };
}

/**
 * torch.nn.utils.clip_grad_norm_ and torch.optim.AdamW (arXiv 1711.05101), then the average of the new parameters. Where f32
 * has no number for the sum of squared gradients, the update is left out.
 * @returns the state after the update; the given one stays
 */
export function adamw(state: AdamwState, gradients: ArrayLike<number>, u: AdamwUpdate): AdamwState {
  const squares = Array.from(gradients).reduce((sum, gradient) => sum + gradient * gradient, 0);
  if (!Number.isFinite(Math.fround(squares))) return state;
  const factor = Math.min(1, u.clip / (Math.sqrt(squares) + 1e-6));
  const m = state.m.map((value, i) => u.beta1 * value + (1 - u.beta1) * factor * gradients[i]);
  const v = state.v.map((value, i) => u.beta2 * value + (1 - u.beta2) * (factor * gradients[i]) ** 2);
  const parameters = state.parameters.map((value, i) => {
    const denominator = Math.sqrt(v[i]) / Math.sqrt(1 - u.beta2 ** u.step) + u.eps;
    const step = (u.learningRate / (1 - u.beta1 ** u.step)) * (m[i] / denominator);
    return value * (1 - u.learningRate * u.weightDecay) - step;
  });
  const average = state.average.map((value, i) => u.ema * value + (1 - u.ema) * parameters[i]);
  return { parameters, m, v, average };
}
