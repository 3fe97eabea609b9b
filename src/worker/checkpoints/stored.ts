/** What the store holds, models of hubs and models that were trained here alike. */
import type { StoredModel } from '../../model/checkpoint/store/model-store.ts';
import { UnmaskError } from '../../model/errors.ts';
import { keptStudents, type KeptStudent } from '../distill/students.ts';
import type { LoadProgress, ModelInfo } from '../protocol.ts';
import type { CheckpointServices } from './calls.ts';
import type { HubSource, StoredModelInfo, StoreState, VerifyReport } from './result.ts';

type Services = Omit<CheckpointServices, 'hub' | 'gpu'>;

const students = async ({ trained }: Services): Promise<KeptStudent[]> =>
  keptStudents((await trained()).students);

function hubInfo({ id, origin, info, bytes, addedAt, usedAt, problem }: StoredModel): StoredModelInfo {
  const { title = id } = (info as { info?: ModelInfo } | undefined)?.info ?? {};
  return {
    ...{ model: id, title, origin: 'hub', bytes, addedAt, usedAt },
    ...(origin ? { source: origin.source, keep: origin.keep } : {}),
    ...(problem === undefined ? {} : { problem }),
  };
}

const trainedInfo = ({ info, bytes, savedAt }: KeptStudent): StoredModelInfo => ({
  ...{ model: info.id, title: info.title, origin: 'distilled', bytes },
  ...{ addedAt: savedAt, usedAt: savedAt },
});

/** Everything that the store holds, and what room there is. */
export async function storeState(services: Services): Promise<StoreState> {
  const [{ store, unsaved }, trained, estimate, persisted] = await Promise.all([
    services.store(),
    students(services),
    services.storage?.estimate().catch(() => undefined),
    services.storage?.persisted().catch(() => undefined),
  ]);
  const { models, partial } = await store.list();
  const listed = [...models.map(hubInfo), ...trained.map(trainedInfo)];
  // One that was fetched again is no longer only in memory.
  const inMemory = [...services.models.inMemory, ...services.lingering].filter(
    (id) => !listed.some(({ model }) => model === id),
  );
  const { usage, quota } = estimate ?? {};
  return {
    models: listed.sort((a, b) => b.addedAt - a.addedAt),
    partial: partial
      // Their bytes are those of a model in memory.
      .filter(({ key }) => !services.models.holds(key))
      .map(({ origin, loaded, total, at, busy }) => ({ ...origin, loaded, total, at, busy })),
    inMemory,
    ...(usage === undefined ? {} : { usage }),
    ...(quota === undefined ? {} : { quota }),
    ...(persisted === undefined ? {} : { persisted }),
    ...(unsaved === undefined ? {} : { unsaved }),
  };
}

/** @throws UnmaskError 'not-found' */
export async function verifyStored(
  services: Services,
  id: string,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: LoadProgress) => void },
): Promise<VerifyReport> {
  const { store } = await services.store();
  const stored = (await store.list()).models.find((model) => model.id === id);
  if (stored) {
    const onBytes = (loaded: number, total: number): void => {
      onProgress?.({ model: id, stage: 'verify', loaded, total });
    };
    try {
      const problem = stored.problem ?? (await store.verify(stored.key, onBytes, signal));
      return problem === undefined ? { whole: true } : { whole: false, problem };
    } catch (error) {
      if (!signal?.aborted) throw error;
      throw new UnmaskError('aborted', 'Reading the model was stopped.', { cause: error });
    }
  }
  const student = (await students(services)).find(({ info }) => info.id === id);
  if (!student) throw unknownStored(id);
  try {
    await (await services.trained()).students.load(student.run);
    return { whole: true };
  } catch (error) {
    if (error instanceof UnmaskError && error.code === 'storage') {
      return { whole: false, problem: error.message };
    }
    throw error;
  }
}

async function removeModel(services: Services, id: string): Promise<boolean> {
  const { store } = await services.store();
  const stored = (await store.list()).models.find((model) => model.id === id);
  if (stored) await store.remove(stored.key);
  else if (!(await services.models.forget(id))) {
    const student = (await students(services)).find(({ info }) => info.id === id);
    if (!student) return false;
    await (await services.trained()).students.remove(student.run);
  }
  if (services.forget(id)) services.lingering.add(id);
  return true;
}

const fits = (
  given: Required<HubSource>,
  { repo, revision, endpoint, commit }: Required<HubSource> & { commit: string },
): boolean =>
  given.repo === repo &&
  given.endpoint === endpoint &&
  (given.revision === revision || given.revision === commit);

/**
 * Remove what is named. What is in use goes on in memory until the page is left.
 * @throws UnmaskError 'not-found'; 'storage' where it is being fetched
 */
export async function removeStored(
  services: Services,
  removal: { model: string } | { source: Required<HubSource> } | { all: true },
): Promise<void> {
  if ('model' in removal) {
    if (!(await removeModel(services, removal.model))) throw unknownStored(removal.model);
    return;
  }
  const { store } = await services.store();
  const { partial, models } = await store.list();
  if ('source' in removal) {
    const { source } = removal;
    const found = partial.filter(({ origin }) => fits(source, origin.source));
    if (found.length === 0) {
      throw new UnmaskError(
        'not-found',
        `No download of ${source.repo} at ${source.revision} is left: there is nothing to remove.`,
      );
    }
    for (const { key } of found) await store.remove(key);
    return;
  }
  const { inMemory } = services.models;
  const trained = (await students(services)).map(({ info }) => info.id);
  // What cannot be removed, as a model of a newer version, keeps nothing else from it.
  const failed: unknown[] = [];
  for (const id of [...models.map((model) => model.id), ...inMemory, ...trained]) {
    await removeModel(services, id).catch((error: unknown) => failed.push(error));
  }
  for (const { key } of (await store.list()).partial) {
    await store.remove(key).catch((error: unknown) => failed.push(error));
  }
  if (failed.length > 0) throw failed[0];
}

const unknownStored = (id: string): UnmaskError =>
  new UnmaskError('not-found', `The store has no model ${id}: choose one that storeState() lists.`);
