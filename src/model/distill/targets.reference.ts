/** The targets of SDTT in plain float64 on the CPU, as the released code draws them: what the trainer is held against. */
import { ancestralReverse, releasedDraw, subsLogProbs } from '../diffusion/reference.ts';
import type { SubStep } from './targets.ts';

/** Targets of one text. */
export interface ReferenceTargets {
  /** [L, V]; what the teacher said in the sub-step of each masked position, -Infinity in the mask's column; 0 elsewhere. */
  logProbs: Float64Array;
  /** Sub-step, from 1, that supplied the target of each position; 0 where it was not masked; [L]. */
  subStep: Uint32Array;
  /** The text after all sub-steps; maskId where masked still; [L]. */
  tokens: Uint32Array;
}

/** The draw of a sub-step: as `releasedDraw`, from unnormalised chances q [L, V] of sub-step k, from 0. */
export type SubStepDraw = (q: Float64Array, tokens: Uint32Array, k: number) => ArrayLike<number>;

/** The released sampler's draws for recorded uniforms, [m, L, V]. */
export function recordedDraw(uniforms: ArrayLike<number>[], maskId: number): SubStepDraw {
  return (q, tokens, k) => releasedDraw(q, uniforms[k], tokens, maskId);
}

/**
 * Targets of one text.
 * @param tokens x_t, L ids
 * @param steps the sub-steps of the text
 * @param logits the teacher on a text at a time: raw, [L, V]
 */
export function referenceTargets(
  tokens: ArrayLike<number>,
  maskId: number,
  steps: readonly SubStep[],
  logits: (tokens: Uint32Array, t: number) => Float64Array,
  draw: SubStepDraw,
): ReferenceTargets {
  const vocabulary = maskId + 1;
  let current = Uint32Array.from(tokens);
  const targets = new Float64Array(current.length * vocabulary);
  const subStep = new Uint32Array(current.length);
  steps.forEach(({ t, s }, k) => {
    const logProbs = subsLogProbs(logits(current, t), current, maskId);
    const next = Uint32Array.from(draw(ancestralReverse(logProbs, maskId, t, s), current, k));
    for (let position = 0; position < current.length; position++) {
      if (current[position] !== maskId) continue;
      if (next[position] === maskId && k < steps.length - 1) continue;
      const row = position * vocabulary;
      targets.set(logProbs.subarray(row, row + vocabulary), row);
      subStep[position] = k + 1;
    }
    current = next;
  });
  return { logProbs: targets, subStep, tokens: current };
}
