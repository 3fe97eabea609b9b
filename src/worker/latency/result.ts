/** What the latency study is asked for and what it says: plain data, for the page, files and reports. Nothing here runs. */
import type { NetworkShape, ShapeName } from '../../model/checkpoint/released-shapes.ts';
import type { NetworkMemory } from '../../model/network/memory.ts';
import type { Spread } from '../benchmark/spread.ts';

export type { NetworkMemory, NetworkShape, ShapeName, Spread };

/** The twins: masked diffusion, and the autoregressive network with a cache of keys and values. */
export type Twin = 'diffusion' | 'causal';

export interface LatencyOptions {
  /** A released shape by its name, or sizes of one's own (default '169M'). */
  shape?: ShapeName | NetworkShape;
  /** Slots of the text, the given one that it begins with included; 2 to 1024 (default 128). */
  tokens?: number;
  /** Nominal steps of the diffusion network, each 1 to 1024 (default 4, 8, 16 and so on to 1024). */
  steps?: number[];
  /** What would take longer than this many seconds is extrapolated from fewer passes (default 10). */
  seconds?: number;
  /** Most timings of a point, 1 to 100 (default 5). */
  repeats?: number;
}

/** The shape of a study with what it is called. */
export interface NamedShape extends NetworkShape {
  name: string;
}

/** What a study would take here, known before anything is set up. */
export interface Preflight {
  shape: NamedShape;
  tokens: number;
  /** Embedding and head counted apart. */
  parameters: Record<Twin, number>;
  memory: Record<Twin, NetworkMemory>;
  /** Sums of it. They are not to be added: one network is gone before the other comes. */
  total: Record<Twin, number>;
  /** The adapter in one line, and whether a CPU plays GPU. */
  device: string;
  software: boolean;
  /** About how long it takes, judged by one matrix product. */
  seconds: number;
  /** Why it cannot be done here, each a sentence with its remedy; empty where it can. */
  refusals: string[];
}

/** Time of a run of one network: a text, written once. */
export interface LatencyPoint {
  kind: Twin;
  /** Nominal steps; 0 for the causal network, which has one pass for each token. */
  steps: number;
  /** Passes of the run: steps in which something unmasks. */
  forwardPasses: number;
  /** Of the whole run, by a clock on the wall. */
  milliseconds: Spread;
  /** By the GPU's own clock; absent where that cannot be told. */
  gpuMilliseconds?: Spread;
  /** Tokens written in a second, by the median of the study's clock. */
  tokensPerSecond: number;
  /** Whether whole runs were timed, or a part of their passes from which the whole follows. */
  how: 'measured' | 'extrapolated';
  /** Different passes of the run that were timed: all of them, or that part. */
  passes: number;
}

/**
 * Where the lines meet. `at`: diffusion is faster up to so many steps, interpolated between two that were measured. `above`:
 * it is faster at all that were measured, up to so many. `below`: it is slower at all of them, down to so few.
 */
export interface Crossing {
  where: 'at' | 'above' | 'below';
  steps: number;
}

/** A study as far as it has come. */
export interface LatencyResult {
  shape: NamedShape;
  parameters: Record<Twin, number>;
  /** Slots of the text, and how many of them are written: all but the first, by either network. */
  tokens: number;
  written: number;
  /** Texts at a time. */
  batch: 1;
  /** How the weights lie in memory; arithmetic is f32. They are random. */
  storage: 'f16' | 'f32';
  /** The adapter in one line, and whether a CPU plays GPU: then the times say nothing about GPUs. */
  device: string;
  software: boolean;
  /** What the browser calls itself. */
  userAgent?: string;
  /** ISO 8601. */
  date: string;
  /** The clock that the rates go by: the GPU's where every run has it. */
  clock: 'gpu' | 'wall';
  /** Diffusion by rising steps, then the causal network. */
  points: LatencyPoint[];
  /** Absent until both are measured. */
  crossing?: Crossing;
}

/** What a study is at. */
export interface LatencyProgress {
  kind: Twin;
  /** Putting weights on the GPU, in bytes; compiling, in bytes of WGSL; timing, in points of this network. */
  stage: 'upload' | 'compile' | 'time';
  done: number;
  total: number;
  /** Steps that are timed now; 0 for the causal network. */
  steps?: number;
  /** What is known so far. */
  study: LatencyResult;
}
