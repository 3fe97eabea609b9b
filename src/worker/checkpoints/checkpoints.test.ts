import { describe, expect, it } from 'vitest';
import {
  memoryLargeFiles,
  readSmall,
  writeSmall,
  type LargeFiles,
} from '../../model/checkpoint/store/files.ts';
import { createModelStore } from '../../model/checkpoint/store/model-store.ts';
import { memoryLocks, type Locks } from '../../model/distill/files.ts';
import { memoryStores } from '../distill/services.ts';
import type { EngineOptions } from '../engine.ts';
import type { LoadProgress } from '../protocol.ts';
import { fakeEngine } from '../testing.ts';
import { HubModels } from './hub-models.ts';
import { removeStored } from './stored.ts';
import { fakeHub, PIECE, type FakeHub } from './testing.ts';

const SOURCE = { repo: 'owner/small' };

const code = (wanted: string, message = /./): unknown =>
  expect.objectContaining({ code: wanted, message: expect.stringMatching(message) as unknown });

interface World {
  files?: LargeFiles;
  hub?: FakeHub;
  /** Of tabs that share them. */
  locks?: Locks;
  options?: Partial<EngineOptions>;
}

/** An engine with a hub, and a store that outlives it. */
async function world({ files = memoryLargeFiles(), hub, locks = memoryLocks(), options }: World = {}) {
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
function gateAt(from: number) {
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

describe('fetchModel', () => {
  it('keeps a model that later visits list and open without the hub', async () => {
    const { engine, hub, files } = await world();
    const progress: LoadProgress[] = [];
    const info = await engine.call('fetchModel', SOURCE, { onProgress: (p) => progress.push(p) });
    expect(info).toMatchObject({ id: 'small', origin: 'hub', title: 'A small model', vocabulary: 131 });
    expect(progress.at(-1)).toEqual({
      ...{ model: 'small', stage: 'fetch', loaded: hub.weights.size, total: hub.weights.size },
    });
    expect(hub.sent).toBe(hub.weights.size);
    await engine.call('fetchModel', SOURCE);
    expect(hub.sent).toBe(hub.weights.size);

    const later = await world({ files, hub });
    hub.offline = true;
    expect((await later.engine.call('models', {})).at(-1)).toEqual(info);
    const { shape } = await later.engine.call('logits', { model: 'small', tokens: [[1, 130]] });
    expect(shape).toEqual([1, 2, 131]);
    const [{ usedAt, addedAt, ...stored }] = (await later.engine.call('storeState', {})).models;
    expect(usedAt).toBeGreaterThan(0);
    expect(addedAt).toBeGreaterThan(0);
    expect(stored).toMatchObject({
      ...{ model: 'small', title: 'A small model', origin: 'hub', keep: 'file' },
      source: { repo: 'owner/small', revision: 'main', commit: hub.commit },
    });
    // Nobody answers: what was fetched of the revision serves.
    expect(await later.engine.call('open', SOURCE)).toBe('small');
    await expect(later.engine.call('open', { repo: 'owner/other' })).rejects.toEqual(code('network'));
    const known = await later.engine.call('preflight', SOURCE);
    expect(known).toMatchObject({ name: 'A small model', kept: 'here', downloadBytes: 0, fits: true });
    expect(known.parameters).toBeGreaterThan(0);
    await expect(later.engine.call('preflight', { repo: 'owner/other' })).rejects.toEqual(code('network'));
  });

  it('goes on beside other calls', async () => {
    const locks = memoryLocks();
    const { engine, hub, files } = await world({ locks });
    const { gate, open, arrived } = gateAt(1);
    hub.gate = gate;
    const fetching = engine.call('fetchModel', SOURCE);
    await arrived;
    expect((await engine.call('sample', { model: 'student', length: 3 })).text).toHaveLength(1);
    expect((await engine.call('storeState', {})).partial).toMatchObject([{ busy: true }]);
    // Another tab is told so before it tries.
    expect((await engine.call('preflight', SOURCE)).by.file.busy).toBeUndefined();
    const other = await world({ files, hub, locks });
    const { by } = await other.engine.call('preflight', SOURCE);
    expect([by.file.busy, by.f16.busy]).toEqual([true, undefined]);
    await expect(other.engine.call('fetchModel', SOURCE)).rejects.toEqual(
      code('storage', /^A small model is being fetched .*in another tab/),
    );
    await expect(engine.call('storeRemove', { source: SOURCE })).rejects.toEqual(
      code('storage', /is being fetched/),
    );
    open();
    await fetching;
  });

  it('is one download for all who ask, stops once nobody does, and goes on later', async () => {
    const { engine, hub } = await world();
    const { gate, open, arrived } = gateAt(1);
    hub.gate = gate;
    const [a, b] = [new AbortController(), new AbortController()];
    const first = engine.call('fetchModel', SOURCE, { signal: a.signal });
    const second = engine.call('open', SOURCE, { signal: b.signal });
    await arrived;
    a.abort();
    await expect(first).rejects.toEqual(code('aborted'));
    b.abort();
    await expect(second).rejects.toEqual(code('aborted'));
    // This one waits until the other has let go.
    const loaded: number[] = [];
    const third = engine.call('fetchModel', SOURCE, { onProgress: (p) => loaded.push(p.loaded) });
    open();
    await third;
    expect(loaded[0]).toBe(PIECE);
    expect(hub.sent).toBe(hub.weights.size);
    expect((await engine.call('storeState', {})).partial).toEqual([]);
  });

  it('is gone on with by another visit, and preflight says what is left', async () => {
    const { engine, hub, files } = await world();
    const { gate, arrived, open } = gateAt(2);
    hub.gate = gate;
    const controller = new AbortController();
    const fetching = engine.call('fetchModel', SOURCE, { signal: controller.signal });
    await arrived;
    controller.abort();
    open();
    await expect(fetching).rejects.toEqual(code('aborted'));
    await new Promise((resolve) => setTimeout(resolve, 10));

    const later = await world({ files, hub });
    const { partial } = await later.engine.call('storeState', {});
    expect(partial).toMatchObject([
      {
        source: { repo: 'owner/small' },
        keep: 'file',
        loaded: 2 * PIECE,
        total: hub.weights.size,
        busy: false,
      },
    ]);
    hub.other = { dtype: 'F16' };
    const before = await later.engine.call('preflight', SOURCE);
    expect([before.haveBytes, before.downloadBytes]).toEqual([2 * PIECE, hub.weights.size + 100 - 2 * PIECE]);
    await later.engine.call('fetchModel', SOURCE);
    expect(hub.sent).toBe(hub.weights.size);
    const after = await later.engine.call('preflight', SOURCE);
    expect([after.kept, after.downloadBytes, after.haveBytes]).toEqual(['here', 0, hub.weights.size]);
  });

  it('refuses a model that does not fit before it is fetched', async () => {
    const { engine, hub } = await world();
    const { config } = await hub.describe(await hub.list(hub.check(SOURCE), {}), {});
    hub.other = { config: { ...config, hidden: 2 ** 20 } };
    expect((await engine.call('preflight', SOURCE)).fits).toBe(false);
    await expect(engine.call('open', SOURCE)).rejects.toEqual(code('limit', /maxStorageBufferBindingSize/));
    expect([hub.sent, (await engine.call('storeState', {})).partial]).toEqual([0, []]);
  });

  it('goes on in memory where there is no room, and says which models are only there', async () => {
    const files = memoryLargeFiles();
    let room = PIECE + 5000;
    const small: LargeFiles = {
      ...files,
      append: async (name, at) => {
        const file = await files.append(name, at);
        const write: typeof file.write = (bytes) => {
          if (bytes.length > room) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
          room -= bytes.length;
          return file.write(bytes);
        };
        return { ...file, write };
      },
    };
    const { engine, hub, made } = await world({ files: small });
    expect(await engine.call('open', SOURCE)).toBe('small');
    const state = await engine.call('storeState', {});
    expect([state.models, state.partial]).toEqual([[], []]);
    expect(state.inMemory).toEqual([
      { model: 'small', title: 'A small model', bytes: hub.weights.size, why: 'no-room' },
    ]);
    const { data } = await engine.call('logits', { model: 'small', tokens: [[1]] });
    expect(data).toHaveLength(131);
    const gone = await engine.call('storeRemove', { model: 'small' });
    expect([gone.inMemory, made[0].destroyed, await files.list()]).toEqual([[], true, []]);
    await expect(engine.call('load', { model: 'small' })).rejects.toEqual(
      code('unknown-model', /^A small model was deleted: open it again/),
    );
  });

  it('checks what it is given', async () => {
    const { engine, hub } = await world();
    const bad: [object, RegExp][] = [
      [{ repo: 7 }, /repo is 7/],
      [{ repo: 'small' }, /owner\/name/],
      [{ ...SOURCE, revision: 1 }, /revision is 1/],
      [{ ...SOURCE, keep: 'f8' }, /keep is "f8": give "file" or "f16"/],
      [{ ...SOURCE, storage: 'f8' }, /storage is "f8"/],
    ];
    for (const [source, message] of bad) {
      await expect(engine.call('open', source as never)).rejects.toEqual(code('argument', message));
    }
    await expect(engine.call('storeRemove', {} as never)).rejects.toEqual(code('argument', /all: true/));
    await expect(engine.call('preflight', 7 as never)).rejects.toEqual(code('argument', /takes an object/));
    expect(hub.sent).toBe(0);
  });
});

describe('open', () => {
  it('fetches, sets up as asked, and sets up anew after the device was lost', async () => {
    const { engine, gpu, hub, made } = await world();
    const id = await engine.call('open', { ...SOURCE, storage: 'f16' });
    expect([id, made.length]).toEqual(['small', 1]);
    await engine.call('open', SOURCE);
    expect(made.length).toBe(1);
    await engine.call('open', { ...SOURCE, storage: 'f32' });
    expect([made.length, made[0].destroyed]).toEqual([2, true]);
    gpu.lose('test');
    await new Promise((resolve) => setTimeout(resolve));
    await engine.call('logits', { model: id, tokens: [[1]] });
    expect([made.length, hub.sent]).toEqual([3, hub.weights.size]);
  });

  it('takes the newest commit, and tells the models apart', async () => {
    const { engine, hub } = await world();
    await engine.call('open', SOURCE);
    hub.commit = 'b'.repeat(40);
    expect(await engine.call('open', SOURCE)).toBe('small-2');
    expect((await engine.call('storeState', {})).models.map(({ model }) => model)).toEqual([
      'small-2',
      'small',
    ]);
  });
});

describe('the store', () => {
  it('removes a model, and lets go of it where it is in use', async () => {
    const { engine, files, made } = await world();
    await engine.call('fetchModel', SOURCE);
    const { models, inMemory } = await engine.call('storeRemove', { model: 'small' });
    expect([models, inMemory]).toEqual([[], []]);
    await expect(engine.call('load', { model: 'small' })).rejects.toEqual(code('unknown-model'));
    await engine.call('open', SOURCE);
    const used = await engine.call('storeRemove', { model: 'small' });
    expect([used.models, used.inMemory, made[0].destroyed]).toEqual([[], [], true]);
    expect(await files.list()).toEqual([]);
    for (const name of ['load', 'exportModel', 'exportOnnx'] as const) {
      await expect(engine.call(name, { model: 'small' })).rejects.toEqual(
        code('unknown-model', /^A small model was deleted/),
      );
    }
    // Fetched again it is one model, and the same.
    expect(await engine.call('open', SOURCE)).toBe('small');
    expect((await engine.call('models', {})).filter(({ origin }) => origin === 'hub')).toHaveLength(1);
    await engine.call('storeRemove', { model: 'small' });
    await expect(engine.call('storeRemove', { model: 'teacher' })).rejects.toEqual(code('not-found'));
    await expect(engine.call('storeRemove', { source: SOURCE })).rejects.toEqual(code('not-found'));
  });

  it('lets a call that is at work come to its end before the model goes', async () => {
    const { engine, made } = await world();
    await engine.call('open', SOURCE);
    const { gate, arrived, open } = gateAt(0);
    made[0].gate = gate;
    const sampling = engine.call('sample', { model: 'small', length: 3 });
    await arrived;
    const removing = engine.call('storeRemove', { model: 'small' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([made[0].destroyed, (await engine.call('storeState', {})).models.length]).toEqual([false, 1]);
    open();
    await sampling;
    expect((await removing).models).toEqual([]);
    expect(made[0].destroyed).toBe(true);
  });

  it('removes all that can be removed, and says by title what is left', async () => {
    const { engine, hub } = await world();
    await engine.call('fetchModel', SOURCE);
    const { gate, arrived, open } = gateAt(1);
    hub.gate = gate;
    const fetching = engine.call('fetchModel', { ...SOURCE, keep: 'f16' });
    await arrived;
    const { models, partial, notRemoved } = await engine.call('storeRemove', { all: true });
    expect([models, partial.length]).toEqual([[], 1]);
    expect(notRemoved).toEqual([expect.stringMatching(/^A small model is being fetched/)]);
    open();
    await fetching;
    const after = await engine.call('storeRemove', { all: true });
    expect([after.models, after.partial, after.notRemoved]).toEqual([[], [], undefined]);
  });

  it('removes one of two downloads of a source, and goes on with the other as it was begun', async () => {
    const { engine, hub, files } = await world();
    const { gate, open } = gateAt(1);
    hub.gate = gate;
    for (const keep of ['file', 'f16'] as const) {
      const controller = new AbortController();
      const { signal } = controller;
      const fetching = engine.call('fetchModel', { ...SOURCE, keep, storage: 'f16' }, { signal });
      await new Promise((resolve) => setTimeout(resolve, 10));
      controller.abort();
      await expect(fetching).rejects.toEqual(code('aborted'));
    }
    open();
    await new Promise((resolve) => setTimeout(resolve, 10));
    const both = await engine.call('storeState', {});
    expect(both.partial.map(({ keep, storage }) => [keep, storage]).sort()).toEqual([
      ['f16', 'f16'],
      ['file', 'f16'],
    ]);
    const bad = { source: SOURCE, keep: 'f8' } as never;
    await expect(engine.call('storeRemove', bad)).rejects.toEqual(code('argument', /keep is "f8"/));
    const { partial } = await engine.call('storeRemove', { source: SOURCE, keep: 'f16' });
    expect(partial.map(({ keep }) => keep)).toEqual(['file']);

    const later = await world({ files, hub });
    await later.engine.call('fetchModel', { ...SOURCE, keep: 'file' });
    // What it was begun with decides how it lies on the GPU.
    expect((await later.engine.call('preflight', SOURCE)).proposal.storage).toBe('f16');
  });

  it('drops a download of an older commit when one of the newer begins', async () => {
    const { engine, hub } = await world();
    const { gate, arrived, open } = gateAt(1);
    hub.gate = gate;
    const controller = new AbortController();
    const fetching = engine.call('fetchModel', SOURCE, { signal: controller.signal });
    await arrived;
    controller.abort();
    open();
    await expect(fetching).rejects.toEqual(code('aborted'));
    hub.commit = 'b'.repeat(40);
    await engine.call('fetchModel', SOURCE);
    const { models, partial } = await engine.call('storeState', {});
    expect([models[0].source?.commit, partial]).toEqual([hub.commit, []]);
  });

  it('keeps the teacher of an open distillation', async () => {
    const { engine, files } = await world();
    await engine.call('fetchModel', SOURCE);
    const store = createModelStore(files, memoryLocks());
    const stores = memoryStores();
    const forgotten: string[] = [];
    const services: Parameters<typeof removeStored>[0] = {
      models: new HubModels({} as never),
      store: () => Promise.resolve({ store }),
      trained: () => Promise.resolve(stores),
      inUse: () => true,
      forget: (id) => forgotten.push(id),
      teacher: () => Promise.resolve('small'),
      turn: (task) => task(),
    };
    await expect(removeStored(services, { model: 'small' })).rejects.toEqual(
      code('storage', /^A small model is the teacher of the distillation that is open: discard that/),
    );
    expect(await removeStored(services, { all: true })).toEqual([expect.stringMatching(/is the teacher/)]);
    expect([(await store.list()).models.length, forgotten]).toEqual([1, []]);
    services.teacher = () => Promise.resolve(undefined);
    expect(await removeStored(services, { all: true })).toEqual([]);
    expect([(await store.list()).models, forgotten]).toEqual([[], ['small']]);
  });

  it('says whether a model is still what was stored', async () => {
    const { engine, files } = await world();
    await engine.call('fetchModel', SOURCE);
    const progress: LoadProgress[] = [];
    const onProgress = (p: LoadProgress): unknown => progress.push(p);
    expect(await engine.call('storeVerify', { model: 'small' }, { onProgress })).toEqual({ whole: true });
    expect(progress.at(-1)).toMatchObject({ model: 'small', stage: 'verify' });
    const name = (await files.list()).find((file) => file.endsWith('.weights'))!;
    const bytes = (await readSmall(files, name))!;
    await writeSmall(files, name, bytes.with(9999, bytes[9999] ^ 4));
    const { whole, problem } = await engine.call('storeVerify', { model: 'small' });
    expect([whole, problem]).toEqual([false, expect.stringMatching(/^small is damaged, its weights/)]);
    await expect(engine.call('storeVerify', { model: 'x' })).rejects.toEqual(code('not-found', /no model x/));
  });

  it('lists what was trained here too, verifies and removes it', async () => {
    const stores = memoryStores();
    const { engine, files } = await world({ options: { stores: () => Promise.resolve(stores) } });
    const info = {
      kind: 'student',
      vocabulary: 5,
      length: 8,
      origin: 'distilled',
      title: 'A student',
      bytes: 8,
    };
    const meta = { info, id: 'teacher-8', source: { config: {} }, vocabulary: 5 };
    await stores.students.save('teacher-8', { meta, parts: { parameters: new Float32Array(2) } });
    await engine.call('fetchModel', SOURCE);
    const { models } = await engine.call('storeState', {});
    expect(models.map(({ model, origin }) => [model, origin])).toEqual([
      ['teacher-8', 'distilled'],
      ['small', 'hub'],
    ]);
    expect(await engine.call('storeVerify', { model: 'teacher-8' })).toEqual({ whole: true });
    expect((await engine.call('models', {})).map(({ id }) => id)).toContain('teacher-8');
    await engine.call('storeRemove', { model: 'teacher-8' });
    expect((await engine.call('models', {})).map(({ id }) => id)).not.toContain('teacher-8');
    await stores.students.save('teacher-4', { meta, parts: {} });
    const left = await engine.call('storeRemove', { all: true });
    expect([left.models, left.partial, await files.list()]).toEqual([[], [], []]);
  });

  it('says what room there is', async () => {
    const storage = {
      estimate: () => Promise.resolve({ usage: 10, quota: 100_000 }),
      persisted: () => Promise.resolve(false),
    };
    const { engine } = await world({ options: { storage } });
    expect(await engine.call('storeState', {})).toMatchObject({
      usage: 10,
      quota: 100_000,
      persisted: false,
    });
    const { kept, freeBytes, reasons } = await engine.call('preflight', SOURCE);
    expect([kept, freeBytes]).toEqual(['memory', 99_990]);
    expect(reasons.join()).toMatch(/room for 0\.1 MB only/);
    const nowhere = fakeEngine();
    expect((await nowhere.engine.call('storeState', {})).unsaved).toMatch(/gone with this program/);
  });
});
