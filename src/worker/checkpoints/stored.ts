/** What the store holds, models of hubs and models that were trained here alike. */
import type { StoredModel, StoredPartial } from '../../model/checkpoint/store/model-store.ts';
import { UnmaskError } from '../../model/errors.ts';
import { keptStudents, type KeptStudent } from '../distill/students.ts';
import { checkpointWords as words } from '../messages/checkpoints.ts';
import type { LoadProgress, ModelInfo } from '../protocol.ts';
import { partialInfo } from './hub-models.ts';
import type { HubSource, StoredModelInfo, StoreState, VerifyReport } from './result.ts';
import type { CheckpointServices } from './services.ts';

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
  const { usage, quota } = estimate ?? {};
  return {
    models: listed.sort((a, b) => b.addedAt - a.addedAt),
    partial: partial
      // Their bytes are those of a model in memory.
      .filter(({ key }) => !services.models.holds(key))
      .map((download) => {
        const { origin, loaded, total, at, busy } = download;
        const { storage } = partialInfo(download);
        return { ...origin, loaded, total, at, busy, ...(storage === undefined ? {} : { storage }) };
      }),
    inMemory: services.models.inMemory,
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
      throw new UnmaskError('aborted', words.readingStopped, { cause: error });
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

/** Remove a model, and let go of it wherever it is in use. @returns whether there is one */
async function removeModel(services: Services, id: string): Promise<boolean> {
  const { store } = await services.store();
  const stored = (await store.list()).models.find((model) => model.id === id);
  const inMemory = services.models.inMemory.find(({ model }) => model === id);
  const student = (await students(services)).find(({ info }) => info.id === id);
  if (!stored && !inMemory && !student) return false;
  const title = stored ? hubInfo(stored).title : ((inMemory ?? student?.info)?.title ?? id);
  if ((await services.teacher()) === id) throw new UnmaskError('storage', words.teacher(title));
  const remove = async (): Promise<boolean> => {
    if (stored) await store.remove(stored.key, title);
    else if (inMemory) await services.models.forget(id);
    else if (student) await (await services.trained()).students.remove(student.run);
    services.forget(id, title);
    return true;
  };
  // Calls that are at work may read its bytes.
  return await (services.inUse(id) ? services.turn(remove) : remove());
}

const fits = (
  given: Required<HubSource>,
  { repo, revision, endpoint, commit }: Required<HubSource> & { commit: string },
): boolean =>
  given.repo === repo &&
  given.endpoint === endpoint &&
  (given.revision === revision || given.revision === commit);

/** Do all of it, whatever becomes of each. @returns what went wrong */
async function failures(tasks: (() => Promise<unknown>)[]): Promise<unknown[]> {
  const failed: unknown[] = [];
  for (const task of tasks) await task().catch((error: unknown) => failed.push(error));
  return failed;
}

const sentence = (error: unknown): string =>
  error instanceof UnmaskError
    ? error.message
    : words.notRemoved(error instanceof Error ? error.message : String(error));

/**
 * Remove what is named. A model that is in use is let go of once the calls before are done.
 * @returns of `all`: why what is left could not be removed, each a sentence
 * @throws UnmaskError 'not-found'; 'storage' where it is being fetched, or the open distillation learns from it
 */
export async function removeStored(
  services: Services,
  removal: { model: string } | { source: Required<HubSource>; keep?: 'file' | 'f16' } | { all: true },
): Promise<string[]> {
  if ('model' in removal) {
    if (!(await removeModel(services, removal.model))) throw unknownStored(removal.model);
    return [];
  }
  const { store } = await services.store();
  const { partial, models } = await store.list();
  const drop = (download: StoredPartial) => () => store.remove(download.key, partialInfo(download).title);
  if ('source' in removal) {
    const { source, keep } = removal;
    const found = partial.filter(
      ({ key, origin }) =>
        fits(source, origin.source) && (keep ?? origin.keep) === origin.keep && !services.models.holds(key),
    );
    if (found.length === 0) {
      throw new UnmaskError('not-found', words.noDownload(source.repo, source.revision));
    }
    const failed = await failures(found.map(drop));
    if (failed.length > 0) throw failed[0];
    return [];
  }
  const inMemory = services.models.inMemory.map(({ model }) => model);
  const trained = (await students(services)).map(({ info }) => info.id);
  const ids = [...models.map(({ id }) => id), ...inMemory, ...trained];
  const failed = await failures(ids.map((id) => () => removeModel(services, id)));
  // Those of models in memory went with them, or have to stay.
  const left = (await store.list()).partial.filter(({ key }) => !services.models.holds(key));
  return [...failed, ...(await failures(left.map(drop)))].map(sentence);
}

const unknownStored = (id: string): UnmaskError => new UnmaskError('not-found', words.notStored(id));
