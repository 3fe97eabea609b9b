/** What `sample` is asked for, and what it answers. Nothing here runs. */
import type { TraceStep } from '../trace/trace.ts';

/** `webgpu`: our kernels. `wasm`: onnxruntime-web on the CPU, where there is no WebGPU or it was asked for. */
export type Backend = 'webgpu' | 'wasm';

/** A moment of a run, as it was or changed by hand: where another run begins. */
export interface SampleStart {
  /** x_t, ids 0..V - 1; masked slots hold V - 1. */
  tokens: number[];
  /** Nominal step that x_t is the outcome of, 0..steps - 1; what is masked comes in the steps after it. First-hitting: passes. */
  step: number;
  /** Index of the text among those of the seed (default 0). */
  sample?: number;
  /** Time of the last step before x_t, as the trace has it; read by first-hitting alone, whose times lie on no grid. */
  t?: number;
  /** Slots that held a token before the first step (default: that of the BOS); read by first-hitting and confidence. */
  given?: number[];
}

export interface SampleOptions {
  model: string;
  /** All slots, those of BOS and prompt included; 1 to the model's length (default 32). */
  length?: number;
  /** Nominal steps, 1..1024 (default 8); first-hitting and autoregressive have none. */
  steps?: number;
  /**
   * 'analytic' has the law of 'ancestral' under SUBS and takes the same path. 'confidence' takes as many tokens a step as
   * 'ancestral', in the slots whose drawn tokens are the most probable. A causal model takes only 'autoregressive', its
   * default: one token per pass, from left to right.
   */
  sampler?: 'ancestral' | 'analytic' | 'first-hitting' | 'confidence' | 'autoregressive';
  /** Integer in [0, 2^32) (default 0). */
  seed?: number;
  /** Divides the logits, > 0 (default 1). */
  temperature?: number;
  /** Keep the most probable tokens whose chances reach this, (0, 1] (default 1: all). */
  topP?: number;
  /** Text at the start. */
  prompt?: string;
  /** Token by 0-based slot: an id, or text that is exactly one token. */
  pinned?: Record<number, number | string>;
  /** Begin in the middle of a run; `prompt` and `pinned` are then part of its tokens. */
  from?: SampleStart;
  /** Texts to write (default 1). */
  count?: number;
  /** Whether the tokenizer's BOS takes slot 0 (default true). */
  bos?: boolean;
  backend?: Backend;
}

export interface SampleResult {
  /** Token ids, `length` per text. */
  tokens: number[][];
  /** The texts, without the BOS of slot 0. */
  text: string[];
  /** Per text the steps in which tokens came; positions are 0-based slots. */
  traces: { steps: TraceStep[] }[];
  /** Nominal steps; 0 for first-hitting and autoregressive. */
  steps: number;
  /** Batched evaluations of the network. */
  forwardPasses: number;
  submits: number;
  dispatches: number;
  /** Wall time from the first submit to the last token known. */
  milliseconds: number;
  /** Time of the GPU at work by its own clock; absent where the device has no timestamp queries, or senseless ones. */
  gpuMilliseconds?: number;
  backend: string;
  /** How the weights lie in memory; arithmetic is f32. */
  weights: 'f16' | 'f32';
}
