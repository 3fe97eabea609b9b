import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSafetensors, type Dtype } from './safetensors.ts';
import { DTYPE_BYTES, writeSafetensors, type TensorToWrite } from './write.ts';

const headerOf = async (file: Blob): Promise<{ text: string; length: number }> => {
  const bytes = await file.arrayBuffer();
  const length = Number(new DataView(bytes).getBigUint64(0, true));
  return { text: new TextDecoder().decode(bytes.slice(8, 8 + length)), length };
};

describe('writeSafetensors', () => {
  const tensor = fc.record({
    name: fc.string({ unit: 'grapheme', maxLength: 12 }).filter((name) => name !== '__metadata__'),
    dtype: fc.constantFrom<Dtype>('F32', 'F16', 'BF16'),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
    blob: fc.boolean(),
  });

  it('writes what is read back, of any shape', async () => {
    const property = fc.asyncProperty(
      fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 6 }),
      fc.integer({ min: 0, max: 255 }),
      async (list, seed) => {
        const contents = list.map(({ dtype, shape }, k) =>
          Uint8Array.from(
            { length: DTYPE_BYTES[dtype] * shape.reduce((a, b) => a * b, 1) },
            (_, i) => seed + 7 * k + 3 * i,
          ),
        );
        const tensors = list.map(({ name, dtype, shape, blob }, k): TensorToWrite => {
          const data = contents[k];
          return { name, dtype, shape, data: blob ? new Blob([data]) : data };
        });
        const file = writeSafetensors(tensors);
        const source = await openSafetensors(file, 'written');
        expect(source.names().toSorted()).toEqual(list.map(({ name }) => name).toSorted());
        for (const [k, { name, dtype, shape }] of list.entries()) {
          const info = source.info(name);
          expect([info.dtype, info.shape]).toEqual([dtype, shape]);
          expect(info.begin % DTYPE_BYTES[dtype]).toBe(0);
          expect(await source.read(name)).toEqual(contents[k]);
        }
      },
    );
    await fc.assert(property, { numRuns: 100, seed: 1 });
  });

  it('sorts by width of the elements, then by name, behind a header of whole eights', async () => {
    const file = writeSafetensors(
      [
        { name: 'b', dtype: 'F16', shape: [1], data: Uint16Array.of(2) },
        { name: 'c', dtype: 'F32', shape: [1], data: Float32Array.of(3) },
        { name: 'a', dtype: 'F16', shape: [1], data: Uint16Array.of(1) },
      ],
      { made: 'here' },
    );
    const { text, length } = await headerOf(file);
    expect(length % 8).toBe(0);
    expect(JSON.parse(text)).toEqual({
      __metadata__: { made: 'here' },
      c: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      a: { dtype: 'F16', shape: [1], data_offsets: [4, 6] },
      b: { dtype: 'F16', shape: [1], data_offsets: [6, 8] },
    });
  });

  it('refuses data that do not fill their shape, and two tensors of one name', () => {
    const short = { name: 'a', dtype: 'F32', shape: [2], data: Float32Array.of(1) } as const;
    expect(() => writeSafetensors([short])).toThrow('a has 4 bytes, but F32 [2] takes 8');
    const whole = { ...short, shape: [1] } as const;
    expect(() => writeSafetensors([whole, whole])).toThrow('two tensors are called a');
  });
});
