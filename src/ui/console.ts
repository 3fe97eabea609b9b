import type { CallHooks, EngineClient } from '../worker/client.ts';
import type { BenchmarkOptions, BenchmarkResult } from '../worker/benchmark/result.ts';
import type { LatencyOptions, LatencyResult } from '../worker/latency/result.ts';
import type {
  Candidates,
  InspectOptions,
  LogitsOptions,
  LogitsResult,
  ModelInfo,
  OpenSource,
  ReadyInfo,
  SampleOptions,
  SampleResult,
  ScoreOptions,
  ScoreResult,
  SelfTestResult,
} from '../worker/protocol.ts';
import type { LaneResult, RaceOptions } from '../worker/race/result.ts';

type Stoppable = Pick<CallHooks, 'signal'>;

/** `window.unmask`: the engine for researchers and tests, documented in docs/console.md. Rejects with UnmaskError. */
export interface UnmaskConsole {
  /** Resolves when the GPU is open; asked anew after the page's "Try again". */
  readonly ready: Promise<ReadyInfo>;
  /** Every model that can be asked for; fetches no weights. */
  models(): Promise<ModelInfo[]>;
  /** Open a checkpoint. @returns the model's id */
  open(source: (OpenSource | { repo: string }) & Stoppable): Promise<string>;
  /** Raw logits, before SUBS. */
  logits(options: LogitsOptions & Stoppable): Promise<LogitsResult>;
  /** What the model holds possible in masked slots: entropy, likeliest tokens, rank of the one that was drawn. */
  inspect(options: InspectOptions & Stoppable): Promise<Candidates[]>;
  /** Token ids of a text, nothing added. */
  encode(options: { model: string; text: string } & Stoppable): Promise<number[]>;
  /** Measure our kernels against onnxruntime-web; takes minutes. */
  benchmark(
    options?: BenchmarkOptions & Stoppable & Pick<CallHooks, 'onBenchmark'>,
  ): Promise<BenchmarkResult>;
  /** Run lanes one after the other: times, cost and quality of each. */
  race(options: RaceOptions & Stoppable & Pick<CallHooks, 'onRace' | 'onLane'>): Promise<LaneResult[]>;
  /** Measure masked diffusion against its autoregressive twin, with random weights; takes minutes. */
  latency(options?: LatencyOptions & Stoppable & Pick<CallHooks, 'onLatency'>): Promise<LatencyResult>;
  /** Write texts. */
  sample(options: SampleOptions & Stoppable): Promise<SampleResult>;
  /** How likely texts are under a causal model. */
  score(options: ScoreOptions & Stoppable): Promise<ScoreResult>;
  /** Each kernel against its CPU reference on this GPU, and what the device is. */
  selfTest(options?: Stoppable): Promise<SelfTestResult>;
}

declare global {
  interface Window {
    unmask: UnmaskConsole;
  }
}

/** The signal stays on the page, since it cannot be sent; the rest goes to the engine. */
function split<T extends object>(given: T & Stoppable): [T, CallHooks] {
  // Callers in plain JavaScript may pass nothing at all: the engine says what is missing.
  const { signal, ...options } = { ...(given as (T & Stoppable) | undefined) } as T & Stoppable;
  return [options as T, signal ? { signal } : {}];
}

/** An address as seen from the page: in the worker, relative ones would start from its script. */
const absolute = (value: unknown): unknown =>
  typeof value === 'string' && !value.trimStart().startsWith('{') && URL.canParse(value, document.baseURI)
    ? new URL(value, document.baseURI).href
    : value;

/** Put the API on `window`. */
export function installConsole(engine: EngineClient): void {
  window.unmask = {
    get ready() {
      const ready = engine.call('ready', {});
      // The page tells what stops WebGPU: a rejection that nobody handles here is no error of its own.
      ready.catch(() => undefined);
      return ready;
    },
    models: () => engine.call('models', {}),
    open: async (given) => {
      const [source, hooks] = split(given);
      const { weights, tokenizer } = source as Partial<OpenSource>;
      const addresses = {
        ...(weights === undefined ? {} : { weights: absolute(weights) }),
        ...(tokenizer === undefined ? {} : { tokenizer: absolute(tokenizer) }),
      };
      return await engine.call('open', { ...source, ...addresses } as OpenSource, hooks);
    },
    logits: (given) => engine.call('logits', ...split(given)),
    inspect: (given) => engine.call('inspect', ...split(given)),
    benchmark: ({ onBenchmark, ...given } = {}) => {
      const [options, hooks] = split(given);
      return engine.call('benchmark', options, { ...hooks, ...(onBenchmark ? { onBenchmark } : {}) });
    },
    latency: ({ onLatency, ...given } = {}) => {
      const [options, hooks] = split(given);
      return engine.call('latency', options, { ...hooks, ...(onLatency ? { onLatency } : {}) });
    },
    encode: (given) => engine.call('encode', ...split(given)),
    race: (given) => {
      // As `split`: there may be nothing to take apart.
      const { onRace, onLane, ...rest } = { ...given };
      const [options, hooks] = split(rest);
      return engine.call('race', options, {
        ...hooks,
        ...(onRace ? { onRace } : {}),
        ...(onLane ? { onLane } : {}),
      });
    },
    sample: (given) => engine.call('sample', ...split(given)),
    score: (given) => engine.call('score', ...split(given)),
    selfTest: (given = {}) => engine.call('selfTest', {}, split(given)[1]),
  };
}
