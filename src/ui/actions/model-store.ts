import type { StoreRemoval, StoreState, VerifyReport } from '../../worker/checkpoints/result.ts';
import { engine } from '../engine.ts';
import { elsewhere, useModels, withoutGone } from '../stores/models.ts';
import type { Task } from '../stores/self-test.ts';
import { listModels } from './distill-events.ts';
import { toFailure } from './failure.ts';
import { askPreflight } from './hub-choose.ts';
import { outcome } from './self-test.ts';
import { leaveGone } from './use-model.ts';

/** What the store holds now. */
export async function listStore(): Promise<void> {
  try {
    useModels.setState({ store: await engine.call('storeState', {}) });
  } catch (error) {
    useModels.setState({ failure: toFailure(error) });
  }
}

/** When the view opens, or is looked at again: other tabs and other views may have added models. */
export async function enterModels(): Promise<void> {
  await Promise.all([listStore(), listModels().catch(() => undefined)]);
}

/** While another tab fetches: how far it is, and what has become of it. */
export async function lookElsewhere(): Promise<void> {
  await enterModels();
  if (elsewhere(useModels.getState()).length === 0) await askPreflight();
}

/** Read every byte of a stored model. */
export async function verifyModel(model: string): Promise<void> {
  const becomes = (task: Task<VerifyReport>): void => {
    useModels.setState(({ verified }) => ({ verified: { ...verified, [model]: task } }));
  };
  becomes({ state: 'running' });
  becomes(await outcome(engine.call('storeVerify', { model })));
}

/** Delete from the store. @returns whether it is gone */
export async function removeFromStore(removal: StoreRemoval): Promise<boolean> {
  useModels.setState({ failure: undefined });
  let store: StoreState;
  try {
    store = await engine.call('storeRemove', removal);
  } catch (error) {
    // Part of it may be gone.
    await enterModels();
    useModels.setState({ failure: toFailure(error) });
    return false;
  }
  const { notRemoved } = store;
  const message = notRemoved?.join(' ');
  useModels.setState(({ open, verified, downloads }) => ({
    store,
    downloads: withoutGone({ downloads }, store),
    failure: message === undefined ? undefined : { code: 'storage', message },
    // What was said of a model that is gone says nothing of one that comes in its place.
    verified: Object.fromEntries(
      Object.entries(verified).filter(([id]) => store.models.some(({ model }) => model === id)),
    ),
    open: [...store.models, ...(store.inMemory ?? [])].some(({ model }) => model === open) ? open : undefined,
  }));
  await listModels().catch(() => undefined);
  leaveGone();
  // What was here of the chosen one may be gone; nobody waits for the answer.
  void askPreflight();
  return message === undefined;
}

let asked = false;

/** Ask the browser not to clear what it keeps: once, when there is something to keep. Only a page can ask. */
export async function keepForGood(): Promise<void> {
  const storage = navigator.storage as StorageManager | undefined;
  if (asked || useModels.getState().store?.persisted !== false || !storage) return;
  asked = true;
  await storage.persist().catch(() => false);
}

/** Show the particulars of a model, or of none. */
export function openRow(open: string | undefined): void {
  useModels.setState({ open });
}
