/**
 * The models of an engine: bundled ones, fetched when first asked for; opened files; what outlives the page. All that were
 * asked for stay open, for what is left of the visit.
 */
import type { Denoiser } from '../model/backend/denoiser.ts';
import {
  fetchBundled,
  loadManifest,
  type BundledProgress,
  type Fetcher,
  type Manifest,
} from '../model/checkpoint/bundled.ts';
import type { Checkpoint } from '../model/checkpoint/checkpoint.ts';
import type { TensorSource } from '../model/checkpoint/safetensors.ts';
import { UnmaskError } from '../model/errors.ts';
import { checkBackend, checkModel } from './arguments.ts';
import type { Backends } from './backends.ts';
import { memoryStores, type DistillStores } from './distill/services.ts';
import { keptStudents } from './distill/students.ts';
import type { KeptModel } from './kept.ts';
import { engineWords as words } from './messages/engine.ts';
import { configInfo } from './model-info.ts';
import type { Models } from './models.ts';
import { openSource } from './open-source.ts';
import type { Backend, LoadProgress, ModelInfo, OpenSource, Storage } from './protocol.ts';

/** What goes along with a call that takes a model. */
interface ShelfContext {
  signal?: AbortSignal;
  onProgress?: (progress: LoadProgress) => void;
}

/** A model whose files are in memory. */
interface Model {
  info: ModelInfo;
  checkpoint: Checkpoint;
  storage?: Storage;
  /** It is about to be set up. */
  used?: () => Promise<void>;
  /** Absent until the model is used there; that on the GPU also after the device was lost. */
  denoisers: Partial<Record<Backend, Denoiser>>;
}

/** What a shelf is made of. */
export interface ShelfOptions {
  /** Absolute URL of the folder with manifest.json of the bundled models. */
  base: string;
  /** Where distillations and students are kept (default: in memory). */
  stores?: () => Promise<DistillStores>;
  /** Models that outlive the page, besides what was trained here. */
  kept?: () => Promise<KeptModel[]>;
}

/** Every model that an engine knows. */
export class Shelf {
  readonly #models = new Map<string, Model>();
  /** Kept models whose files are being opened. */
  readonly #opening = new Set<string>();
  /** Titles of models that were removed, by id. */
  readonly #removed = new Map<string, string>();
  #manifest: Promise<Manifest> | undefined;
  #openedStores: Promise<DistillStores> | undefined;
  /** Students of earlier visits; undefined before the store was asked. */
  #students: Promise<KeptModel[]> | undefined;

  /** @param backends sets networks up */
  constructor(
    private readonly options: ShelfOptions,
    private readonly fetcher: Fetcher,
    private readonly backends: Backends,
  ) {}

  /** The list of bundled models; fetched once. */
  manifest(): Promise<Manifest> {
    this.#manifest ??= loadManifest(this.options.base, this.fetcher).catch((error: unknown) => {
      this.#manifest = undefined;
      throw error;
    });
    return this.#manifest;
  }

  /** Every model that can be asked for. */
  async list(): Promise<ModelInfo[]> {
    const { models } = await this.manifest();
    const bundled = models.map(({ id, kind, vocabulary, length, nativeSteps, title, bytes }): ModelInfo => {
      const native = nativeSteps === undefined ? {} : { nativeSteps };
      return { id, kind, vocabulary, length, ...native, origin: 'bundled', title, bytes };
    });
    const opened = Array.from(this.#models.values(), ({ info }) => info);
    const kept = (await this.#kept()).filter(({ info }) => !this.#models.has(info.id));
    return [
      ...bundled,
      ...opened.filter(({ origin }) => origin !== 'bundled'),
      ...kept.map(({ info }) => info),
    ];
  }

  /** Where distillations and students are kept. */
  stores(): Promise<DistillStores> {
    this.#openedStores ??= this.options.stores?.() ?? Promise.resolve(memoryStores());
    return this.#openedStores;
  }

  /** What outlives the page; nothing where that cannot be read. */
  async #kept(): Promise<KeptModel[]> {
    this.#students ??= this.stores()
      .then(({ students }) => keptStudents(students))
      .catch(() => []);
    const others = await this.options.kept?.().catch(() => []);
    return [...(await this.#students), ...(others ?? [])];
  }

  /** A model with its checkpoint in memory, fetched if need be. */
  async model(id: string, { onProgress, signal }: ShelfContext): Promise<Model> {
    const known = this.#models.get(checkModel(id));
    if (known) return known;
    const list = await this.list();
    const info = list.find((candidate) => candidate.id === id);
    if (!info) throw this.#unknown(id, list);
    const kept = (await this.#kept()).find((candidate) => candidate.info.id === id);
    if (kept) {
      const { storage } = kept;
      this.#opening.add(id);
      const opened = await kept.open().finally(() => this.#opening.delete(id));
      const model: Model = {
        ...{ info, checkpoint: this.#watched(opened, info), denoisers: {} },
        ...(storage === undefined ? {} : { storage }),
        used: async () => kept.used?.(),
      };
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
    const manifest = await this.manifest();
    const base = this.options.base;
    const checkpoint = await fetchBundled(base, manifest, id, report, signal, this.fetcher);
    const model: Model = { info, checkpoint, denoisers: {} };
    this.#models.set(id, model);
    return model;
  }

  #unknown(id: string, list: readonly ModelInfo[]): UnmaskError {
    const ids = list.map((candidate) => candidate.id);
    const title = this.#removed.get(id);
    return new UnmaskError(
      'unknown-model',
      title === undefined ? words.unknownModel(JSON.stringify(id), ids) : words.deletedModel(title, ids),
    );
  }

  /** Read what is kept. Another tab may have deleted it since it was opened: that is what the error says then. */
  async #reading<T>({ id, origin, title }: ModelInfo, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      // What was trained here is in memory once it is open; of what the store cannot tell, nothing is said.
      const kept = origin === 'hub' ? await this.options.kept?.().catch(() => undefined) : undefined;
      if (!kept || kept.some(({ info }) => info.id === id)) throw error;
      this.forget(id, title);
      throw this.#unknown(id, await this.list());
    }
  }

  /** The checkpoint of a kept model, whose tensors are read on demand. */
  #watched(checkpoint: Checkpoint, info: ModelInfo): Checkpoint {
    const { tensors } = checkpoint;
    const read: TensorSource['read'] = (...asked) => this.#reading(info, () => tensors.read(...asked));
    return { ...checkpoint, tensors: { ...tensors, read } };
  }

  /** All models, for calls that take several. */
  all(context: ShelfContext): Models {
    return {
      list: () => this.list(),
      open: async (id) => {
        const { info, checkpoint } = await this.model(id, context);
        return { info, checkpoint, denoiser: (backend) => this.denoiser(id, context, backend) };
      },
    };
  }

  /** The model ready to run, on the backend that the call asks for. */
  async denoiser(id: string, context: ShelfContext, asked?: unknown): Promise<Denoiser> {
    const wanted = checkBackend(asked);
    const model = await this.model(id, context);
    const backend = await this.backends.choose(wanted);
    const ready = model.denoisers[backend];
    if (ready) return ready;
    await model.used?.();
    const { checkpoint, info, storage } = model;
    // On the CPU the weights are taken as a whole, not tensor by tensor.
    const setUp = () => this.#setUp(backend, checkpoint, id, storage, context);
    return (model.denoisers[backend] = await this.#reading(info, setUp));
  }

  /** Set a model up, its weights on the GPU as asked (default: as they are). */
  async use(id: string, storage: Storage | undefined, context: ShelfContext): Promise<void> {
    const model = await this.model(id, context);
    if (storage !== undefined && storage !== (model.storage ?? 'file')) {
      model.denoisers.webgpu?.destroy();
      delete model.denoisers.webgpu;
      model.storage = storage;
    }
    await this.denoiser(id, context);
  }

  /** Whether the files of a model are open, or about to be. */
  inUse(id: string): boolean {
    return this.#models.has(id) || this.#opening.has(id);
  }

  /** A model is gone from where it was kept, and what was made of it goes too: its bytes can no longer be read. */
  forget(id: string, title: string): void {
    this.#students = undefined;
    this.#removed.set(id, title);
    for (const denoiser of Object.values(this.#models.get(id)?.denoisers ?? {})) denoiser.destroy();
    this.#models.delete(id);
  }

  #setUp(
    backend: Backend,
    checkpoint: Checkpoint,
    id: string,
    storage: Storage | undefined,
    { onProgress }: ShelfContext,
  ): Promise<Denoiser> {
    return this.backends.create(backend, checkpoint, {
      ...(storage === undefined ? {} : { storage }),
      onProgress: (p) => onProgress?.({ model: id, ...p }),
    });
  }

  /** Open a checkpoint from outside. @returns its id */
  async open(source: OpenSource, context: ShelfContext): Promise<string> {
    const { storage } = source;
    const checkpoint = await openSource(source, this.options.base, this.fetcher, context);
    const { name } = checkpoint.config;
    // Ids stand in links and in the page: short, and with nothing in them that cannot be seen.
    const short = name.replace(/\p{C}/gu, '').trim().slice(0, 60).trim();
    const id = await this.freeId(short === '' ? 'model' : short);
    const model: Model = {
      checkpoint,
      denoisers: {},
      ...(storage === undefined ? {} : { storage }),
      info: {
        id,
        ...configInfo(checkpoint.config),
        origin: 'file',
        title: name,
        bytes: checkpoint.bytes,
      },
    };
    const backend = await this.backends.choose();
    model.denoisers[backend] = await this.#setUp(backend, checkpoint, id, storage, context);
    // Only now, so that a failure changes nothing.
    this.#models.set(id, model);
    return id;
  }

  /** Make a model of a checkpoint in memory. @returns its id: `name`, or with a number that makes it new */
  async register(name: string, checkpoint: Checkpoint, info: Omit<ModelInfo, 'id'>): Promise<string> {
    const id = await this.freeId(name);
    this.#models.set(id, { info: { ...info, id }, checkpoint, denoisers: {} });
    return id;
  }

  /** The device is gone, and with it the networks that were set up there. */
  forgetGpu(): void {
    for (const model of this.#models.values()) delete model.denoisers.webgpu;
  }

  /** `name`, or with the first number that makes it new. */
  async freeId(name: string): Promise<string> {
    const bundled = await this.manifest().catch((): Manifest => ({ version: 1, models: [] }));
    const kept = await this.#kept();
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
