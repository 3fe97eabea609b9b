import { describe, expect, it } from 'vitest';
import type { Gpu } from './device.ts';
import { defineKernel } from './kernel.ts';
import { profile, readBuffer, submit } from './recorder.ts';
import { useTestGpu } from './testing.ts';

const body = (line: string) => `
struct Part { factor: u32, offset: u32 }
@group(0) @binding(0) var<uniform> part: Part;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3<u32>) {
  let i = id.x + 2u * id.y + 4u * id.z;
  ${line}
}`;
const AFFINE = defineKernel('affine', [body('y[i] = y[i] * part.factor + part.offset;')], {
  part: 'dynamic-uniform',
  y: 'read-write',
});
const INDEX = defineKernel('index', [body('y[i] += part.factor * i;')], {
  part: 'uniform',
  y: 'read-write',
});

/** Launches, in an arena of their own, that make y = [5, 8, ...]: affine to (2, 2), index, affine to y + 3. */
async function recording(gpu: Gpu) {
  const arena = gpu.memory.arena('recording');
  const y = arena.storageOf('y', new Uint32Array(8).fill(1));
  const parts = new Uint32Array(128);
  parts.set([0, 2], 0);
  parts.set([1, 3], 64);
  const [affine, index] = [await gpu.kernels.compile(AFFINE), await gpu.kernels.compile(INDEX)];
  // A range: one part of the two, moved by the offset of the launch.
  const bound = affine.bind({ part: { buffer: arena.uniformOf('parts', parts), size: 8 }, y });
  const indexed = index.bind({ part: arena.uniformOf('part', Uint32Array.of(3, 0)), y });
  return { arena, y, launches: [bound([2, 2, 2], 0), indexed([2, 2, 2]), bound([2, 2, 2], 256)] };
}

const EXPECTED = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => 2 + 3 * i + 3);

describe('submit', () => {
  const test = useTestGpu();

  it('runs launches in order and then the copies, in one pass and one submit', async () => {
    const { arena, y, launches } = await recording(test.gpu);
    const whole = arena.storage('whole', 32);
    const part = arena.storage('part', 12);
    const before = { ...test.gpu.counters };
    submit(test.gpu, launches, [
      { from: y, to: whole, bytes: 32 },
      { from: y, fromOffset: 8, to: part, toOffset: 4, bytes: 8 },
    ]);
    const { dispatches, passes, submits } = test.gpu.counters;
    expect([dispatches - before.dispatches, passes - before.passes, submits - before.submits]).toEqual([
      3, 1, 1,
    ]);
    expect([...new Uint32Array(await readBuffer(test.gpu, y))]).toEqual(EXPECTED);
    expect([...new Uint32Array(await readBuffer(test.gpu, whole))]).toEqual(EXPECTED);
    expect([...new Uint32Array(await readBuffer(test.gpu, part))]).toEqual([0, EXPECTED[2], EXPECTED[3]]);
    arena.destroy();
  });

  it('says what a launch was made of', async () => {
    const { arena, launches } = await recording(test.gpu);
    expect(launches.map(({ kernel, workgroups, offset }) => ({ kernel, workgroups, offset }))).toEqual([
      { kernel: 'affine', workgroups: [2, 2, 2], offset: 0 },
      { kernel: 'index', workgroups: [2, 2, 2], offset: undefined },
      { kernel: 'affine', workgroups: [2, 2, 2], offset: 256 },
    ]);
    arena.destroy();
  });

  it('leaves no buffer behind by reading', async () => {
    const before = test.gpu.memory.total();
    const { arena, y } = await recording(test.gpu);
    await readBuffer(test.gpu, y);
    arena.destroy();
    expect(test.gpu.memory.total()).toEqual(before);
  });

  it('refuses to time what has no clock', async () => {
    await expect(profile(test.gpu, [])).rejects.toThrow('no timestamp queries');
  });
});

describe('profile', () => {
  const test = useTestGpu({ baseline: false });

  it('adds up times by kernel where the adapter has timestamps, also of more launches than a query set holds', async () => {
    const { arena, y, launches } = await recording(test.gpu);
    const many = [...launches, ...new Array<(typeof launches)[0]>(2100).fill(launches[2])];
    if (!test.gpu.timestamps) {
      await expect(profile(test.gpu, many)).rejects.toThrow('no timestamp queries');
      return;
    }
    const before = { ...test.gpu.counters };
    const times = await profile(test.gpu, many);
    expect([...times.keys()]).toEqual(['affine', 'index']);
    expect(times.get('affine')!.launches).toBe(2102);
    expect(times.get('index')!.launches).toBe(1);
    for (const { milliseconds } of times.values()) {
      expect(milliseconds).toBeGreaterThanOrEqual(0);
      expect(milliseconds).toBeLessThan(10_000);
    }
    expect(test.gpu.counters.submits - before.submits).toBe(2);
    // They did run.
    expect([...new Uint32Array(await readBuffer(test.gpu, y))]).toEqual(
      EXPECTED.map((value) => value + 3 * 2100),
    );
    expect(test.gpu.memory.usage().map(({ owner }) => owner)).toEqual(['recording']);
    arena.destroy();
  });
});
