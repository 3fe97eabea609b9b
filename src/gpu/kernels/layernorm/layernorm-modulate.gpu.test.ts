import { expect, it } from 'vitest';
import { layernormError, type NormShape } from '../../checks/layernorm-modulate.ts';
import { normals } from '../../checks/numbers.ts';
import { useTestGpu } from '../../testing.ts';

const test = useTestGpu();

const error = (x: Float32Array<ArrayBuffer>, shape: NormShape): Promise<number> =>
  layernormError(test.gpu, test.arena, x, shape);

it.each([
  [4, 1, 1],
  [4, 3, 2],
  [64, 7, 3],
  [100, 5, 2],
  [260, 2, 5],
])('rows of %d, %d to a sample, %d samples', async (inner, length, samples) => {
  const x = normals(inner, samples * length * inner, 2, 1);
  expect(await error(x, { inner, length, samples })).toBeLessThan(3e-6);
});

it('rows whose mean is 1000 times their deviation', async () => {
  const x = normals(1, 6 * 100, 1, 1000);
  expect(await error(x, { inner: 100, length: 3, samples: 2 })).toBeLessThan(3e-6);
});

it('rows of equal values, which the norm makes zeros', async () => {
  const x = Float32Array.from({ length: 4 * 64 }, (_, i) => [0, 3, -0.1, 1e4][Math.floor(i / 64)]);
  expect(await error(x, { inner: 64, length: 2, samples: 2 })).toBeLessThan(1e-6);
});

it('rows so small that the epsilon decides', async () => {
  expect(await error(normals(1, 4 * 100, 1e-4), { inner: 100, length: 2, samples: 2 })).toBeLessThan(3e-6);
});
