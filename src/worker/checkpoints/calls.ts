/** Calls about checkpoints: what opening one takes, models of a hub, and what the store holds. */
import { openCheckpoint } from '../../model/checkpoint/checkpoint.ts';
import type { HubListing } from '../../model/checkpoint/hub/source.ts';
import { keyOf } from '../../model/checkpoint/store/layout.ts';
import type { ModelStore } from '../../model/checkpoint/store/model-store.ts';
import type { BrowserStore } from '../../model/distill/browser-files.ts';
import type { Gpu } from '../../gpu/device.ts';
import { checkModel, checkSource, refuse } from '../arguments.ts';
import type { DistillStores } from '../distill/services.ts';
import { namedWeights } from '../open-source.ts';
import type { Calls, LoadProgress, OpenSource } from '../protocol.ts';
import { checkHubFields, checkHubOpen, checkRemoval } from './arguments.ts';
import { describeCheckpoint } from './describe.ts';
import type { HubModels } from './hub-models.ts';
import { judge, type Place } from './judge.ts';
import { needsOf } from './needs.ts';
import type { DescribedModel, Hub } from './hub.ts';
import type { HubSource, ModelPreflight } from './result.ts';
import { removeStored, storeState, verifyStored } from './stored.ts';

type Names = 'preflight' | 'fetchModel' | 'storeState' | 'storeVerify' | 'storeRemove';

/** What goes along with a call. */
export interface CheckpointContext {
  signal?: AbortSignal;
  onProgress?: (progress: LoadProgress) => void;
}

/** Answers by the name of the call. None of them waits for a turn: a run goes on beside them. */
export type CheckpointCalls = {
  [K in Names]: (options: Calls[K]['options'], context: CheckpointContext) => Promise<Calls[K]['result']>;
};

/** What `navigator.storage` tells a worker. */
export interface StorageEstimate {
  estimate: () => Promise<{ usage?: number; quota?: number }>;
  persisted: () => Promise<boolean>;
}

/** What the calls ask of the engine. */
export interface CheckpointServices {
  hub(): Promise<Hub>;
  models: HubModels;
  store(): Promise<BrowserStore<ModelStore>>;
  trained(): Promise<DistillStores>;
  /** The device; undefined where the CPU computes. */
  gpu(): Promise<Gpu | undefined>;
  storage?: StorageEstimate | undefined;
  /** A model is gone from the store. @returns whether it is still in use */
  forget(id: string): boolean;
  /** Models that were removed while in use, by id. */
  readonly lingering: Set<string>;
}

/** Where models run here, and what room there is. */
async function placeOf(services: CheckpointServices): Promise<Place & { limits?: Gpu['device']['limits'] }> {
  const [device, { unsaved }, estimate] = await Promise.all([
    services.gpu(),
    services.store(),
    services.storage?.estimate().catch(() => undefined),
  ]);
  const { quota, usage } = estimate ?? {};
  return {
    ...(device ? { adapter: device.adapter, limits: device.device.limits } : {}),
    ...(unsaved === undefined ? {} : { unsaved }),
    ...(quota === undefined || usage === undefined ? {} : { freeBytes: Math.max(0, quota - usage) }),
  };
}

/** Judge a model of a hub by what is here of it. */
export async function judgeRemote(
  services: CheckpointServices,
  model: DescribedModel,
  listing: HubListing,
): Promise<ModelPreflight> {
  const [{ limits, ...place }, found, { store }] = await Promise.all([
    placeOf(services),
    services.models.find(listing),
    services.store(),
  ]);
  const { endpoint, repo, revision, commit } = listing;
  const { partial } = await store.list();
  const loaded = (keep: 'file' | 'f16'): number | undefined => {
    const key = keyOf({ source: { endpoint, repo, revision, commit }, keep });
    return partial.find((download) => download.key === key)?.loaded;
  };
  const [file, f16] = [loaded('file'), loaded('f16')];
  return judge(model, needsOf(model.config, limits), {
    ...place,
    ...(found ? { here: { keep: found.keep, bytes: found.info.bytes } } : {}),
    partial: { ...(file === undefined ? {} : { file }), ...(f16 === undefined ? {} : { f16 }) },
  });
}

/** Judge files that are here. */
async function judgeFiles(services: CheckpointServices, given: OpenSource): Promise<ModelPreflight> {
  const { config, weights, index, file = 'model.safetensors' } = checkSource(given);
  if (typeof weights === 'string') {
    throw refuse('weights is an address: preflight() takes a file, or a model of a hub.');
  }
  const checkpoint = await openCheckpoint({
    ...{ config, file, weights: namedWeights(weights) },
    ...(index === undefined ? {} : { index }),
  });
  const { bytes } = checkpoint;
  const model: DescribedModel = {
    ...describeCheckpoint(checkpoint),
    ...{ id: checkpoint.config.name, title: checkpoint.config.name, source: config },
    weights: { path: file, bytes },
    files: [{ path: file, bytes }],
  };
  const { limits, ...place } = await placeOf(services);
  return judge(model, needsOf(model.config, limits), {
    ...place,
    here: { keep: 'file', bytes },
  });
}

/** The calls of one engine. */
export function checkpointCalls(services: CheckpointServices): CheckpointCalls {
  return {
    preflight: async (source, { signal }) => {
      const given: unknown = source;
      if (typeof given !== 'object' || given === null || !('repo' in given)) {
        return await judgeFiles(services, given as OpenSource);
      }
      const hub = await services.hub();
      const on = signal ? { signal } : {};
      const remote = await hub.describe(await hub.list(hub.check(checkHubFields(given)), on), on);
      return await judgeRemote(services, remote, remote.listing);
    },
    fetchModel: (options, context) => services.models.fetch(checkHubOpen(options), context),
    storeState: () => storeState(services),
    storeVerify: async ({ model }, context) => verifyStored(services, checkModel(model), context),
    storeRemove: async (options) => {
      const removal = checkRemoval(options);
      if ('source' in removal) {
        const { source } = removal;
        const checked: Required<HubSource> = (await services.hub()).check(source);
        await removeStored(services, { source: checked });
      } else await removeStored(services, removal);
      return await storeState(services);
    },
  };
}
