import { expect, it } from 'vitest';
import { layernormBackwardError, type NormBackwardRun } from '../../checks/layernorm-backward.ts';
import { layernormError, type NormShape } from '../../checks/layernorm-modulate.ts';
import { normals } from '../../checks/numbers.ts';
import { useTestGpu } from '../../testing.ts';

const test = useTestGpu();

const error = (
  shape: NormShape,
  run: NormBackwardRun = {},
  x?: Float32Array<ArrayBuffer>,
): Promise<number> => {
  const { inner, length, samples } = shape;
  const values = x ?? normals(inner, samples * length * inner, 2, 1);
  return layernormBackwardError(test.gpu, test.arena, values, shape, run);
};

it.each([
  [4, 1, 1],
  [64, 7, 3],
  [100, 4, 2],
  [260, 17, 2],
  [4096, 2, 1],
])('rows of %d, %d to a sample, %d samples, in every way to run', async (inner, length, samples) => {
  const shape = { inner, length, samples };
  for (const gather of [false, true]) {
    for (const accumulate of [false, true]) {
      const run = { gather, accumulate, shared: accumulate };
      expect(await error(shape, run), JSON.stringify(run)).toBeLessThan(5e-6);
    }
  }
});

it('more rows than chunks of 4 are for', async () => {
  const run = { gather: true, accumulate: true };
  expect(await error({ inner: 12, length: 65, samples: 8 }, run)).toBeLessThan(5e-6);
});

it('gathers chosen rows in the forward pass', async () => {
  for (const shape of [
    { inner: 64, length: 7, samples: 3 },
    { inner: 260, length: 17, samples: 2 },
  ]) {
    const x = normals(1, shape.inner * shape.length * shape.samples);
    for (const shared of [false, true]) {
      const run = { gather: true, shared };
      expect(await layernormError(test.gpu, test.arena, x, shape, run)).toBeLessThan(3e-6);
    }
  }
});

it('rows whose mean is 1000 times their deviation', async () => {
  const shape = { inner: 100, length: 3, samples: 2 };
  expect(await error(shape, {}, normals(1, 600, 1, 1000))).toBeLessThan(5e-6);
});

it('rows of equal values, whose deviation is the epsilon', async () => {
  const x = Float32Array.from({ length: 4 * 64 }, (_, i) => [0, 3, -0.1, 1e4][Math.floor(i / 64)]);
  expect(await error({ inner: 64, length: 2, samples: 2 }, {}, x)).toBeLessThan(5e-6);
});
