/** A masked slot through the precision lens: its law, and what float32 noise makes of it. It never decides a token. */
import { argumentWords } from '../model/messages/arguments.ts';
import { entropyOf, tokenProbabilities } from '../gpu/kernels/sample/sample.reference.ts';
import { integer, number } from '../model/arguments.ts';
import type { Denoiser } from '../model/backend/denoiser.ts';
import type { ModelConfig } from '../model/checkpoint/config.ts';
import { MAX_STEPS } from '../model/diffusion/plan.ts';
import { effectiveLaw, NAIVE_NOISE, neverDrawn, SAFE_NOISE } from '../model/diffusion/precision.ts';
import { ancestralReverse } from '../model/diffusion/reference.ts';
import { checkInspect } from './arguments.ts';
import type { LensOptions, LensResult } from './protocol.ts';

/** Most ranks of the curve. */
const POINTS = 200;

/** `lens` options with defaults filled in. */
export interface CheckedLens {
  tokens: Uint32Array;
  position: number;
  t: number;
  steps: number;
  temperature: number;
}

/**
 * Check the options of `lens` against a model.
 * @throws UnmaskError 'argument'
 */
export function checkLens(o: LensOptions, config: ModelConfig): CheckedLens {
  const slot = integer('position', o.position, 0, config.length - 1);
  const t = number('t', o.t ?? 1, (value) => value > 0 && value <= 1, argumentWords.ranges.positiveTo(1));
  const steps = integer('steps', o.steps, 1, MAX_STEPS);
  const { tokens, positions, temperature } = checkInspect({ ...o, positions: [slot] }, config);
  return { tokens, position: positions[0], t, steps, temperature };
}

/** Ranks from 1 to `count`, at most `POINTS`: the first ones all, then evenly by their logarithm. */
function ranks(count: number): number[] {
  if (count <= POINTS) return Array.from({ length: count }, (_, i) => i + 1);
  const spread = Array.from({ length: POINTS }, (_, i) => Math.round(count ** (i / (POINTS - 1))));
  return [...new Set(spread)];
}

/** Chances of an array that sum to 1. */
function normalised(chances: Float64Array): Float64Array {
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  return chances.map((chance) => chance / total);
}

const totalVariation = (p: Float64Array, q: Float64Array): number =>
  p.reduce((sum, chance, token) => sum + Math.abs(chance - q[token]), 0) / 2;

/**
 * The law of a slot, and what the noise of the released samplers and that of ours make of it. The released draw is over the
 * whole transition from t to s, the chance to stay masked included; ours over tokens, since the plan decides when they come.
 * @param p chances of real tokens
 * @param s time after the step, in [0, t)
 */
export function lensOf(p: Float64Array, t: number, s: number): Omit<LensResult, 'position'> {
  const maskId = p.length;
  const transition = ancestralReverse(Float64Array.of(...p.map(Math.log), -Infinity), maskId, t, s);
  const whole = effectiveLaw(transition, NAIVE_NOISE);
  const naive = normalised(whole.slice(0, maskId));
  const safe = effectiveLaw(p, SAFE_NOISE);
  const never = neverDrawn(transition, NAIVE_NOISE).slice(0, maskId);
  const order = Uint32Array.from(p.keys()).sort((i, j) => p[j] - p[i] || i - j);
  return {
    stay: { exact: s / t, naive: whole[maskId] },
    entropy: { exact: entropyOf(p), naive: entropyOf(naive), safe: entropyOf(safe) },
    distance: { naive: totalVariation(p, naive), safe: totalVariation(p, safe) },
    never: {
      tokens: never.filter(Boolean).length / maskId,
      probability: p.reduce((sum, chance, token) => (never[token] ? sum + chance : sum), 0),
    },
    curve: ranks(maskId).map((rank) => {
      const token = order[rank - 1];
      return { rank, exact: p[token], naive: naive[token], safe: safe[token] };
    }),
  };
}

/** One pass of the network on x_t, and the slot's law through the lens. */
export async function lens(denoiser: Denoiser, o: CheckedLens): Promise<LensResult> {
  const { tokens, position, t, steps, temperature } = o;
  const { vocabulary, samplingEps } = denoiser.config;
  const shape = { batch: 1, length: tokens.length };
  const logits = await denoiser.logits(tokens, shape, Float32Array.of(t), Uint32Array.of(position));
  const p = tokenProbabilities(logits, vocabulary - 1, temperature, 1).slice(0, -1);
  return { position, ...lensOf(p, t, Math.max(0, t - (1 - samplingEps) / steps)) };
}
