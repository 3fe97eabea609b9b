/** The engine: opens the GPU and models, and answers requests one after the other. No page, no worker globals. */
import type { CheckResult } from '../gpu/checks/check.ts';
import { WebGpuUnavailable, type Gpu } from '../gpu/device.ts';
import type { Denoiser } from '../model/backend/denoiser.ts';
import {
  fetchBundled,
  loadManifest,
  type BundledProgress,
  type Fetcher,
  type Manifest,
} from '../model/checkpoint/bundled.ts';
import type { Checkpoint } from '../model/checkpoint/checkpoint.ts';
import { UnmaskError } from '../model/errors.ts';
import {
  checkBackend,
  checkBenchmark,
  checkInspect,
  checkLengths,
  checkLogits,
  checkModel,
  checkPrecision,
  checkSample,
  checkSource,
  checkText,
  refuse,
} from './arguments.ts';
import { fetchSamples } from '../model/distill/samples.ts';
import { exportOnnx } from '../model/onnx/export.ts';
import { crossCheck } from './cross-check.ts';
import { distillCalls } from './distill/calls.ts';
import type { DistillProgress } from './distill/result.ts';
import { memoryStores, type DistillStores } from './distill/services.ts';
import { keptStudents, type KeptStudent } from './distill/students.ts';
import { writeTexts } from './distill/write-texts.ts';
import type { BenchmarkSetup } from './benchmark/contenders.ts';
import type { BenchmarkProgress, BenchmarkResult } from './benchmark/result.ts';
import { Backends, type BackendOptions } from './backends.ts';
import { inspect } from './inspect.ts';
import type { Models } from './models.ts';
import { openSource, readTokenizer } from './open-source.ts';
import { checkLatency, type CheckedLatency } from './latency/arguments.ts';
import type { LatencySetup } from './latency/latency.ts';
import type { LatencyProgress, LatencyResult, Preflight } from './latency/result.ts';
import type {
  Backend,
  CallName,
  Calls,
  LoadProgress,
  ModelInfo,
  OpenSource,
  PlanEvent,
  StepEvent,
  Storage,
} from './protocol.ts';
import { Queue } from './queue.ts';
import { race, type RaceHooks } from './race/race.ts';
import { sample } from './sample.ts';
import { score } from './score.ts';
import { selfTest } from './self-test.ts';

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
  /** A call has come; called for each. */
  onBusy?: () => void;
  /** No call is left. */
  onIdle?: () => void;
}

/** What goes along with a call. */
export interface CallContext extends RaceHooks {
  onProgress?: (progress: LoadProgress) => void;
  onPlan?: (plan: PlanEvent) => void;
  onStep?: (step: StepEvent) => void;
  onCheck?: (check: CheckResult) => void;
  onBenchmark?: (progress: BenchmarkProgress) => void;
  onLatency?: (progress: LatencyProgress) => void;
  onDistill?: (progress: DistillProgress) => void;
}

interface Model {
  info: ModelInfo;
  checkpoint: Checkpoint;
  storage?: Storage;
  /** Absent until the model is used there; that on the GPU also after the device was lost. */
  denoisers: Partial<Record<Backend, Denoiser>>;
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
  readonly #models = new Map<string, Model>();
  readonly #backends: Backends;
  #calls = 0;
  #manifest: Promise<Manifest> | undefined;
  #openedStores: Promise<DistillStores> | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#fetcher = options.fetcher ?? ((url, init) => fetch(url, init));
    this.#backends = new Backends(options, (error) => {
      for (const model of this.#models.values()) delete model.denoisers.webgpu;
      this.#queue.rejectAll(error);
      options.onNotice?.(error);
    });
  }

  /**
   * Answer one call. `models` and `ready` answer at once; the others wait for those before them.
   * @throws UnmaskError only
   */
  async call<K extends CallName>(
    name: K,
    options: Calls[K]['options'],
    context: CallContext = {},
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

  /** Students that are done, by id; undefined before the store was asked. */
  #kept: Promise<KeptStudent[]> | undefined;

  readonly #distill = distillCalls({
    gpu: () => this.#backends.open(),
    models: (context) => this.#shelf(context),
    samples: async (signal) =>
      fetchSamples(this.#options.base, await this.#loadManifest(), this.#fetcher, signal),
    tokenizer: (given, context) => readTokenizer(given, this.#options.base, this.#fetcher, context),
    write: writeTexts,
    register: async (name, checkpoint, info) => {
      const id = await this.#freeId(name);
      this.#models.set(id, { info: { ...info, id }, checkpoint, denoisers: {} });
      return id;
    },
    stores: () => this.#stores(),
    turn: (context, task) => this.#enqueue(context, task),
  });

  readonly #answers: {
    [K in CallName]: (options: Calls[K]['options'], context: CallContext) => Promise<Calls[K]['result']>;
  } = {
    ...this.#distill,
    ready: () => this.#backends.ready(),
    models: () => this.#list(),
    load: ({ model }, context) =>
      this.#enqueue(context, async () => {
        await this.#denoiser(model, context);
        return (await this.#model(model, context)).info;
      }),
    vocabulary: ({ model }, context) =>
      this.#enqueue(context, async () => {
        const { tokenizer, config } = (await this.#model(model, context)).checkpoint;
        const maskId = config.vocabulary - 1;
        if (!tokenizer) return { maskId };
        const pieces = Array.from({ length: maskId }, (_, id) => tokenizer.piece(id));
        const { bos, eos } = tokenizer;
        return {
          pieces,
          maskId,
          ...(bos === undefined ? {} : { bos }),
          ...(eos === undefined ? {} : { eos }),
        };
      }),
    open: (source, context) => this.#enqueue(context, () => this.#open(checkSource(source), context)),
    logits: (o, context) =>
      this.#enqueue(context, async () => {
        const model = await this.#model(o.model, context);
        const { tokens, batch, length, t } = checkLogits(o, model.checkpoint.config);
        const denoiser = await this.#denoiser(o.model, context, o.backend);
        const data = await denoiser.logits(tokens, { batch, length }, t);
        return {
          shape: [batch, length, denoiser.config.vocabulary],
          data: data as Float32Array<ArrayBuffer>,
        };
      }),
    sample: (o, context) =>
      this.#enqueue(context, async () => {
        const { checkpoint } = await this.#model(o.model, context);
        const checked = checkSample(o, checkpoint.config, checkpoint.tokenizer);
        const denoiser = await this.#denoiser(o.model, context, o.backend);
        return await sample(o.model, denoiser, checkpoint.tokenizer, checked, context);
      }),
    inspect: (o, context) =>
      this.#enqueue(context, async () => {
        const { checkpoint } = await this.#model(o.model, context);
        const checked = checkInspect(o, checkpoint.config);
        return await inspect(await this.#denoiser(o.model, context, o.backend), checked);
      }),
    score: (o, context) => this.#enqueue(context, () => score(o, this.#shelf(context), context.signal)),
    race: (o, context) => this.#enqueue(context, () => race(o, this.#shelf(context), context)),
    exportOnnx: ({ model, precision }, context) =>
      this.#enqueue(context, async () =>
        exportOnnx((await this.#model(model, context)).checkpoint, checkPrecision(precision)),
      ),
    crossCheck: ({ model }, context) =>
      this.#enqueue(context, async () => {
        const ours = await this.#denoiser(model, context, 'webgpu');
        return crossCheck(model, ours, await this.#denoiser(model, context, 'wasm'));
      }),
    selfTest: (_options, context) =>
      this.#enqueue(context, async () =>
        selfTest(await this.#backends.open(), { ...context, tuning: this.#options.tuning }),
      ),
    benchmark: (o, context) =>
      this.#enqueue(context, async () => {
        const { model, ...options } = checkBenchmark(o);
        const { benchmark, gpu: api, secure } = this.#options;
        if (!benchmark) throw refuse('benchmark() is not part of this build.');
        const { checkpoint } = await this.#model(model, context);
        checkLengths(options.lengths, checkpoint.config);
        const { signal, onBenchmark: onProgress } = context;
        return await benchmark({
          ...{ api, secure, checkpoint, name: model, options },
          ...(signal === undefined ? {} : { signal }),
          ...(onProgress === undefined ? {} : { onProgress }),
        });
      }),
    preflight: (o, context) =>
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
    encode: ({ model, text }, context) =>
      this.#enqueue(context, async () => {
        const { tokenizer } = (await this.#model(model, context)).checkpoint;
        if (!tokenizer) throw refuse(`The model ${model} came without a tokenizer: give token ids.`);
        return tokenizer.encode(checkText(text));
      }),
  };

  /** Queue a task. When it fails for no known reason, the device may be gone: that news is given time to come. */
  #enqueue<T>(context: CallContext, task: () => Promise<T>): Promise<T> {
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
    if (!latency) throw refuse('latency() is not part of this build.');
    return latency;
  }

  #loadManifest(): Promise<Manifest> {
    this.#manifest ??= loadManifest(this.#options.base, this.#fetcher).catch((error: unknown) => {
      this.#manifest = undefined;
      throw error;
    });
    return this.#manifest;
  }

  async #list(): Promise<ModelInfo[]> {
    const { models } = await this.#loadManifest();
    const bundled = models.map(({ id, kind, vocabulary, length, nativeSteps, title, bytes }): ModelInfo => {
      const native = nativeSteps === undefined ? {} : { nativeSteps };
      return { id, kind, vocabulary, length, ...native, origin: 'bundled', title, bytes };
    });
    const opened = Array.from(this.#models.values(), ({ info }) => info);
    const kept = (await this.#keptStudents()).filter(({ info }) => !this.#models.has(info.id));
    return [
      ...bundled,
      ...opened.filter(({ origin }) => origin !== 'bundled'),
      ...kept.map(({ info }) => info),
    ];
  }

  #stores(): Promise<DistillStores> {
    this.#openedStores ??= this.#options.stores?.() ?? Promise.resolve(memoryStores());
    return this.#openedStores;
  }

  /** Students of earlier visits; none where they cannot be read. */
  #keptStudents(): Promise<KeptStudent[]> {
    this.#kept ??= this.#stores()
      .then(({ students }) => keptStudents(students))
      .catch(() => []);
    return this.#kept;
  }

  /** A model with its checkpoint in memory, fetched if need be. */
  async #model(id: string, { onProgress, signal }: CallContext): Promise<Model> {
    const known = this.#models.get(checkModel(id));
    if (known) return known;
    const list = await this.#list();
    const info = list.find((candidate) => candidate.id === id);
    if (!info) {
      const ids = list.map((candidate) => candidate.id).join(', ');
      throw new UnmaskError(
        'unknown-model',
        `There is no model ${JSON.stringify(id)}: choose one of ${ids}.`,
      );
    }
    const student = (await this.#keptStudents()).find((kept) => kept.info.id === id);
    if (student) {
      const model: Model = { info, checkpoint: await student.open(), denoisers: {} };
      this.#models.set(id, model);
      return model;
    }
    // One bar for the model, not one per file.
    const finished = new Map<string, number>();
    const report = ({ stage, file, loaded, total }: BundledProgress): void => {
      if (stage === 'fetch') finished.set(file, loaded);
      const sum = [...finished.values()].reduce((a, b) => a + b, 0);
      if (stage === 'fetch') onProgress?.({ model: id, stage, loaded: sum, total: info.bytes });
      // The weights come last; the small files before them are checked in no time.
      else if (sum >= info.bytes) onProgress?.({ model: id, stage, loaded, total });
    };
    const manifest = await this.#loadManifest();
    const base = this.#options.base;
    const checkpoint = await fetchBundled(base, manifest, id, report, signal, this.#fetcher);
    const model: Model = { info, checkpoint, denoisers: {} };
    this.#models.set(id, model);
    return model;
  }

  /** All models, for calls that take several. */
  #shelf(context: CallContext): Models {
    return {
      list: () => this.#list(),
      open: async (id) => {
        const { info, checkpoint } = await this.#model(id, context);
        return { info, checkpoint, denoiser: (backend) => this.#denoiser(id, context, backend) };
      },
    };
  }

  /** The model ready to run, on the backend that the call asks for. */
  async #denoiser(id: string, context: CallContext, asked?: unknown): Promise<Denoiser> {
    const wanted = checkBackend(asked);
    const model = await this.#model(id, context);
    const backend = await this.#backends.choose(wanted);
    return (model.denoisers[backend] ??= await this.#setUp(
      backend,
      model.checkpoint,
      id,
      model.storage,
      context,
    ));
  }

  #setUp(
    backend: Backend,
    checkpoint: Checkpoint,
    id: string,
    storage: Storage | undefined,
    { onProgress }: CallContext,
  ): Promise<Denoiser> {
    return this.#backends.create(backend, checkpoint, {
      ...(storage === undefined ? {} : { storage }),
      onProgress: (p) => onProgress?.({ model: id, ...p }),
    });
  }

  async #open(source: OpenSource, context: CallContext): Promise<string> {
    const { storage } = source;
    const checkpoint = await openSource(source, this.#options.base, this.#fetcher, context);
    const { name, kind, length, vocabulary: rows, nativeSteps } = checkpoint.config;
    // Ids stand in links and in the page: short, and with nothing in them that cannot be seen.
    const short = name.replace(/\p{C}/gu, '').trim().slice(0, 60).trim();
    const id = await this.#freeId(short === '' ? 'model' : short);
    const model: Model = {
      checkpoint,
      denoisers: {},
      ...(storage === undefined ? {} : { storage }),
      info: {
        id,
        kind: kind === 'causal' ? 'causal' : nativeSteps === undefined ? 'teacher' : 'student',
        vocabulary: rows,
        length,
        ...(nativeSteps === undefined ? {} : { nativeSteps }),
        origin: 'file',
        title: name,
        bytes: checkpoint.bytes,
      },
    };
    const backend = await this.#backends.choose();
    model.denoisers[backend] = await this.#setUp(backend, checkpoint, id, storage, context);
    // Only now, so that a failure changes nothing.
    this.#models.set(id, model);
    return id;
  }

  /** `name`, or with the first number that makes it new. */
  async #freeId(name: string): Promise<string> {
    const bundled = await this.#loadManifest().catch((): Manifest => ({ version: 1, models: [] }));
    const kept = await this.#keptStudents();
    const taken = new Set<string>([
      ...this.#models.keys(),
      ...bundled.models.map(({ id }) => id),
      ...kept.map(({ info }) => info.id),
    ]);
    let id = name;
    for (let n = 2; taken.has(id); n++) id = `${name}-${n}`;
    return id;
  }
}

/** Whatever was thrown, as an error that crosses to the page with its code. */
export function toUnmaskError(error: unknown): UnmaskError {
  if (error instanceof UnmaskError) return error;
  // Messages of shader compilers have many lines.
  const message = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
  if (error instanceof WebGpuUnavailable) return new UnmaskError('no-webgpu', message, { cause: error });
  if (/out of memory/i.test(message) || (error instanceof Error && error.name === 'GPUOutOfMemoryError')) {
    return new UnmaskError('out-of-memory', `The GPU has not enough memory (${message}): close other tabs.`, {
      cause: error,
    });
  }
  return new UnmaskError('internal', `Something went wrong in this program (${message}): reload the page.`, {
    cause: error,
  });
}
