import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnmaskError } from '../errors.ts';
import { crc32 } from './crc32.ts';
import { memoryFiles, memoryLocks, type Files } from './files.ts';
import { createRunStore, type LoadedRun, type RunToSave } from './store.ts';

/** Bytes that say which save they are of, and a teacher, which is that of many saves. */
const data = (mark: number, size = 12, teacher = 7): RunToSave => ({
  meta: { mark, history: [mark, mark + 1] },
  parts: {
    parameters: new Float32Array(size / 4).fill(mark),
    moments: new Blob([new Uint8Array(size + 1).fill(mark)]),
    nothing: new Uint8Array(),
    teacher: new Uint8Array(8).fill(teacher),
  },
});

function expectRun({ meta, parts }: LoadedRun, mark: number, size = 12, teacher = 7): void {
  const saved = data(mark, size);
  expect(meta).toEqual(saved.meta);
  expect([...parts.keys()]).toEqual(['parameters', 'moments', 'nothing', 'teacher']);
  expect(new Float32Array(parts.get('parameters')!)).toEqual(saved.parts['parameters']);
  expect(new Uint8Array(parts.get('moments')!)).toEqual(new Uint8Array(size + 1).fill(mark));
  expect(parts.get('nothing')!.byteLength).toBe(0);
  expect(new Uint8Array(parts.get('teacher')!)).toEqual(new Uint8Array(8).fill(teacher));
}

const storageError = (message: RegExp): unknown =>
  expect.objectContaining({
    name: 'UnmaskError',
    code: 'storage',
    message: expect.stringMatching(message) as string,
  });

/** A store after two saves, and its files. */
async function twice(): Promise<Files> {
  const files = memoryFiles();
  const store = createRunStore(files, memoryLocks());
  await store.save('a', data(1));
  await store.save('a', data(2));
  return files;
}

const copyOf = async (files: Files): Promise<Files> => {
  const copy = memoryFiles();
  for (const name of await files.list()) await copy.write(name, (await files.read(name))!);
  return copy;
};

describe('crc32', () => {
  it('is that of zip', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });
});

describe('a run', () => {
  it('comes back as it was saved, the newest one', async () => {
    const files = memoryFiles();
    let time = 1000;
    const store = createRunStore(files, memoryLocks(), () => (time += 1));
    expect(await store.save('a', data(1))).toEqual({ savedAt: 1001, bytes: 33 });
    for (let mark = 2; mark < 6; mark++) {
      await store.save('a', data(mark));
      const loaded = await store.load('a');
      expectRun(loaded, mark);
      expect([loaded.savedAt, loaded.older]).toEqual([1000 + mark, false]);
      // Two generations of an index and two parts of their own, and two parts that both have.
      expect((await files.list()).length).toBe(8);
    }
    // Another store on the same files, as after a reload.
    expectRun(await createRunStore(files, memoryLocks()).load('a'), 5);
  });

  it('of a view is what the view shows', async () => {
    const store = createRunStore(memoryFiles(), memoryLocks());
    const whole = Float32Array.of(1, 2, 3, 4);
    await store.save('a', { meta: {}, parts: { middle: whole.subarray(1, 3) } });
    const { parts } = await store.load('a');
    expect(new Float32Array(parts.get('middle')!)).toEqual(Float32Array.of(2, 3));
  });

  it('is removed whole, and others stay', async () => {
    const files = await twice();
    const store = createRunStore(files, memoryLocks());
    await store.save('a-b', data(7));
    await files.write('foreign.txt', Uint8Array.of(1));
    await store.remove('a');
    await expect(store.load('a')).rejects.toThrow(
      new UnmaskError('not-found', 'No run called a is saved here.'),
    );
    expectRun(await store.load('a-b'), 7);
    expect((await files.list()).filter((name) => !name.startsWith('a-b.'))).toEqual(['foreign.txt']);
    await expect(store.save('a/b', data(1))).rejects.toThrow(
      new UnmaskError('argument', 'A run cannot be called "a/b": use letters, digits, - and _.'),
    );
  });

  it('is saved by one after the other', async () => {
    const files = memoryFiles();
    const store = createRunStore(files, memoryLocks());
    await Promise.all([1, 2, 3].map((mark) => store.save('a', data(mark))));
    expectRun(await store.load('a'), 3);
    expect((await files.list()).length).toBe(8);
  });
});

describe('damage', () => {
  it('to any byte of any file of the newest generation gives the one before', async () => {
    const intact = await twice();
    const newest = (await intact.list()).filter((name) => name.startsWith('a.2.'));
    // Its other parts are those of the first.
    expect(newest.length).toBe(3);
    for (const name of newest) {
      const bytes = (await intact.read(name))!;
      const damaged: (Uint8Array<ArrayBuffer> | undefined)[] = [undefined];
      for (let at = 0; at < bytes.length; at++) {
        damaged.push(bytes.slice(0, at), bytes.with(at, bytes[at] ^ 1), bytes.with(at, bytes[at] ^ 0x80));
      }
      damaged.push(Uint8Array.of(...bytes, 0));
      for (const version of damaged) {
        const files = await copyOf(intact);
        if (version) await files.write(name, version);
        else await files.remove(name);
        const loaded = await createRunStore(files, memoryLocks()).load('a');
        expect([name, loaded.older, (loaded.meta as { mark: number }).mark]).toEqual([name, true, 1]);
        expectRun(loaded, 1);
      }
    }
  });

  it('to the newest generation is not what the next save keeps', async () => {
    const files = await twice();
    await files.write('a.2.1', Uint8Array.of(9));
    // As after a reload: nobody has loaded anything.
    const store = createRunStore(files, memoryLocks());
    await store.save('a', data(3));
    expect(
      (await files.list())
        .map((name) => name.split('.')[1])
        .sort()
        .join(''),
    ).toBe('11111333');
    await files.remove('a.3.index');
    expectRun(await createRunStore(files, memoryLocks()).load('a'), 1);
  });

  it('to all generations is said in one sentence, and a new save mends it', async () => {
    const files = await twice();
    await files.remove('a.1.0');
    await files.remove('a.2.0');
    const store = createRunStore(files, memoryLocks());
    await expect(store.load('a')).rejects.toEqual(
      storageError(/^a is damaged, and so is what was saved before it: /),
    );
    await store.save('a', data(3));
    expectRun(await store.load('a'), 3);
    expect((await files.list()).every((name) => name.startsWith('a.3.'))).toBe(true);
  });
});

describe('a save that fails', () => {
  /** Files that fail in the n-th change, of whose bytes some get through. */
  function failing(files: Files, at: number, error: Error, share: number): Files & { changes: () => number } {
    let changes = 0;
    const count = (): boolean => changes++ >= at;
    return {
      ...files,
      changes: () => changes,
      write: async (name, bytes) => {
        if (!count()) {
          await files.write(name, bytes);
          return;
        }
        // A crash ends everything: all that comes after it fails too.
        if (changes === at + 1) await files.write(name, bytes.slice(0, Math.floor(share * bytes.length)));
        throw error;
      },
      remove: async (name) => {
        if (count()) throw error;
        await files.remove(name);
      },
    };
  }

  it('anywhere, as in a crash, leaves a whole generation: the new one or the last', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 0, max: 12 }),
      fc.constantFrom(0, 0.5, 1),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(7, 8),
      fc.constantFrom(7, 8),
      async (at, share, saves, teacher, after) => {
        const files = memoryFiles();
        const store = createRunStore(files, memoryLocks());
        for (let mark = 1; mark <= saves; mark++) await store.save('a', data(mark));
        const broken = failing(files, at, new Error('crash'), share);
        const saved = await createRunStore(broken, memoryLocks())
          .save('a', data(9, 12, teacher))
          .then(
            () => true,
            () => false,
          );
        const loaded = await createRunStore(files, memoryLocks()).load('a');
        const { mark } = loaded.meta as { mark: number };
        if (saved) expect(mark).toBe(9);
        else expect([saves, 9]).toContain(mark);
        expectRun(loaded, mark, 12, mark === 9 ? teacher : 7);
        // And going on from there works, with nothing left over.
        const next = createRunStore(files, memoryLocks());
        await next.save('a', data(10, 12, after));
        expectRun(await next.load('a'), 10, 12, after);
        const changed = after !== (mark === 9 ? teacher : 7);
        expect((await files.list()).length).toBe(changed ? 9 : 8);
      },
    );
    await fc.assert(property, { numRuns: 200, seed: 1 });
  });

  it.each([
    new DOMException('The quota has been exceeded.', 'QuotaExceededError'),
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
  ])('for want of room says so: %s', async (error) => {
    const files = await twice();
    // Removing the oldest generation takes four changes; then the disk is full, but files can be removed.
    let room = 1;
    const full: Files = {
      ...files,
      write: (name, bytes) => (room-- > 0 ? files.write(name, bytes) : Promise.reject(error)),
    };
    const store = createRunStore(full, memoryLocks());
    await expect(store.save('a', data(3, 2_000_000))).rejects.toEqual(
      storageError(
        /^There is no room to save a, which takes 4\.0 MB: remove saved runs, or free space for this site\.$/,
      ),
    );
    expectRun(await store.load('a'), 2);
    expect((await files.list()).sort()).toEqual(['a.1.2', 'a.1.3', 'a.2.0', 'a.2.1', 'a.2.index']);
  });

  it('otherwise names the reason', async () => {
    const broken = failing(memoryFiles(), 0, new Error('the folder is gone'), 0);
    await expect(createRunStore(broken, memoryLocks()).save('a', data(1))).rejects.toEqual(
      storageError(/^a could not be saved \(the folder is gone\)/),
    );
  });
});

describe('a part that stays as it was', () => {
  /** Names of the files that a save writes. */
  async function writtenBy(files: Files, saved: RunToSave): Promise<string[]> {
    const names: string[] = [];
    const spied: Files = {
      ...files,
      write: async (name, bytes) => {
        names.push(name);
        await files.write(name, bytes);
      },
    };
    await createRunStore(spied, memoryLocks()).save('a', saved);
    return names;
  }

  it('is not written again, however many saves there are', async () => {
    const files = memoryFiles();
    for (let mark = 1; mark < 5; mark++) {
      const names = await writtenBy(files, data(mark));
      if (mark > 1) expect(names).toEqual([`a.${mark}.0`, `a.${mark}.1`, `a.${mark}.index`]);
      expectRun(await createRunStore(files, memoryLocks()).load('a'), mark);
    }
    expect(await files.read('a.1.3')).toBeDefined();
    // Another teacher; the old one goes with the last generation that has it.
    expect(await writtenBy(files, data(5, 12, 8))).toContain('a.5.3');
    expect(await files.read('a.1.3')).toBeDefined();
    expect(await writtenBy(files, data(6, 12, 8))).not.toContain('a.6.3');
    expect(await files.read('a.1.3')).toBeUndefined();
    expectRun(await createRunStore(files, memoryLocks()).load('a'), 6, 12, 8);
  });

  it('is written again where it was damaged, or has another name', async () => {
    const files = memoryFiles();
    const store = createRunStore(files, memoryLocks());
    await store.save('a', data(1));
    await store.save('a', data(2));
    // Behind the back of the store, which holds the generation for whole.
    await files.write('a.1.3', Uint8Array.of(7, 7, 7, 7, 7, 7, 7, 6));
    await store.save('a', data(3));
    expectRun(await createRunStore(files, memoryLocks()).load('a'), 3);
    const { teacher, ...parts } = data(3).parts;
    expect(await writtenBy(files, { meta: {}, parts: { ...parts, another: teacher } })).toContain('a.4.3');
  });

  it('of a run of version 1 is found where its generation has it', async () => {
    const files = memoryFiles();
    await createRunStore(files, memoryLocks()).save('a', data(1));
    const json = new TextDecoder()
      .decode(await files.read('a.1.index'))
      .slice(9)
      .replace('"version":2', '"version":1');
    const crc = crc32(new TextEncoder().encode(json)).toString(16).padStart(8, '0');
    await files.write('a.1.index', new TextEncoder().encode(`${crc}\n${json}`));
    const store = createRunStore(files, memoryLocks());
    expectRun(await store.load('a'), 1);
    await store.save('a', data(2));
    expectRun(await store.load('a'), 2);
  });
});

describe('a run of a newer version', () => {
  it('is refused in one sentence and never touched', async () => {
    const files = await twice();
    const json = JSON.stringify({ version: 3, anything: 'else' });
    const crc = crc32(new TextEncoder().encode(json)).toString(16).padStart(8, '0');
    await files.write('a.3.index', new TextEncoder().encode(`${crc}\n${json}`));
    const before = (await files.list()).sort();
    const store = createRunStore(files, memoryLocks());
    const error = storageError(/^a was saved by a newer version of this page: reload the page/);
    await expect(store.load('a')).rejects.toEqual(error);
    await expect(store.save('a', data(4))).rejects.toEqual(error);
    expect((await files.list()).sort()).toEqual(before);
    expect(await store.list()).toEqual([
      {
        ...{ run: 'a', savedAt: 0, bytes: 0, busy: false },
        problem: 'a was saved by a newer version of this page: reload the page to get that version.',
      },
    ]);
  });
});

describe('the list', () => {
  it('has all runs, the last one first, and what is wrong with them', async () => {
    const files = memoryFiles();
    const locks = memoryLocks();
    let time = 0;
    const store = createRunStore(files, locks, () => (time += 1));
    expect(await store.list()).toEqual([]);
    await store.save('old', data(1));
    await store.save('broken', data(2));
    await store.save('new', data(3));
    await files.write('broken.1.index', Uint8Array.of(1, 2, 3));
    const release = await store.lock('old');
    expect(await store.list()).toEqual([
      { run: 'new', savedAt: 3, bytes: 33, busy: false, meta: data(3).meta },
      { run: 'old', savedAt: 1, bytes: 33, busy: true, meta: data(1).meta },
      {
        ...{ run: 'broken', savedAt: 0, bytes: 0, busy: false },
        problem: 'broken is damaged, and so is what was saved before it: remove it and start anew.',
      },
    ]);
    // Another store of the same page: the lock is between them all.
    const other = createRunStore(files, locks);
    expect(await other.lock('old')).toBeUndefined();
    expect(await other.lock('new')).toBeDefined();
    release!();
    release!();
    expect(await other.lock('old')).toBeDefined();
  });
});
