/**
 * A recorded run: what was masked, what came when, and how likely it was. Pure data, used by every layer;
 * live, recorded and imported runs are the same thing to whoever plays them.
 */

/** One denoising step of one sample, with the tokens that came in it. */
export interface TraceStep {
  /** Nominal step, 1..steps; steps + 1 is the final pass, which resolves by argmax what is still masked at eps. */
  step: number;
  /** Time before the step, in (0, 1]; where nothing is diffused, the share of the slots that is still to be written. */
  t: number;
  /** 0-based slots that left the mask in this step; prompt and BOS count as slots, as `length` includes them. */
  positions: number[];
  /** The token each of them took. */
  tokens: number[];
  /** The chance with which each token was drawn: after temperature and top-p, over real tokens only. */
  probabilities: number[];
  /** Entropy of the law each token was drawn from, nats: after temperature and top-p, over real tokens only. */
  entropies: number[];
}

/**
 * How masked diffusion spreads positions over steps. `ancestral`: MDLM (arXiv 2406.07524, section 3.2); under SUBS the analytic
 * (Tweedie) step has the same law. `first-hitting`: one token per pass (arXiv 2409.02908). `confidence`: as many
 * tokens a step as ancestral, but where is decided by the model: a token is drawn for every masked slot, and the most
 * probable ones are taken.
 */
export type DiffusionSampler = 'ancestral' | 'first-hitting' | 'confidence';

/** How the tokens of a run came: by a sampler of masked diffusion, or `autoregressive`, one per pass from left to right. */
export type Sampler = DiffusionSampler | 'autoregressive';

/** A whole run of one sample. */
export interface Trace {
  version: 1;
  model: string;
  sampler: Sampler;
  /** Nominal steps; 0 where the sampler has no step count (first-hitting, autoregressive). */
  steps: number;
  /** Evaluations of the network that this sample needed: steps in which something unmasked, and the final pass. */
  forwardPasses: number;
  seed: number;
  /** Index of the sample among those of the same seed. */
  sample: number;
  temperature: number;
  topP: number;
  /** Id of the mask token: the vocabulary's last. */
  maskId: number;
  /** Tokens before the first step, `length` of them; masked slots hold `maskId`. */
  initial: number[];
  /**
   * Where the run began in the middle: the nominal step behind which `initial` stands (first-hitting: passes). The
   * steps of `trace` come after it; absent of a run from its start.
   */
  from?: number;
  trace: TraceStep[];
}

/** Tokens of a trace after its first `steps` recorded steps (0: the start). */
export function tokensAfter(trace: Trace, steps: number): number[] {
  const tokens = [...trace.initial];
  for (const step of trace.trace.slice(0, steps)) {
    step.positions.forEach((position, i) => {
      tokens[position] = step.tokens[i]!;
    });
  }
  return tokens;
}
