import { describe, expect, it } from 'vitest';
import { alignBytes, GpuOutOfMemory, StagingRing } from './buffers.ts';
import { readBuffer, submit } from './recorder.ts';
import { useTestGpu } from './testing.ts';

const test = useTestGpu();

async function failure(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
}

it('rounds bytes up to a unit, and never to nothing', () => {
  expect([0, 1, 4, 5].map((bytes) => alignBytes(bytes))).toEqual([4, 4, 4, 8]);
  expect([0, 16, 17].map((bytes) => alignBytes(bytes, 16))).toEqual([16, 16, 32]);
});

it('says on which adapter it runs', () => {
  expect(test.gpu.adapter.name).not.toBe('unknown adapter');
  expect(test.gpu.adapter.software).toBe(test.gpu.adapter.name.endsWith('(software)'));
});

describe('Arena', () => {
  it('counts what is in use by owner, until it is freed', () => {
    const { memory, counters } = test.gpu;
    const before = { ...counters };
    const weights = memory.arena('weights');
    const scratch = memory.arena('scratch');
    weights.storage('matrix', 1001);
    weights.uniform('shape', 20);
    scratch.storageOf('tokens', Uint32Array.of(1, 2, 3));
    scratch.uniformOf('part', Uint32Array.of(1));
    scratch.readback('result', 6);
    expect(memory.usage()).toEqual([
      { owner: 'weights', buffers: 2, bytes: 1004 + 32 },
      { owner: 'scratch', buffers: 3, bytes: 12 + 16 + 8 },
    ]);
    expect(memory.total()).toEqual({ buffers: 5, bytes: 1036 + 36 });
    expect(counters.buffersCreated - before.buffersCreated).toBe(5);
    expect(counters.bytesWritten - before.bytesWritten).toBe(16);
    scratch.clear();
    expect(memory.usage()[1]).toEqual({ owner: 'scratch', buffers: 0, bytes: 0 });
    weights.destroy();
    expect(memory.usage().map(({ owner }) => owner)).toEqual(['scratch']);
    scratch.destroy();
    expect(memory.total()).toEqual({ buffers: 0, bytes: 0 });
  });

  it('holds the data it is given, also from inside a larger array', async () => {
    const arena = test.gpu.memory.arena('data');
    const buffer = arena.storageOf('middle', Uint32Array.of(1, 2, 3, 4).subarray(1, 3));
    expect([...new Uint32Array(await readBuffer(test.gpu, buffer))]).toEqual([2, 3]);
    test.gpu.write(buffer, 4, Uint32Array.of(7, 8).subarray(1));
    expect([...new Uint32Array(await readBuffer(test.gpu, buffer))]).toEqual([2, 8]);
    expect([...new Uint32Array(await readBuffer(test.gpu, buffer, 4, 4))]).toEqual([8]);
    arena.destroy();
  });
});

describe('checked', () => {
  // Above maxBufferSize of every device.
  const HUGE = 2 ** 45;

  it('gives what was allocated', async () => {
    const arena = test.gpu.memory.arena('good');
    const buffer = await arena.checked('a matrix', 64, () => arena.storage('matrix', 64));
    expect(buffer.size).toBe(64);
    expect(arena.bytes).toBe(64);
    arena.destroy();
  });

  it('names the bytes that do not fit, and frees what it took', async () => {
    const arena = test.gpu.memory.arena('large');
    const kept = arena.storageOf('kept', Uint32Array.of(5));
    const error = await failure(
      arena.checked('a model', HUGE + 8, () => [arena.storage('small', 8), arena.storage('huge', HUGE)]),
    );
    expect(error).toBeInstanceOf(GpuOutOfMemory);
    expect(error).toMatchObject({ what: 'a model', bytes: HUGE + 8 });
    expect(String(error)).toContain('no room for a model (33,554,432.0 MiB');
    expect([arena.buffers, arena.bytes]).toEqual([1, 4]);
    expect([...new Uint32Array(await readBuffer(test.gpu, kept))]).toEqual([5]);
    arena.destroy();
  });

  it('counts a storage buffer that is too large to bind as one that does not fit', async () => {
    const arena = test.gpu.memory.arena('unbindable');
    const bytes = test.gpu.device.limits.maxStorageBufferBindingSize + 4;
    expect(bytes).toBeLessThan(test.gpu.device.limits.maxBufferSize);
    expect(
      await failure(arena.checked('activations', bytes, () => arena.storage('wide', bytes))),
    ).toMatchObject({ name: 'GpuOutOfMemory', bytes });
    expect(arena.buffers).toBe(0);
    arena.destroy();
  });

  it('keeps attempts at the same time apart', async () => {
    const arena = test.gpu.memory.arena('shared');
    const other = test.gpu.memory.arena('other');
    const slowly = async (bytes: number) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return other.storage('slow', bytes);
    };
    const results = await Promise.allSettled([
      other.checked('slow', 32, () => slowly(32)),
      arena.checked('huge', HUGE, () => arena.storage('huge', HUGE)),
      arena.checked('small', 16, () => arena.storage('small', 16)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect([arena.buffers, arena.bytes, other.bytes]).toEqual([1, 16, 32]);
    arena.destroy();
    other.destroy();
  });

  it('passes on what an allocation throws, with its buffers freed once', async () => {
    const arena = test.gpu.memory.arena('thrower');
    const attempt = () =>
      arena.checked('late', 8, async () => {
        arena.storage('first', 8);
        await Promise.resolve();
        throw new Error('does not compile');
      });
    expect(String(await failure(attempt()))).toBe('Error: does not compile');
    expect([arena.buffers, arena.bytes]).toEqual([0, 0]);
    const second = attempt();
    arena.clear();
    await failure(second);
    expect([arena.buffers, arena.bytes]).toEqual([0, 0]);
    arena.destroy();
  });
});

describe('StagingRing', () => {
  it('reads in order, more often than it has slots, without waiting in between', async () => {
    const arena = test.gpu.memory.arena('ring');
    const ring = new StagingRing(arena, 12, 2);
    const source = arena.storage('source', 12);
    const reads: Promise<ArrayBuffer>[] = [];
    for (let i = 0; i < 7; i++) {
      test.gpu.write(source, 0, Uint32Array.of(i, 10 * i, 100 * i));
      const { buffer, read } = await ring.take();
      submit(test.gpu, [], [{ from: source, to: buffer, bytes: 12 }]);
      // An odd number of bytes is given as asked.
      reads.push(read(i === 6 ? 5 : 12));
    }
    const words = (await Promise.all(reads.slice(0, 6))).map((bytes) => [...new Uint32Array(bytes)]);
    expect(words).toEqual([0, 1, 2, 3, 4, 5].map((i) => [i, 10 * i, 100 * i]));
    expect([...new Uint8Array(await reads[6])]).toEqual([6, 0, 0, 0, 60]);
    expect(arena.buffers).toBe(3);
    arena.destroy();
  });

  it('goes on after a read that failed', async () => {
    const arena = test.gpu.memory.arena('ring');
    const ring = new StagingRing(arena, 4, 1);
    test.gpu.device.pushErrorScope('validation');
    // More than the slot holds.
    expect(await failure((await ring.take()).read(64))).toBeInstanceOf(Error);
    await test.gpu.device.popErrorScope();
    const { buffer, read } = await ring.take();
    submit(test.gpu, [], [{ from: arena.storageOf('source', Uint32Array.of(9)), to: buffer, bytes: 4 }]);
    expect([...new Uint32Array(await read(4))]).toEqual([9]);
    arena.destroy();
  });
});
