import { expect, it } from 'vitest';
import { randomCheckpoint } from './random.ts';
import { RELEASED_SMALL } from './released-shapes.ts';
import { decodeFloats } from './safetensors.ts';

const config = { ...RELEASED_SMALL, hidden: 64, heads: 2, blocks: 2, condDim: 32, vocabulary: 131 };
const { tensors, bytes } = randomCheckpoint(config);

it('has the tensors of the network, and 169 million parameters in the released shape', () => {
  expect(tensors.info('blocks.1.mlp.0.weight')).toMatchObject({ dtype: 'F16', shape: [256, 64] });
  expect(() => tensors.info('blocks.2.mlp.0.weight')).toThrow('no tensor blocks.2.mlp.0.weight');
  expect(tensors.names().every((name) => tensors.has(name))).toBe(true);
  const sizes = tensors.names().map((name) => tensors.info(name).end);
  expect(bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
  expect(randomCheckpoint(RELEASED_SMALL).bytes / 2e6).toBeCloseTo(169.6, 0);
});

it('gives any rows the bytes that they have in the whole', async () => {
  for (const name of ['blocks.0.attn_qkv.weight', 'output_layer.linear.bias']) {
    const whole = await tensors.read(name);
    const row = whole.length / tensors.info(name).shape[0];
    const part = await tensors.read(name, { from: 3, to: 9 });
    expect(part).toEqual(whole.slice(3 * row, 9 * row));
    expect(await randomCheckpoint(config).tensors.read(name)).toEqual(whole);
    expect(await randomCheckpoint(config, 2).tensors.read(name)).not.toEqual(whole);
  }
  expect(await tensors.read('blocks.0.attn_out.weight')).not.toEqual(
    await tensors.read('blocks.1.attn_out.weight'),
  );
});

it('has no two rows that begin alike, also where the draws come round again', async () => {
  const long = randomCheckpoint({ ...config, vocabulary: 20_000 }).tensors;
  const whole = await long.read('vocab_embed.embedding');
  // The first four values of each row of 64.
  const begins = new BigUint64Array(whole.buffer).filter((_, i) => i % 16 === 0);
  expect(new Set(begins).size).toBe(20_000);
  // 1,048,583 draws are 16,384 rows and a little: wherever a tensor begins, one part goes past their end, one begins there.
  for (const [from, to] of [
    [9, 19_990],
    [16_390, 20_000],
  ]) {
    const part = await long.read('vocab_embed.embedding', { from, to });
    expect(Buffer.compare(part, whole.subarray(128 * from, 128 * to))).toBe(0);
  }
});

it('has weights of mean 0 and deviation 0.02, and norms of 1', async () => {
  const values = decodeFloats(await tensors.read('blocks.0.mlp.0.weight'), 'F16');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  // 16,384 values: five standard errors of the mean, and 2 % of the deviation.
  expect(Math.abs(mean)).toBeLessThan((5 * 0.02) / 128);
  expect(Math.abs(Math.sqrt(square) / 0.02 - 1)).toBeLessThan(0.02);
  const norm = decodeFloats(await tensors.read('output_layer.norm_final.weight'), 'F16');
  expect(new Set(norm)).toEqual(new Set([1]));
});
