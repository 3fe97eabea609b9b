import { afterEach, describe, expect, it } from 'vitest';
import { normals } from '../../checks/numbers.ts';
import {
  bitsOf,
  FORMATS,
  halvesError,
  packedValues,
  packErrors,
  pairsError,
  partOf,
  valuesOf,
  type MatrixSize,
} from '../../checks/pack-weight.ts';
import { GpuOutOfMemory } from '../../buffers.ts';
import { readBuffer } from '../../recorder.ts';
import { useTestGpu } from '../../testing.ts';
import { paddedColumns } from '../gemm/gemm.ts';
import { packPanels } from './pack-weight.reference.ts';
import { packMatrix, RangeWatch, type MatrixPart } from './pack-weight.ts';

const test = useTestGpu();

afterEach(() => {
  // Nothing stays on its way.
  expect(test.gpu.memory.usage().map(({ owner }) => owner)).toEqual(['test']);
});

const pack = (size: MatrixSize, parts: readonly MatrixPart[], chunkBytes?: number): Promise<Float32Array> =>
  packedValues(test.gpu, test.arena, size, parts, chunkBytes);

const SHAPES = [
  [1, 4],
  [17, 60],
  [63, 8],
  [131, 36],
] as const;

describe.each(FORMATS)('from %s', (format) => {
  it.each(SHAPES)('to f32, %d rows of %d', async (columns, inner) => {
    const size = { columns, inner, storage: 'f32' } as const;
    const errors = await packErrors(test.gpu, test.arena, format, size);
    expect(errors).toEqual({ changed: 0, flushed: 0, rounding: 0 });
  });

  it.each(SHAPES)('to f16, %d rows of %d', async (columns, inner) => {
    const size = { columns, inner, storage: 'f16' } as const;
    const { rounding, ...rest } = await packErrors(test.gpu, test.arena, format, size);
    expect(rest).toEqual({ changed: 0, flushed: 0 });
    expect(rounding).toBeLessThan(2 ** -10);
  });
});

it('moves F16 to f16 bit by bit: denormals, infinities, NaNs and -0 too', async () => {
  expect(await halvesError(test.gpu, test.arena)).toBe(0);
});

describe('parts', () => {
  it.each(['f16', 'f32'] as const)('of several formats, one below the other in %s', async (storage) => {
    // Panels of 4 values are 128 bytes in f16: the later parts begin where no binding could.
    const size = { columns: 70, inner: 4, storage };
    const starts = [0, 16, 48] as const;
    const parts = FORMATS.map((format, i) => {
      const values = Float32Array.from({ length: [16, 20, 22][i] * 4 }, (_, k) => 1 + i + k / 256);
      return partOf(bitsOf(values, format), 4, { at: starts[i], format });
    });
    const rows = new Float32Array(70 * 4);
    for (const [i, { format, read, rows: count }] of parts.entries()) {
      const bytes = new Uint8Array(await read(0, count)).buffer;
      const words = format === 'F32' ? new Uint32Array(bytes) : Uint32Array.from(new Uint16Array(bytes));
      rows.set(valuesOf(words, format), starts[i] * 4);
    }
    expect([...(await pack(size, parts))]).toEqual([...packPanels(rows, { ...size, padded: 128 })]);
  });

  it('travel in chunks of whole panels', async () => {
    const size = { columns: 70, inner: 12, storage: 'f16' } as const;
    const bits = bitsOf(normals(1, 70 * 12), 'F16');
    const part = partOf(bits, 12, { at: 0, format: 'F16' });
    // 40 rows fit; two panels are 32.
    const packed = await pack(size, [part], 40 * 24);
    expect(part.ranges).toEqual([
      [0, 32],
      [32, 64],
      [64, 70],
    ]);
    expect([...packed]).toEqual([...packPanels(valuesOf(bits, 'F16'), { ...size, padded: 128 })]);
  });

  it('begin at a panel', async () => {
    const size = { columns: 40, inner: 4, storage: 'f32' } as const;
    const part = partOf(new Uint32Array(16), 4, { at: 24, format: 'F32' });
    await expect(pack(size, [part])).rejects.toThrow('begins at row 24');
  });
});

describe('a watch over values beyond f16', () => {
  const watched = async (format: 'F32' | 'BF16', rows: number[][], storage: 'f16' | 'f32' = 'f16') => {
    const watch = new RangeWatch(test.gpu, test.arena, rows.length);
    const parts = rows.map((values, i) => {
      const bits = bitsOf(Float32Array.from(values), format);
      return partOf(bits, 4, { at: 16 * i, format, watch: watch.index(`part ${i}`) });
    });
    const size = { columns: 16 * rows.length, inner: 4, storage };
    await packMatrix(test.gpu, test.arena, 'matrix', size, parts, { watch });
    return watch.found();
  };

  it('names the first part that has some, and their largest magnitude', async () => {
    const fine = [65_504, -65_504, 1, 0];
    // The next float32 after the largest half.
    const next = 65_504 + 2 ** -8;
    expect(await watched('F32', [fine])).toBeUndefined();
    expect(await watched('F32', [fine, [0, -next, 1, 2]])).toEqual({ name: 'part 1', magnitude: next });
    expect(await watched('F32', [[1, 7e4, -8e4, 3e38], fine, [1e6, 0, 0, 0]])).toMatchObject({
      name: 'part 0',
    });
    expect(await watched('BF16', [fine.slice(2).concat(0, 0), [2 ** 17, 0, -(2 ** 20), 0]])).toEqual({
      name: 'part 1',
      magnitude: 2 ** 20,
    });
  });

  it('lets pass what is infinite or no number already, and everything where nothing is narrowed', async () => {
    expect(await watched('F32', [[Infinity, -Infinity, NaN, 1]])).toBeUndefined();
    expect(await watched('F32', [[1e6, 0, 0, 0]], 'f32')).toBeUndefined();
  });

  it('gives one tensor one place, and says when it is full', () => {
    const watch = new RangeWatch(test.gpu, test.arena, 1);
    expect([watch.index('a'), watch.index('a')]).toEqual([0, 0]);
    expect(() => watch.index('b')).toThrow('no room for b');
  });
});

describe('rotary pairs', () => {
  it.each([
    [32, 2],
    [48, 1],
    [128, 1],
  ])('of heads of %d stand side by side in q and k, not in v', async (headSize, heads) => {
    expect(await pairsError(test.gpu, test.arena, { headSize, heads })).toBe(0);
    // Row 1 is the other half of the first pair.
    const values = Float32Array.from({ length: 12 * heads * headSize }, (_, i) => i);
    const columns = values.length / 4;
    const size = { columns, inner: 4, padded: paddedColumns(columns) };
    const panels = packPanels(values, size, { paired: 2 * heads * headSize, headSize });
    expect(panels[1]).toBe((headSize / 2) * 4);
  });

  it('keep to their heads when a matrix comes in chunks', async () => {
    const [headSize, heads] = [32, 11];
    const columns = 3 * heads * headSize;
    const size = { columns, inner: 4, storage: 'f16' } as const;
    const bits = Uint32Array.from({ length: columns * 4 }, (_, i) => i);
    const rotary = { paired: 2 * heads * headSize, headSize };
    const part = partOf(bits, 4, { at: 0, format: 'F16', ...rotary });
    const { buffer } = await packMatrix(test.gpu, test.arena, 'qkv', size, [part], { chunkBytes: 1 });
    // The second chunk holds the last of k and the first of v.
    expect(part.ranges).toEqual([
      [0, 512],
      [512, 1024],
      [1024, 1056],
    ]);
    const packed = new Uint16Array(await readBuffer(test.gpu, buffer));
    expect([...packed]).toEqual([...packPanels(bits, { ...size, padded: paddedColumns(columns) }, rotary)]);
  });
});

it('names the matrix that does not fit, and its bytes', async () => {
  const size = { columns: 2 ** 22, inner: 2 ** 12, storage: 'f16' } as const;
  const part: MatrixPart = {
    at: 0,
    rows: 2 ** 22,
    format: 'F16',
    read: () => Promise.reject(new Error('read')),
  };
  const attempt = packMatrix(test.gpu, test.arena, 'blocks.0.mlp.0.weight', size, [part]);
  await expect(attempt).rejects.toBeInstanceOf(GpuOutOfMemory);
  await expect(attempt).rejects.toMatchObject({ what: 'blocks.0.mlp.0.weight', bytes: 2 ** 35 });
});

it('passes on what reading throws', async () => {
  const part: MatrixPart = {
    at: 0,
    rows: 4,
    format: 'F16',
    read: () => Promise.reject(new Error('the file is gone')),
  };
  await expect(
    packMatrix(test.gpu, test.arena, 'w', { columns: 4, inner: 4, storage: 'f16' }, [part]),
  ).rejects.toThrow('the file is gone');
});
