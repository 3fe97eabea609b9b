import type { TraceStep } from '../../trace/trace.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import type { Plan } from '../diffusion/plan.ts';

/** What a run may choose besides its plan. */
export interface RunSettings {
  /** Seed of the token noise, an integer in [0, 2^32). */
  seed: number;
  /** Divides the logits; > 0. */
  temperature: number;
  /** Keep the smallest set of most probable tokens whose chances reach this; (0, 1], 1 keeps all. */
  topP: number;
  signal?: AbortSignal;
}

/** One batched pass of a run, as it becomes known. */
export interface RunStep {
  /** Index of the pass, 0-based. */
  pass: number;
  /** For every sample of the plan the step it took in this pass, or null once it is finished. */
  steps: (TraceStep | null)[];
}

/** What a run cost; the same on every machine, but for the time. */
export interface RunCost {
  forwardPasses: number;
  /** Submits to the GPU; on another engine its runs. */
  submits: number;
  /** Of our kernels; 0 on another engine. */
  dispatches: number;
  /** From the first submit to the last token known, as a clock on the wall sees it. */
  milliseconds: number;
  /** Time of the GPU at work by its own clock; absent where the device has no timestamp queries, or senseless ones. */
  gpuMilliseconds?: number;
}

/** A head of attention in a network. */
export interface HeadAddress {
  /** Block of the network, from 0. */
  layer: number;
  /** Head of that block, from 0. */
  head: number;
}

/**
 * A model that fills masked slots, somewhere: on our kernels or on another engine. Masked diffusion fills them in any order;
 * a causal model, whose plans are autoregressive, from left to right.
 */
export interface Denoiser {
  readonly config: ModelConfig;
  /** 'webgpu' or the name of another engine. */
  readonly backend: string;
  /** How the weights lie in memory; arithmetic is f32. */
  readonly storage: 'f16' | 'f32';

  /**
   * Raw logits, before SUBS; of a causal model those of the token that follows each position.
   * @param tokens B x L token ids, row-major
   * @param shape batch B and length L
   * @param t B times in (0, 1], used only by checkpoints with time conditioning (default 1)
   * @param rows rows m = sample * L + position to compute the head for, each once (default: all)
   * @returns B x L x V, row-major; R x V where R rows are asked for
   * @throws UnmaskError 'argument' for tokens, a shape or rows that the model does not have
   */
  logits(
    tokens: Uint32Array,
    shape: { batch: number; length: number },
    t?: Float32Array,
    rows?: Uint32Array,
  ): Promise<Float32Array>;

  /**
   * What each position of one text reads in one head: softmax(q k / sqrt(head size)). For inspection: it decides no token, and
   * nothing behind that layer's queries and keys counts.
   * @param tokens L token ids
   * @param t time in (0, 1], used only by checkpoints with time conditioning (default 1)
   * @returns L x L, row-major: row i is of position i and sums to 1; of a causal model it is 0 behind column i
   * @throws UnmaskError 'argument' for tokens or a head that the model does not have
   */
  attention(tokens: Uint32Array, at: HeadAddress, t?: number): Promise<Float32Array>;

  /** Run a plan; yields each pass once. On a GPU the tokens stay there between passes: nothing is read back in the loop. */
  run(plan: Plan, settings: RunSettings): AsyncGenerator<RunStep, RunCost, undefined>;

  /** Free what the model holds; a later call rejects. */
  destroy(): void;
}

/** A causal model, with a cache of keys and values: it writes one token per pass, and says how likely a text is. */
export interface CausalModel extends Denoiser {
  /**
   * How likely texts are: -log p(token | those before it), nats, of each token but the first. The mask has no probability:
   * `ar_orig` of the released code puts -1000 in place of its logit, before the softmax.
   * @param tokens B x L real token ids, row-major, L >= 2
   * @returns B x (L - 1), row-major
   * @throws UnmaskError 'argument' for tokens or a shape that the model does not have, 'aborted'
   */
  score(
    tokens: Uint32Array,
    shape: { batch: number; length: number },
    signal?: AbortSignal,
  ): Promise<Float32Array>;

  /**
   * What the network makes of whole texts: its hidden state behind the final norm at the last token of each.
   * @param tokens B x L token ids, row-major
   * @returns B x d, row-major
   * @throws UnmaskError 'argument' for tokens or a shape that the model does not have, 'aborted'
   */
  features(
    tokens: Uint32Array,
    shape: { batch: number; length: number },
    signal?: AbortSignal,
  ): Promise<Float32Array>;
}
