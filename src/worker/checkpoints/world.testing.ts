/** An engine with a hub, and a store that outlives it, for tests. */
import { expect } from 'vitest';
import { memoryLargeFiles, type LargeFiles } from '../../model/checkpoint/store/files.ts';
import { createModelStore } from '../../model/checkpoint/store/model-store.ts';
import { memoryLocks, type Locks } from '../../model/distill/files.ts';
import type { EngineOptions } from '../engine.ts';
import { fakeEngine } from '../testing.ts';
import { fakeHub, type FakeHub } from './testing.ts';

/** The model of the fake hub. */
export const SOURCE = { repo: 'owner/small' };

/** An error of this code, whose message says so. */
export const code = (wanted: string, message = /./): unknown =>
  expect.objectContaining({ code: wanted, message: expect.stringMatching(message) as unknown });

/** What a world may have of its own. */
export interface World {
  files?: LargeFiles;
  hub?: FakeHub;
  /** Of tabs that share them. */
  locks?: Locks;
  options?: Partial<EngineOptions>;
}

/** An engine with a hub, and a store that outlives it. */
export async function world({ files = memoryLargeFiles(), hub, locks = memoryLocks(), options }: World = {}) {
  const aHub = hub ?? (await fakeHub());
  let time = 0;
  const store = createModelStore(files, locks, () => ++time);
  return {
    ...{ files, hub: aHub },
    ...fakeEngine({
      hub: () => Promise.resolve(aHub),
      models: () => Promise.resolve({ store }),
      ...options,
    }),
  };
}

/** A gate that holds from the `from`-th piece on, and says when somebody stands before it. */
export function gateAt(from: number) {
  let open = (): void => undefined;
  let arrive = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  let pieces = 0;
  const gate = async (): Promise<void> => {
    if (pieces++ < from) return;
    arrive();
    await opened;
  };
  return {
    ...{ gate, arrived },
    open: () => {
      open();
    },
  };
}
