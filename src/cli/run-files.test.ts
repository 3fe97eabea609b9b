import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunStore } from '../model/distill/store.ts';
import { nodeFiles, processLocks } from './run-files.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'unmask-runs-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('a store on the disk', () => {
  it('saves, loads and removes, in a folder that it makes', async () => {
    const folder = join(root, 'deep', 'runs');
    const store = createRunStore(nodeFiles(folder), processLocks(folder));
    expect(await store.list()).toEqual([]);
    for (const mark of [1, 2, 3]) {
      await store.save('a', { meta: { mark }, parts: { p: Float32Array.of(mark) } });
    }
    const release = await store.lock('a');
    const again = createRunStore(nodeFiles(folder), processLocks(folder));
    const { meta, parts } = await again.load('a');
    expect([meta, [...new Float32Array(parts.get('p')!)]]).toEqual([{ mark: 3 }, [3]]);
    expect((await again.list()).map(({ run, busy }) => [run, busy])).toEqual([['a', true]]);
    expect((await readdir(folder)).sort()).toEqual([
      ...['a.2.0', 'a.2.index', 'a.3.0', 'a.3.index'],
      'unmask-run-a.lock',
    ]);
    release!();
    await again.remove('a');
    expect(await readdir(folder)).toEqual([]);
    expect(await nodeFiles(folder).read('nothing')).toBeUndefined();
  });
});

describe('a lock of processes', () => {
  it('is held by a living one and free after a dead one', async () => {
    const locks = processLocks(root);
    // A process that has ended, a number that is none, and one that lives: our parent.
    const dead = spawnSync(process.execPath, ['--version']).pid;
    for (const content of [String(dead), 'garbage', '']) {
      await writeFile(join(root, 'a.lock'), content);
      expect(await locks.taken('a')).toBe(false);
      const release = await locks.take('a');
      expect([await locks.taken('a'), await locks.take('a')]).toEqual([true, undefined]);
      release!();
      expect(await locks.taken('a')).toBe(false);
    }
    await writeFile(join(root, 'a.lock'), String(process.ppid));
    expect(await locks.take('a')).toBeUndefined();
  });
});
