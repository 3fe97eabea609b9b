/** Calls about checkpoints: what opening one takes, models of a hub, and what the store holds. */
import { openCheckpoint } from '../../model/checkpoint/checkpoint.ts';
import type { HubListing } from '../../model/checkpoint/hub/source.ts';
import { keyOf } from '../../model/checkpoint/store/layout.ts';
import type { Gpu } from '../../gpu/device.ts';
import { UnmaskError } from '../../model/errors.ts';
import { checkModel, checkSource, refuse } from '../arguments.ts';
import { checkpointWords } from '../messages/checkpoints.ts';
import { namedWeights } from '../open-source.ts';
import type { Calls, OpenSource } from '../protocol.ts';
import { checkHubFields, checkHubOpen, checkRemoval } from './arguments.ts';
import { describeCheckpoint } from './describe.ts';
import type { Found } from './hub-models.ts';
import { judge, type Place } from './judge.ts';
import { needsOf } from './needs.ts';
import type { DescribedModel } from './hub.ts';
import type { HubSource, ModelPreflight } from './result.ts';
import type { CheckpointContext, CheckpointServices } from './services.ts';
import { removeStored, storeState, verifyStored } from './stored.ts';

type Names = 'preflight' | 'fetchModel' | 'storeState' | 'storeVerify' | 'storeRemove';

/** Answers by the name of the call. None of them waits for a turn: a run goes on beside them. */
export type CheckpointCalls = {
  [K in Names]: (options: Calls[K]['options'], context: CheckpointContext) => Promise<Calls[K]['result']>;
};

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
  { endpoint, repo, revision, commit }: Pick<HubListing, 'endpoint' | 'repo' | 'revision' | 'commit'>,
): Promise<ModelPreflight> {
  const [{ limits, ...place }, { store }] = await Promise.all([placeOf(services), services.store()]);
  const source = { endpoint, repo, revision, commit };
  const here: NonNullable<Place['here']> = {};
  const partial: NonNullable<Place['partial']> = {};
  const left = (await store.list()).partial;
  for (const keep of ['file', 'f16'] as const) {
    const found = await services.models.find(source, keep);
    if (found)
      here[keep] = found.storage
        ? { bytes: found.info.bytes, storage: found.storage }
        : { bytes: found.info.bytes };
    const key = keyOf({ source, keep });
    const download = left.find((other) => other.key === key);
    if (download)
      partial[keep] = { loaded: download.loaded, busy: download.busy && !services.models.fetches(key) };
  }
  return judge(model, needsOf(model.config, limits), { ...place, here, partial });
}

/** Judge a model that is here by itself: the hub does not answer. */
async function judgeFound(services: CheckpointServices, found: Found): Promise<ModelPreflight> {
  const { info, source } = found;
  const checkpoint = await found.open();
  const { bytes } = checkpoint;
  const weights = { path: 'model.safetensors', bytes };
  const model: DescribedModel = {
    ...{ ...describeCheckpoint(checkpoint), id: info.id, title: info.title },
    ...{ source: {}, weights, files: [weights] },
  };
  return await judgeRemote(services, model, source);
}

/** Judge files that are here. */
async function judgeFiles(services: CheckpointServices, given: OpenSource): Promise<ModelPreflight> {
  const { config, weights, index, file = 'model.safetensors' } = checkSource(given);
  if (typeof weights === 'string') throw refuse(checkpointWords.weightsAddress);
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
    here: { file: { bytes } },
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
      const checked = hub.check(checkHubFields(given));
      try {
        const remote = await hub.describe(await hub.list(checked, on), on);
        return await judgeRemote(services, remote, remote.listing);
      } catch (error) {
        const offline = error instanceof UnmaskError && error.code === 'network';
        const found = offline ? await services.models.ofRevision(checked) : undefined;
        if (found) return await judgeFound(services, found);
        throw error;
      }
    },
    fetchModel: (options, context) => services.models.fetch(checkHubOpen(options), context),
    storeState: () => storeState(services),
    storeVerify: async ({ model }, context) => verifyStored(services, checkModel(model), context),
    storeRemove: async (options) => {
      const removal = checkRemoval(options);
      if ('source' in removal) {
        const source: Required<HubSource> = (await services.hub()).check(removal.source);
        await removeStored(services, { ...removal, source });
        return await storeState(services);
      }
      const notRemoved = await removeStored(services, removal);
      return { ...(await storeState(services)), ...(notRemoved.length > 0 ? { notRemoved } : {}) };
    },
  };
}
