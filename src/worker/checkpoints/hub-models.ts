/** Models of hubs: fetched into the store, listed from there, and opened without a copy. */
import type { BrowserStore } from '../../model/distill/browser-files.ts';
import { openCheckpoint, type Checkpoint } from '../../model/checkpoint/checkpoint.ts';
import type { HubListing } from '../../model/checkpoint/hub/source.ts';
import { keyOf, type ModelOrigin } from '../../model/checkpoint/store/layout.ts';
import type {
  ModelFiles,
  ModelStore,
  StoredModel,
  StoredPartial,
} from '../../model/checkpoint/store/model-store.ts';
import type { Receiving } from '../../model/checkpoint/store/receiving.ts';
import { UnmaskError } from '../../model/errors.ts';
import type { KeptModel } from '../kept.ts';
import { checkpointWords } from '../messages/checkpoints.ts';
import { configInfo } from '../model-info.ts';
import type { LoadProgress, ModelInfo, Storage } from '../protocol.ts';
import { Downloads } from './downloads.ts';
import type { Hub, RemoteModel } from './hub.ts';
import type { HubOpen, MemoryModelInfo, ModelPreflight } from './result.ts';

/** What goes along with a call. */
interface Following {
  signal?: AbortSignal;
  onProgress?: (progress: LoadProgress) => void;
}

/** What is kept of a model beside its files. */
interface Info {
  info: Omit<ModelInfo, 'id'>;
  storage?: Storage;
}

/** What is kept of a download beside its bytes. */
interface PartialInfo {
  title: string;
  storage?: Storage;
}

/** What a download under way, or left, tells of itself. */
export const partialInfo = ({
  info,
  origin: { source },
}: Pick<StoredPartial, 'info' | 'origin'>): PartialInfo =>
  // Earlier versions kept nothing.
  (info as PartialInfo | undefined) ?? { title: checkpointWords.untitled(source.repo, source.revision) };

/** A model that found no room in the store. */
interface MemoryModel extends Info {
  id: string;
  origin: ModelOrigin;
  files: ModelFiles;
  /** A part of its bytes may lie in the store, and must stay there. */
  receiving: Receiving;
}

export interface HubModelServices {
  store(): Promise<BrowserStore<ModelStore>>;
  hub(): Promise<Hub>;
  /** Whether a model can run here. */
  preflight(remote: RemoteModel): Promise<ModelPreflight>;
  /** `name`, or with a number that makes it new. */
  freeId(name: string): Promise<string>;
}

/** A stored model that can be opened. */
type Whole = StoredModel & { origin: ModelOrigin; info: Info };

const isWhole = (model: StoredModel): model is Whole =>
  model.problem === undefined && model.origin !== undefined && model.info !== undefined;

/** A model that is here. */
export interface Found {
  info: ModelInfo;
  keep: 'file' | 'f16';
  source: ModelOrigin['source'];
  storage?: Storage;
  open(): Promise<Checkpoint>;
}

/** The models of hubs that one engine knows. */
export class HubModels {
  readonly #downloads = new Downloads<ModelInfo>();
  readonly #memory = new Map<string, MemoryModel>();

  constructor(private readonly services: HubModelServices) {}

  /** Models in memory alone. */
  get inMemory(): MemoryModelInfo[] {
    return Array.from(this.#memory.values(), ({ id, info: { title, bytes } }): MemoryModelInfo => {
      return { model: id, title, bytes };
    });
  }

  /** Whether the model of this key is being fetched here. */
  fetches(key: string): boolean {
    return this.#downloads.has(key);
  }

  /** Whether what the store has under this key are bytes of a model in memory. */
  holds(key: string): boolean {
    return this.#memory.has(key);
  }

  /** Every model of a hub that is here. */
  async kept(): Promise<KeptModel[]> {
    const { store } = await this.services.store();
    const stored = (await store.list()).models
      .filter(isWhole)
      .map(({ key, id, origin, info: { info, storage } }) => ({
        info: infoOf(info, id, origin),
        ...(storage === undefined ? {} : { storage }),
        open: async () => this.#open(await store.open(key), info),
        used: () => store.used(key),
      }));
    const inMemory = Array.from(this.#memory.values(), ({ id, origin, info, files, storage }) => ({
      info: infoOf(info, id, origin),
      ...(storage === undefined ? {} : { storage }),
      open: () => this.#open(files, info),
      used: () => Promise.resolve(),
    }));
    return [...stored, ...inMemory];
  }

  /** The model of a commit that is here; kept as asked, or where nothing is asked as it is. */
  async find(
    { endpoint, repo, commit }: Pick<ModelOrigin['source'], 'endpoint' | 'repo' | 'commit'>,
    keep?: 'file' | 'f16',
  ): Promise<Found | undefined> {
    return await this.#find(
      ({ source }) => source.endpoint === endpoint && source.repo === repo && source.commit === commit,
      keep,
    );
  }

  /**
   * The model, fetched unless it is here.
   * @throws UnmaskError 'limit' before anything is fetched where it would not run; or what stands in the way
   */
  async fetch(open: HubOpen, { signal, onProgress }: Following): Promise<ModelInfo> {
    const hub = await this.services.hub();
    const stoppable = signal ? { signal } : {};
    const source = hub.check(open);
    let listing: HubListing;
    try {
      listing = await hub.list(source, stoppable);
    } catch (error) {
      // Without a connection, what was fetched of this revision serves.
      const offline = error instanceof UnmaskError && error.code === 'network';
      const here = offline ? await this.ofRevision(source, open.keep) : undefined;
      if (here) return here.info;
      throw error;
    }
    const here = await this.find(listing, open.keep);
    if (here) return here.info;
    const { endpoint, repo, revision, commit } = listing;
    const keep = open.keep ?? 'file';
    const origin: ModelOrigin = { source: { endpoint, repo, revision, commit }, keep };
    let model = repo;
    const onBytes = (loaded: number, total: number): void => {
      onProgress?.({ model, stage: 'fetch', loaded, total });
    };
    return await this.#downloads.follow(keyOf(origin), { ...stoppable, onBytes }, async (on) => {
      const remote = await hub.describe(listing, on);
      model = remote.id;
      const { fits, reasons, by } = await this.services.preflight(remote);
      if (!fits) throw new UnmaskError('limit', reasons.join(' '));
      return await this.#download(
        hub,
        remote,
        origin,
        { asked: open.storage, proposed: by[origin.keep].storage },
        on,
      );
    });
  }

  /** Forget a model in memory, and let go of its part in the store. @returns whether there was one */
  async forget(id: string): Promise<boolean> {
    const found = [...this.#memory].find(([, model]) => model.id === id);
    if (!found) return false;
    const [
      key,
      {
        receiving,
        info: { title },
      },
    ] = found;
    this.#memory.delete(key);
    await receiving.leave();
    const { store } = await this.services.store();
    // Their share of the room is free at once.
    await store.remove(key, title);
    return true;
  }

  async #download(
    hub: Hub,
    remote: RemoteModel,
    origin: ModelOrigin,
    { asked, proposed }: { asked: Storage | undefined; proposed: Storage },
    on: { signal: AbortSignal; onBytes: (loaded: number, total: number) => void },
  ): Promise<ModelInfo> {
    const { store } = await this.services.store();
    const key = keyOf(origin);
    const { partial } = await store.list();
    const begun = partial.find((other) => other.key === key);
    const storage = asked ?? (begun && partialInfo(begun).storage) ?? proposed;
    const { title } = remote;
    const note: PartialInfo = { title, storage };
    const receiving = await store.receive(origin, { name: title, info: note });
    for (const older of partial.filter((other) => isOlder(other, origin))) {
      // Whoever asks for the revision gets this commit from now on, and nobody goes on with that one.
      await store.remove(older.key).catch(() => undefined);
    }
    try {
      // Small, and told apart from the weights by nobody: before them, so that what is missing is known early.
      const tokenizer = await hub.tokenizer(remote, on);
      await hub.download(remote, origin.keep, receiving, on);
      const weights = await receiving.weights();
      const files: ModelFiles = { config: remote.source, weights, ...(tokenizer ? { tokenizer } : {}) };
      const info = { ...keptInfo(remote), bytes: weights.size };
      // What cannot be opened is no model.
      await this.#open(files, info);
      const id = await this.services.freeId(remote.id);
      const kept: Info = { info, storage };
      const meta = await receiving.keep({
        ...{ id, info: kept, config: JSON.stringify(files.config) },
        ...(tokenizer ? { tokenizer: JSON.stringify(tokenizer) } : {}),
      });
      if (meta) await receiving.leave();
      else this.#memory.set(receiving.key, { ...kept, id, origin, files, receiving });
      return infoOf(info, id, origin);
    } catch (error) {
      await receiving.leave();
      // Nothing came of it, or all was dropped: there is nothing to go on with, unless it was only stopped.
      const stopped = error instanceof UnmaskError && error.code === 'aborted';
      if (!stopped && (receiving.state?.received ?? 0) === 0) await store.remove(key).catch(() => undefined);
      throw error;
    }
  }

  async #open({ config, weights, tokenizer }: ModelFiles, { title }: Info['info']): Promise<Checkpoint> {
    const file = `${title}: model.safetensors`;
    return await openCheckpoint({ config, weights, file, ...(tokenizer ? { tokenizer } : {}) });
  }

  /** As `find`, of what a revision was when it was fetched. */
  ofRevision(
    { endpoint, repo, revision }: Pick<ModelOrigin['source'], 'endpoint' | 'repo' | 'revision'>,
    keep?: 'file' | 'f16',
  ): Promise<Found | undefined> {
    return this.#find(
      ({ source }) =>
        source.endpoint === endpoint &&
        source.repo === repo &&
        (source.revision === revision || source.commit === revision),
      keep,
    );
  }

  async #find(of: (origin: ModelOrigin) => boolean, keep?: 'file' | 'f16'): Promise<Found | undefined> {
    const { store } = await this.services.store();
    const stored = (await store.list()).models.filter(isWhole);
    const all = [
      ...stored.map((model) => ({ ...model, open: () => store.open(model.key), ...model.info })),
      ...Array.from(this.#memory.values(), (model) => ({
        ...model,
        open: () => Promise.resolve(model.files),
      })),
    ].filter(({ origin }) => of(origin) && (keep ?? origin.keep) === origin.keep);
    const best = all.find(({ origin }) => origin.keep === 'file') ?? all.at(0);
    if (!best) return undefined;
    const { id, info, origin, storage, open } = best;
    return {
      ...{ info: infoOf(info, id, origin), keep: origin.keep, source: origin.source },
      ...(storage === undefined ? {} : { storage }),
      open: async () => this.#open(await open(), info),
    };
  }
}

/** Whether a download is of another commit that the same revision stood for. */
const isOlder = ({ origin: { source, keep } }: StoredPartial, origin: ModelOrigin): boolean => {
  const { endpoint, repo, revision, commit } = origin.source;
  return (
    keep === origin.keep &&
    source.endpoint === endpoint &&
    source.repo === repo &&
    source.revision === revision &&
    source.commit !== commit
  );
};

const keptInfo = ({ config, title }: RemoteModel): Omit<ModelInfo, 'id' | 'bytes'> => ({
  ...configInfo(config),
  ...{ title, origin: 'hub' },
});

/** What a list says of a model that is here. */
const infoOf = (
  info: Info['info'],
  id: string,
  { source: { repo, revision } }: Pick<ModelOrigin, 'source'>,
): ModelInfo => ({ ...info, id, hub: { repo, revision } });
