import { expect, it } from 'vitest';
import { defineKernel } from './kernel.ts';
import { useTestGpu } from './testing.ts';

const test = useTestGpu();

const FILL = defineKernel(
  'fill',
  [
    `override VALUE: u32 = 7u;
@group(0) @binding(0) var<storage, read_write> y: array<u32>;`,
    `@compute @workgroup_size(1) fn main() { y[0] = VALUE; }`,
  ],
  { y: 'read-write' },
);

it('compiles a text once, whoever asks and when', async () => {
  const { kernels, counters } = test.gpu;
  const [first, second, other] = await Promise.all([
    kernels.compile(FILL),
    kernels.compile(FILL, { VALUE: 7 }),
    kernels.compile(FILL, { VALUE: 8 }),
  ]);
  expect(await kernels.compile(FILL, {})).toBe(first);
  expect(second.pipeline).toBe(first.pipeline);
  expect(other.pipeline).not.toBe(first.pipeline);
  expect(kernels.size).toBe(2);
  expect(counters.pipelines).toBe(2);
});

it('can be followed in bytes: each text once, known ones too, until all are there', async () => {
  const bytes = ['60u', '61u'].map(
    (value) => FILL.wgsl.replace('override', 'const').replace('7u', value).length,
  );
  await test.gpu.kernels.compile(FILL, { VALUE: 60 });
  const reports: [number, number][] = [];
  const unfollow = test.gpu.kernels.follow((loaded, total) => reports.push([loaded, total]));
  const values = [60, 61, 61];
  await Promise.all(values.map((VALUE) => test.gpu.kernels.compile(FILL, { VALUE })));
  expect(reports.slice(0, 2)).toEqual([
    [0, bytes[0]],
    [0, bytes[0] + bytes[1]],
  ]);
  expect(reports.slice(2).map(([loaded]) => loaded)).toEqual([bytes[0], bytes[0] + bytes[1]]);
  expect(reports.at(-1)![1]).toBe(bytes[0] + bytes[1]);
  unfollow();
  await test.gpu.kernels.compile(FILL, { VALUE: 62 });
  expect(reports).toHaveLength(4);
});

it('names the kernel and the line that do not compile', async () => {
  const broken = defineKernel('broken', ['// A comment.', 'fn main() { let x = ; }'], { y: 'read-write' });
  test.gpu.device.pushErrorScope('validation');
  await expect(test.gpu.kernels.compile(broken)).rejects.toThrow(/^Kernel broken does not compile: line 2: /);
  expect(await test.gpu.device.popErrorScope()).not.toBeNull();
});

it('names the kernel whose bindings are not those of its text', async () => {
  const mismatched = defineKernel('mismatched', [FILL.wgsl, '// Another text.'], { y: 'read' });
  await expect(test.gpu.kernels.compile(mismatched)).rejects.toThrow(/^Kernel mismatched does not compile: /);
});
