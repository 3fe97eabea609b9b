/** The engine: opens the GPU and models, and answers requests one after the other. No page, no worker globals. */
import { WebGpuUnavailable, type Gpu } from '../gpu/device.ts';
import type { Fetcher } from '../model/checkpoint/bundled.ts';
import { memoryLargeFiles } from '../model/checkpoint/store/files.ts';
import { createModelStore, type ModelStore } from '../model/checkpoint/store/model-store.ts';
import type { BrowserStore } from '../model/distill/browser-files.ts';
import { memoryLocks } from '../model/distill/files.ts';
import { UnmaskError } from '../model/errors.ts';
import { checkBenchmark, checkLengths, checkSource, refuse } from './arguments.ts';
import { fetchSamples } from '../model/distill/samples.ts';
import { checkHubOpen } from './checkpoints/arguments.ts';
import { checkpointCalls, judgeRemote } from './checkpoints/calls.ts';
import type { CheckpointServices, StorageEstimate } from './checkpoints/services.ts';
import type { Hub } from './checkpoints/hub.ts';
import type { HubOpen } from './checkpoints/result.ts';
import { HubModels } from './checkpoints/hub-models.ts';
import { lazyDistillCalls } from './distill/lazy.ts';
import type { DistillStores } from './distill/services.ts';
import { writeTexts } from './distill/write-texts.ts';
import { lazyEvaluateCalls } from './evaluate/lazy.ts';
import {
  memoryResults,
  type EvaluateServices,
  type JudgeSurroundings,
  type ResultStore,
} from './evaluate/services.ts';
import type { BenchmarkSetup } from './benchmark/contenders.ts';
import type { BenchmarkResult } from './benchmark/result.ts';
import { Backends, type BackendOptions } from './backends.ts';
import type { CallHooks } from './call-hooks.ts';
import { checkLatency, type CheckedLatency } from './latency/arguments.ts';
import type { LatencySetup } from './latency/latency.ts';
import type { LatencyResult, Preflight } from './latency/result.ts';
import { engineWords as words } from './messages/engine.ts';
import { modelCalls } from './model-calls.ts';
import type { CallName, Calls } from './protocol.ts';
import { Queue } from './queue.ts';
import { readTokenizer } from './open-source.ts';
import { Shelf } from './shelf.ts';

export interface EngineOptions extends BackendOptions {
  /** Absolute URL of the folder with manifest.json of the bundled models. */
  base: string;
  fetcher?: Fetcher;
  /** GEMM variants that were measured for a device, in words, by problem. */
  tuning?: (gpu: Gpu) => Promise<Record<string, string>>;
  /** Told in one sentence what happened without being asked for, as the loss of the device. */
  onNotice?: (error: UnmaskError) => void;
  /** Measures engines against each other; absent where that is not to be had. */
  benchmark?: (setup: Omit<BenchmarkSetup, 'choice'>) => Promise<BenchmarkResult>;
  /** Measures networks of random weights, and says beforehand what that takes; absent where that is not to be had. */
  latency?: {
    preflight: (gpu: Gpu, options: CheckedLatency) => Promise<Preflight>;
    run: (setup: Omit<LatencySetup, 'createDenoiser'>) => Promise<LatencyResult>;
  };
  /** Where distillations and students are kept (default: in memory). */
  stores?: () => Promise<DistillStores>;
  /** Where results of evaluations are kept (default: in memory). */
  results?: () => Promise<ResultStore>;
  /** What judges of hubs run on; absent where they are not to be had. */
  judges?: JudgeSurroundings;
  /** Where models of hubs are kept (default: in memory). */
  models?: () => Promise<BrowserStore<ModelStore>>;
  /** `navigator.storage`, for what room there is. */
  storage?: StorageEstimate;
  /** Stands for the hub in tests. */
  hub?: () => Promise<Hub>;
  /** A call has come; called for each. */
  onBusy?: () => void;
  /** No call is left. */
  onIdle?: () => void;
}

/** How long to wait for the news that the device was lost, when an operation fails for no known reason; ms. */
const LOSS_GRACE = 200;

/**
 * Engine of one page or process. Bundled models are fetched when first asked for; checkpoints stay in memory, so
 * that a lost device can be replaced by the next request.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #fetcher: Fetcher;
  readonly #queue = new Queue();
  readonly #backends: Backends;
  readonly #shelf: Shelf;
  #calls = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    if (options.storage) this.#checkpoints.storage = options.storage;
    if (options.judges) this.#evaluateServices.judges = options.judges;
    this.#fetcher = options.fetcher ?? ((url, init) => fetch(url, init));
    this.#backends = new Backends(options, (error) => {
      this.#shelf.forgetGpu();
      this.#queue.rejectAll(error);
      options.onNotice?.(error);
    });
    const kept = () => this.#checkpoints.models.kept();
    this.#shelf = new Shelf({ ...options, kept }, this.#fetcher, this.#backends);
  }

  /**
   * Answer one call. `models` and `ready` answer at once; the others wait for those before them.
   * @throws UnmaskError only
   */
  async call<K extends CallName>(
    name: K,
    options: Calls[K]['options'],
    context: CallHooks = {},
  ): Promise<Calls[K]['result']> {
    this.#calls += 1;
    this.#options.onBusy?.();
    try {
      return await this.#answers[name](options, context);
    } catch (error) {
      throw toUnmaskError(error);
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) this.#options.onIdle?.();
    }
  }

  /** Free the device with everything on it. */
  destroy(): void {
    this.#backends.destroy();
  }

  readonly #distill = lazyDistillCalls({
    gpu: async () => {
      if ((await this.#backends.choose()) === 'webgpu') return await this.#backends.open();
      throw new UnmaskError('no-webgpu', words.trainingWithoutGpu);
    },
    models: (context) => this.#shelf.all(context),
    samples: async (signal) =>
      fetchSamples(this.#options.base, await this.#shelf.manifest(), this.#fetcher, signal),
    tokenizer: (given, context) => readTokenizer(given, this.#options.base, this.#fetcher, context),
    write: writeTexts,
    register: (...student) => this.#shelf.register(...student),
    stores: () => this.#shelf.stores(),
    turn: (context, task) => this.#enqueue(context, task),
  });

  #openedResults: Promise<ResultStore> | undefined;

  readonly #evaluateServices: EvaluateServices = {
    ready: () => this.#backends.ready(),
    models: (context) => this.#shelf.all(context),
    results: () => (this.#openedResults ??= (this.#options.results ?? memoryResults)()),
    base: () => this.#options.base,
    fetcher: (url, init) => this.#fetcher(url, init),
    turn: (context, task) => this.#enqueue(context, task),
  };

  readonly #evaluate = lazyEvaluateCalls(this.#evaluateServices);

  #openedModels: Promise<BrowserStore<ModelStore>> | undefined;

  /** Where models of hubs are kept. */
  #models(): Promise<BrowserStore<ModelStore>> {
    const inMemory = (): Promise<BrowserStore<ModelStore>> =>
      Promise.resolve({
        store: createModelStore(memoryLargeFiles(), memoryLocks()),
        unsaved: words.nothingKept,
      });
    return (this.#openedModels ??= (this.#options.models ?? inMemory)());
  }

  async #hub(): Promise<Hub> {
    if (this.#options.hub) return await this.#options.hub();
    // Most visitors never ask for it.
    const { createHub } = await import('./checkpoints/hub-access.ts');
    return createHub(this.#fetcher, new URL(this.#options.base).origin);
  }

  readonly #checkpoints: CheckpointServices = {
    hub: () => this.#hub(),
    store: () => this.#models(),
    trained: () => this.#shelf.stores(),
    gpu: async () => ((await this.#backends.choose()) === 'webgpu' ? await this.#backends.open() : undefined),
    inUse: (id) => this.#shelf.inUse(id),
    forget: (id, title) => {
      this.#shelf.forget(id, title);
    },
    teacher: async () => {
      const state = await this.#distill.distillState({}, {});
      return state && !state.finished ? state.options.teacher : undefined;
    },
    turn: (task) => this.#enqueue({}, task),
    models: new HubModels({
      hub: () => this.#hub(),
      store: () => this.#models(),
      preflight: (remote) => judgeRemote(this.#checkpoints, remote, remote.listing),
      freeId: (name) => this.#shelf.freeId(name),
    }),
  };

  readonly #answers: {
    [K in CallName]: (options: Calls[K]['options'], context: CallHooks) => Promise<Calls[K]['result']>;
  } = {
    ...this.#distill,
    ...this.#evaluate,
    ...checkpointCalls(this.#checkpoints),
    ...modelCalls({
      model: (id, context) => this.#shelf.model(id, context),
      denoiser: (...asked) => this.#shelf.denoiser(...asked),
      models: (context) => this.#shelf.all(context),
      turn: (context, task) => this.#enqueue(context, task),
    }),
    ready: () => this.#backends.ready(),
    models: () => this.#shelf.list(),
    open: async (source, context) => {
      if (!isHub(source)) {
        return await this.#enqueue(context, () => this.#shelf.open(checkSource(source), context));
      }
      const options = checkHubOpen(source);
      // Others take their turns meanwhile.
      const { id } = await this.#checkpoints.models.fetch(options, context);
      await this.#enqueue(context, () => this.#shelf.use(id, options.storage, context));
      return id;
    },
    selfTest: (_options, context) =>
      this.#enqueue(context, async () => {
        const gpu = await this.#backends.open();
        const { selfTest } = await import('./self-test.ts');
        return selfTest(gpu, { ...context, tuning: this.#options.tuning });
      }),
    benchmark: (o, context) =>
      this.#enqueue(context, async () => {
        const { model, ...options } = checkBenchmark(o);
        const { benchmark, gpu: api, secure } = this.#options;
        if (!benchmark) throw refuse(words.noCall('benchmark'));
        const { checkpoint } = await this.#shelf.model(model, context);
        checkLengths(options.lengths, checkpoint.config);
        const { signal, onBenchmark: onProgress } = context;
        return await benchmark({
          ...{ api, secure, checkpoint, name: model, options },
          ...(signal === undefined ? {} : { signal }),
          ...(onProgress === undefined ? {} : { onProgress }),
        });
      }),
    latencyPreflight: (o, context) =>
      this.#enqueue(context, async () =>
        this.#latency().preflight(await this.#backends.open(), checkLatency(o)),
      ),
    latency: (o, context) =>
      this.#enqueue(context, async () => {
        const { gpu: api, secure } = this.#options;
        const { signal, onLatency: onProgress } = context;
        return await this.#latency().run({
          ...{ api, secure, options: checkLatency(o) },
          ...(signal === undefined ? {} : { signal }),
          ...(onProgress === undefined ? {} : { onProgress }),
        });
      }),
  };

  /** Queue a task. When it fails for no known reason, the device may be gone: that news is given time to come. */
  #enqueue<T>(context: CallHooks, task: () => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      try {
        return await task();
      } catch (error) {
        if (!(error instanceof UnmaskError)) await new Promise((resolve) => setTimeout(resolve, LOSS_GRACE));
        throw error;
      }
    }, context.signal);
  }

  #latency(): NonNullable<EngineOptions['latency']> {
    const { latency } = this.#options;
    if (!latency) throw refuse(words.noCall('latency'));
    return latency;
  }
}

/** Callers in plain JavaScript may pass anything. */
const isHub = (source: unknown): source is HubOpen =>
  typeof source === 'object' && source !== null && 'repo' in source;

/** Whatever was thrown, as an error that crosses to the page with its code. */
export function toUnmaskError(error: unknown): UnmaskError {
  if (error instanceof UnmaskError) return error;
  // Messages of shader compilers have many lines.
  const message = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
  if (error instanceof WebGpuUnavailable) return new UnmaskError('no-webgpu', message, { cause: error });
  if (/out of memory/i.test(message) || (error instanceof Error && error.name === 'GPUOutOfMemoryError')) {
    return new UnmaskError('out-of-memory', words.outOfMemory(message), {
      cause: error,
    });
  }
  return new UnmaskError('internal', words.internal(message), {
    cause: error,
  });
}
