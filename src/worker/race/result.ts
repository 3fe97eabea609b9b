/** What a race is asked for, and what comes of it. Nothing here runs. */
import type { Estimate } from '../../model/evaluate/estimate.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Spread } from '../benchmark/spread.ts';
import type { SampleOptions, SampleResult } from '../sample-call.ts';

export type { Estimate, Spread };

/** Most lanes of a race. */
export const MAX_LANES = 8;
/** Most texts of a lane that its quality is averaged over. */
export const MAX_RACE_TEXTS = 256;

/** Lanes run one after the other, so that none disturbs another's time. */
export interface RaceOptions {
  /**
   * 1 to 8 lanes, each with a model, steps and sampler of its own. Lanes of one seed share the uniforms of the plan and the
   * noise of the tokens: what differs comes from what they ask for. Texts have at least 2 tokens; how many there are is said
   * for all lanes, and a lane's own `count` is not read.
   */
  lanes: SampleOptions[];
  /** Seed of every lane, in place of its own. */
  seed?: number;
  /** Texts of each lane that quality is averaged over, 1 to 256 (default 1: the text that is timed). */
  count?: number;
  /** Timed runs of the first text, 1 to 100 (default 5), after one that warms up. */
  repeats?: number;
  /** The causal model that judges (default: 'causal', where it has the lane's vocabulary); null: nobody does. */
  judge?: string | null;
}

/**
 * How good the texts of a lane are; all of it over the tokens that the lane wrote, whatever ends in them: a prompt is read and
 * not counted, and nor is the first token of a text.
 */
export interface LaneQuality {
  /** Texts that it is an average of. */
  texts: number;
  /** The causal model that judged; absent where nobody did. */
  judge?: string;
  /** The judge is the lane's own model: its perplexity is not to be compared. */
  selfScored: boolean;
  /** exp of the mean over texts of the mean of -log p(token | those before), under the judge. */
  perplexity?: Estimate;
  /** Mean over texts of the entropy of a text's own frequencies of tokens, nats. */
  entropy: Estimate;
  /** Mean over texts of the share of different pairs among a text's pairs of neighbours. */
  distinct2: Estimate;
}

/** A lane that has been run. */
export interface LaneResult {
  /** Index among the lanes asked for. */
  lane: number;
  model: string;
  /** Of the first text; it is the one that was timed. */
  trace: Trace;
  text: string;
  /** Tokens that the model wrote, and how many of them come in a forward pass. */
  written: number;
  forwardPasses: number;
  tokensPerPass: number;
  /** Cost of one run of the first text. */
  cost: Pick<SampleResult, 'submits' | 'dispatches' | 'backend' | 'weights'>;
  /** Times of the runs, by a clock on the wall. */
  milliseconds: Spread;
  /** By the GPU's own clock; absent where that cannot be told. */
  gpuMilliseconds?: Spread;
  /** The clock that lanes are compared by: the GPU's where every run has it. */
  clock: 'gpu' | 'wall';
  /** Tokens written in a second, by the median of that clock. */
  tokensPerSecond: number;
  /** Texts of which quality was asked for, token ids; the first is the trace's. */
  tokens: number[][];
  /** Absent until the texts are written and judged. */
  quality?: LaneQuality;
}

/** What a race is at. */
export interface RaceProgress {
  /** Index of the lane. */
  lane: number;
  /** Opening the model; timing the first text; writing the other texts; judging them. */
  stage: 'load' | 'time' | 'write' | 'judge';
  /** Runs or texts. */
  done: number;
  total: number;
}
