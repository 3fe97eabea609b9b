import { UnmaskError, type CallHooks, type EngineClient } from '../worker/client.ts';
import type { BenchmarkOptions, BenchmarkResult } from '../worker/benchmark/result.ts';
import type {
  HubOpen,
  HubSource,
  ModelPreflight,
  StoreRemoval,
  StoreState,
  VerifyReport,
} from '../worker/checkpoints/result.ts';
import type {
  DistillOptions,
  DistillProgress,
  DistillState,
  ExportedModel,
  GradientOptions,
  GradientResult,
  TrainOptions,
  TrainResult,
  UpdateReport,
} from '../worker/distill/result.ts';
import type {
  BoundOptions,
  BoundResult,
  EvaluateOptions,
  EvaluatedPoint,
  Evaluation,
  HubJudge,
  JudgePreflight,
  LastWordOptions,
  LastWordResult,
  MauveOptions,
  MauveResult,
} from '../worker/evaluate/result.ts';
import type { LatencyOptions, LatencyResult } from '../worker/latency/result.ts';
import type {
  AttentionOptions,
  AttentionResult,
  Candidates,
  InspectOptions,
  LensOptions,
  LensResult,
  LogitsOptions,
  LogitsResult,
  ModelInfo,
  OpenSource,
  PairOptions,
  PairResult,
  ReadyInfo,
  SampleOptions,
  SampleResult,
  ScoreOptions,
  ScoreResult,
  SelfTestResult,
} from '../worker/protocol.ts';
import type { LaneResult, RaceOptions } from '../worker/race/result.ts';
import { consoleWords as words } from './messages/console.ts';

type Stoppable = Pick<CallHooks, 'signal'>;

interface Followed {
  /** Told of every update. */
  onUpdate?: (report: UpdateReport) => void;
}

/** What a training comes to. */
export interface TrainedModel {
  /** Id of the model. */
  model: string;
  /** Loss of every update. */
  losses: number[];
}

/** `window.unmask`: the engine for researchers and tests, documented in docs/console.md. Rejects with UnmaskError. */
export interface UnmaskConsole {
  /** Resolves when the GPU is open; asked anew after the page's "Try again". */
  readonly ready: Promise<ReadyInfo>;
  /** Every model that can be asked for; fetches no weights. */
  models(): Promise<ModelInfo[]>;
  /** Open a checkpoint. @returns the model's id */
  open(source: (OpenSource | HubOpen) & Stoppable): Promise<string>;
  /** What opening a checkpoint would take here; fetches no weights. */
  preflight(source: (OpenSource | HubSource) & Stoppable): Promise<ModelPreflight>;
  /** What a judge of a hub takes; fetches none of its weights. */
  judgePreflight(judge: HubJudge & Stoppable): Promise<JudgePreflight>;
  /** Fetch a model of a hub into the store, or go on where that broke off, while other requests are answered. */
  fetchModel(options: HubOpen & Stoppable & Pick<CallHooks, 'onProgress'>): Promise<ModelInfo>;
  /** What the store holds, and what room there is. */
  store(): Promise<StoreState>;
  /** Compare all bytes of a stored model with what was written. */
  storeVerify(options: { model: string } & Stoppable): Promise<VerifyReport>;
  /** Delete a model, a download that broke off, or everything. */
  storeRemove(what: StoreRemoval): Promise<StoreState>;
  /** Raw logits, before SUBS. */
  logits(options: LogitsOptions & Stoppable): Promise<LogitsResult>;
  /** What the model holds possible in masked slots: entropy, likeliest tokens, rank of the one that was drawn. */
  inspect(options: InspectOptions & Stoppable): Promise<Candidates[]>;
  /** What each position of a text reads in one head: softmax weights, row by row. */
  attention(options: AttentionOptions & Stoppable): Promise<AttentionResult>;
  /** Two masked slots: the law of one after the other against that of both at once. */
  pair(options: PairOptions & Stoppable): Promise<PairResult>;
  /** A masked slot: its law, and what float32 noise makes of it. */
  lens(options: LensOptions & Stoppable): Promise<LensResult>;
  /** Token ids of a text, nothing added. */
  encode(options: { model: string; text: string } & Stoppable): Promise<number[]>;
  /** Measure our kernels against onnxruntime-web; takes minutes. */
  benchmark(
    options?: BenchmarkOptions & Stoppable & Pick<CallHooks, 'onBenchmark'>,
  ): Promise<BenchmarkResult>;
  /** Run lanes one after the other: times, cost and quality of each. */
  race(options: RaceOptions & Stoppable & Pick<CallHooks, 'onRace' | 'onLane'>): Promise<LaneResult[]>;
  /** Quality against steps; goes on where an earlier call with the same options was stopped. */
  evaluate(
    options: EvaluateOptions &
      Stoppable & {
        /** Told of a point each time more of it is known. */
        onPoint?: (point: EvaluatedPoint) => void;
      },
  ): Promise<Evaluation>;

  /** How alike the texts that models write and a reference are, by MAUVE; takes minutes. */
  mauve(options: MauveOptions & Stoppable & Pick<CallHooks, 'onEvaluate'>): Promise<MauveResult>;
  /** Measure masked diffusion against its autoregressive twin, with random weights; takes minutes. */
  latency(options?: LatencyOptions & Stoppable & Pick<CallHooks, 'onLatency'>): Promise<LatencyResult>;
  /** Write texts. */
  sample(options: SampleOptions & Stoppable): Promise<SampleResult>;
  /** How likely texts are under a causal model. */
  score(options: ScoreOptions & Stoppable): Promise<ScoreResult>;
  /** Guess last words, by the protocol of LAMBADA. */
  lastWord(options: LastWordOptions & Stoppable & Pick<CallHooks, 'onEvaluate'>): Promise<LastWordResult>;
  /** Perplexity of given texts; of masked models a bound. */
  bound(options: BoundOptions & Stoppable & Pick<CallHooks, 'onEvaluate'>): Promise<BoundResult>;
  /** Loss and gradients of one batch that is given whole. */
  lossAndGradients(options: GradientOptions & Stoppable): Promise<GradientResult>;
  /** Train on clean texts, from a model or from scratch; takes minutes. */
  train(options: (TrainOptions | { resume: string }) & Stoppable & Followed): Promise<TrainResult>;
  /** Distil a teacher by rounds; takes minutes. @returns the student of the last round */
  distill(options: DistillOptions & Stoppable & Followed): Promise<TrainedModel>;
  /** A model as files of the released layout. */
  exportModel(options: { model: string; precision?: 'f32' | 'f16' } & Stoppable): Promise<ExportedModel>;
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

/** As `split`, for calls that tell how far an evaluation is. */
function splitEvaluation<T extends object>(
  given: T & Stoppable & Pick<CallHooks, 'onEvaluate'>,
): [Omit<T, 'onEvaluate'>, CallHooks] {
  const { onEvaluate, ...rest } = { ...given };
  const [options, hooks] = split(rest as Omit<T, 'onEvaluate'> & Stoppable);
  return [options, { ...hooks, ...(onEvaluate ? { onEvaluate } : {}) }];
}

/** An address as seen from the page: in the worker, relative ones would start from its script. */
const absolute = (value: unknown): unknown =>
  typeof value === 'string' && !value.trimStart().startsWith('{') && URL.canParse(value, document.baseURI)
    ? new URL(value, document.baseURI).href
    : value;

/** A source whose addresses are those that the page sees. */
function withAddresses<T extends object>(source: T): T {
  const { weights, tokenizer, endpoint } = source as Partial<OpenSource & HubSource>;
  return {
    ...source,
    ...(weights === undefined ? {} : { weights: absolute(weights) }),
    ...(tokenizer === undefined ? {} : { tokenizer: absolute(tokenizer) }),
    ...(endpoint === undefined ? {} : { endpoint: absolute(endpoint) }),
  };
}

/** Reports of updates for a caller who wants no others. */
const reports = (onUpdate: Followed['onUpdate']): CallHooks =>
  onUpdate
    ? {
        onDistill: (progress: DistillProgress) => {
          if (progress.kind === 'update') onUpdate(progress.report);
        },
      }
    : {};

/** What shows it in the Distill view; loaded with the first distillation, which goes on where that cannot be had. */
const elsewhere = () => import('./actions/distill-elsewhere.ts').catch(() => undefined);

/** Run the open distillation to its end, as the Distill view shows. */
async function shown(
  engine: EngineClient,
  opened: DistillState,
  signal: AbortSignal | undefined,
  told: CallHooks['onDistill'] = () => undefined,
): Promise<DistillState> {
  const run = (onDistill: NonNullable<CallHooks['onDistill']>): Promise<DistillState> =>
    // A pause before it runs would pause nothing.
    signal?.aborted ? Promise.resolve(opened) : engine.call('distillRun', { until: 'end' }, { onDistill });
  const view = await elsewhere();
  if (!view) return await run(told);
  return await view.showElsewhere(opened, (show) =>
    run((progress) => {
      show(progress);
      told(progress);
    }),
  );
}

/** A whole distillation. One that is stopped is given up, what was saved of it too. */
async function distill(
  engine: EngineClient,
  given: DistillOptions & Stoppable & Followed,
): Promise<TrainedModel> {
  const { onUpdate, ...rest } = { ...given };
  const [options, hooks] = split(rest);
  const { signal } = hooks;
  const opened = await engine.call('distillOpen', options, hooks);
  const { run } = opened;
  const pause = (): void => void engine.call('distillPause', {}).catch(() => undefined);
  signal?.addEventListener('abort', pause);
  try {
    const state = await shown(engine, opened, signal, reports(onUpdate).onDistill);
    if (signal?.aborted) {
      await engine.call('distillDiscard', { run });
      (await elsewhere())?.forget(run);
      throw new UnmaskError('aborted', words.distillCancelled);
    }
    const model = state.rounds.at(-1)?.model;
    if (state.run !== run || model === undefined) throw new UnmaskError('aborted', words.pausedElsewhere);
    return { model, losses: state.history.map(({ loss }) => loss) };
  } finally {
    signal?.removeEventListener('abort', pause);
  }
}

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
      return await engine.call('open', withAddresses(source), hooks);
    },
    judgePreflight: (given) => {
      const [judge, hooks] = split(given);
      return engine.call('judgePreflight', withAddresses(judge), hooks);
    },
    preflight: async (given) => {
      const [source, hooks] = split(given);
      return await engine.call('preflight', withAddresses(source), hooks);
    },
    fetchModel: async (given) => {
      // A download that goes on beside a run is no opening that the page waits for.
      const { onProgress = () => undefined, ...rest } = { ...given };
      const [options, hooks] = split(rest);
      return await engine.call('fetchModel', withAddresses(options), { ...hooks, onProgress });
    },
    store: () => engine.call('storeState', {}),
    storeVerify: (given) => engine.call('storeVerify', ...split(given)),
    storeRemove: (what) => engine.call('storeRemove', what),
    logits: (given) => engine.call('logits', ...split(given)),
    inspect: (given) => engine.call('inspect', ...split(given)),
    attention: (given) => engine.call('attention', ...split(given)),
    pair: (given) => engine.call('pair', ...split(given)),
    lens: (given) => engine.call('lens', ...split(given)),
    benchmark: ({ onBenchmark, ...given } = {}) => {
      const [options, hooks] = split(given);
      return engine.call('benchmark', options, { ...hooks, ...(onBenchmark ? { onBenchmark } : {}) });
    },
    evaluate: (given) => {
      const { onPoint, ...rest } = { ...given };
      const [options, hooks] = split(rest);
      const { judge } = options;
      const asked = typeof judge === 'object' && judge ? { judge: withAddresses(judge) } : {};
      return engine.call(
        'evaluate',
        { ...options, ...asked },
        {
          ...hooks,
          onEvaluate: ({ point }) => {
            if (point) onPoint?.(point);
          },
        },
      );
    },
    latency: ({ onLatency, ...given } = {}) => {
      const [options, hooks] = split(given);
      return engine.call('latency', options, { ...hooks, ...(onLatency ? { onLatency } : {}) });
    },
    mauve: (given) => {
      const { onEvaluate, ...rest } = { ...given };
      const [options, hooks] = split(rest);
      return engine.call('mauve', options, { ...hooks, ...(onEvaluate ? { onEvaluate } : {}) });
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
    lastWord: (given) => engine.call('lastWord', ...splitEvaluation(given)),
    bound: (given) => engine.call('bound', ...splitEvaluation(given)),
    lossAndGradients: (given) => engine.call('lossAndGradients', ...split(given)),
    train: async (given) => {
      const { onUpdate, ...rest } = { ...given };
      const [options, hooks] = split(rest);
      const { tokenizer } = options as Partial<TrainOptions>;
      const addresses = tokenizer === undefined ? {} : { tokenizer: absolute(tokenizer) };
      const asked = { ...options, ...addresses } as TrainOptions;
      return await engine.call('train', asked, { ...hooks, ...reports(onUpdate) });
    },
    distill: (given) => distill(engine, given),
    exportModel: (given) => engine.call('exportModel', ...split(given)),
    selfTest: (given = {}) => engine.call('selfTest', {}, split(given)[1]),
  };
}
