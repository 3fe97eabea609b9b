import { beforeAll, describe, expect, it } from 'vitest';
import { bundledCheckpoint, fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import config from '../../../fixtures/golden/dit-d64/config.json';
import type { ErrorCode } from '../errors.ts';
import { expectedTensors, openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { decodeFloats } from './safetensors.ts';
import { f32, tensorFile, type RawTensor } from './testing.ts';

/** Tensors of the small network, to be changed and written again. */
async function tensorsOf({ tensors }: Checkpoint): Promise<Record<string, RawTensor>> {
  const read = tensors.names().map(async (name) => {
    const { dtype, shape } = tensors.info(name);
    return [name, { dtype, shape, bytes: await tensors.read(name) }] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

const causalConfig = { ...config, model: { ...config.model, type: 'ar_orig' } };

/** A byte-level vocabulary without merges. */
const tokenizerOf = (size: number): object => ({
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: {
    type: 'BPE',
    vocab: Object.fromEntries(Array.from({ length: size }, (_, i) => [`t${i}`, i])),
    merges: [],
  },
});

it('compares the vocabulary that a configuration names with the embedding', async () => {
  const weights = tensorFile(await tensorsOf(await fixtureCheckpoint('dit-d64/student')));
  const mdlm = {
    ...{ model_type: 'mdlm', hidden_dim: 64, n_heads: 2, n_blocks: 2, cond_dim: 32, model_length: 24 },
    ...{ vocab_size: 131, dropout: 0.1, time_conditioning: false },
  };
  const { config: opened } = await openCheckpoint({ config: mdlm, weights });
  expect(opened).toMatchObject({ name: 'mdlm', kind: 'diffusion', vocabulary: 131, length: 24 });
  await expect(openCheckpoint({ config: { ...mdlm, vocab_size: 132 }, weights })).rejects.toMatchObject({
    code: 'tensor-shape',
    message: expect.stringContaining('has 131 rows, but its configuration says vocab_size 132') as string,
  });
});

describe('the checkpoints of this repository', () => {
  const open = {
    'dit-d64/student': () => fixtureCheckpoint('dit-d64/student'),
    'dit-d64/causal': () => fixtureCheckpoint('dit-d64/causal'),
    teacher: () => bundledCheckpoint('teacher'),
    student: () => bundledCheckpoint('student'),
    causal: () => bundledCheckpoint('causal'),
  };

  it.each(Object.entries(open))(
    '%s holds the expected tensors and the rotary frequencies, and no others',
    async (_, load) => {
      const { config, tensors } = await load();
      const found = new Map(tensors.names().map((name) => [name, tensors.info(name).shape]));
      const expected = expectedTensors(config).set('rotary_emb.inv_freq', [config.hidden / config.heads / 2]);
      expect(found).toEqual(expected);
    },
  );

  it('say what they are', async () => {
    const [small, student, causal] = await Promise.all([
      open['dit-d64/causal'](),
      open.student(),
      open.causal(),
    ]);
    expect(small.config).toMatchObject({ name: 'dit-d64/causal', kind: 'causal', vocabulary: 131 });
    expect(small.tokenizer).toBeUndefined();
    expect(student.config).toMatchObject({
      kind: 'diffusion',
      vocabulary: 4097,
      length: 128,
      nativeSteps: 2,
    });
    expect(student.bytes).toBe(14_330_650);
    expect(student.tokenizer?.size).toBe(4096);
    expect(causal.config).toMatchObject({ kind: 'causal', vocabulary: 4097 });
  });

  it('decode to sane weights', async () => {
    const { tensors } = await open.teacher();
    const norm = decodeFloats(await tensors.read('output_layer.norm_final.weight'), 'F16');
    const mean = norm.reduce((sum, value) => sum + value, 0) / norm.length;
    // LayerNorm weights start at 1; a wrong offset or dtype gives anything else.
    expect(mean).toBeGreaterThan(0.5);
    expect(mean).toBeLessThan(5);
  });

  it('come with golden values of the right shapes', async () => {
    const golden = await fixture('bundled');
    expect(golden.shape('teacher_logits')).toEqual([2, 32, 4097]);
    expect((await golden.floats('teacher_logits')).length).toBe(2 * 32 * 4097);
    const [x0, xt] = [await golden.ints('x0'), await golden.ints('xt')];
    expect(xt.every((token, i) => token === 4096 || token === x0[i])).toBe(true);
    expect(xt.includes(4096)).toBe(true);
    await expect(golden.ints('absent')).rejects.toThrow('bundled has no tensor absent');
    await expect(golden.ints('teacher_logits')).rejects.toThrow('not I32');
  });
});

describe('openCheckpoint', () => {
  let diffusion: Record<string, RawTensor>;
  let causal: Record<string, RawTensor>;

  beforeAll(async () => {
    diffusion = await tensorsOf(await fixtureCheckpoint('dit-d64/student'));
    causal = await tensorsOf(await fixtureCheckpoint('dit-d64/causal'));
  });

  const prefixed = (prefix: string) =>
    Object.fromEntries(Object.entries(diffusion).map(([name, tensor]) => [prefix + name, tensor]));

  it.each(['', 'backbone.', 'backbone.backbone.', '_orig_mod.backbone.', 'backbone._orig_mod.backbone.'])(
    'takes names with the prefix "%s"',
    async (prefix) => {
      const { tensors } = await openCheckpoint({ config, weights: tensorFile(prefixed(prefix)) });
      expect(await tensors.read('vocab_embed.embedding')).toEqual(diffusion['vocab_embed.embedding'].bytes);
    },
  );

  it('takes a name over the configuration, a fitting tokenizer, and weights without rotary frequencies', async () => {
    const { 'rotary_emb.inv_freq': _, ...rest } = diffusion;
    const weights = tensorFile({
      ...rest,
      'ema.count': { dtype: 'I64', shape: [], bytes: new Uint8Array(8) },
    });
    const checkpoint = await openCheckpoint({ config, weights, tokenizer: tokenizerOf(130), name: 'mine' });
    expect(checkpoint.config).toMatchObject({ name: 'mine', vocabulary: 131 });
    expect(checkpoint.tokenizer?.size).toBe(130);
    expect(checkpoint.bytes).toBe(weights.size);
  });

  const zeros = (...shape: number[]): RawTensor =>
    f32(shape, new Array<number>(shape.reduce((product, n) => product * n, 1)).fill(0));

  it.each<[string, Record<string, RawTensor | undefined>, ErrorCode, string]>([
    ['no embedding', { 'vocab_embed.embedding': undefined }, 'tensor-missing', 'vocab_embed.embedding'],
    ['a missing tensor', { 'blocks.1.norm2.weight': undefined }, 'tensor-missing', 'blocks.1.norm2.weight'],
    ['a narrow tensor', { 'blocks.0.mlp.0.weight': zeros(256, 32) }, 'tensor-shape', 'shape [256, 32]'],
    ['a flat tensor', { 'blocks.0.norm1.weight': zeros(64, 1) }, 'tensor-shape', 'asks for [64]'],
    ['a flat embedding', { 'vocab_embed.embedding': zeros(131) }, 'tensor-shape', 'shape [131]'],
    [
      'an embedding of the mask alone',
      { 'vocab_embed.embedding': zeros(1, 64) },
      'tensor-shape',
      'a row for the mask',
    ],
    [
      'a head of other rows',
      { 'output_layer.linear.bias': zeros(130) },
      'tensor-shape',
      'output_layer.linear.bias',
    ],
    [
      'integers',
      { 'blocks.0.norm1.weight': { dtype: 'I32', shape: [64], bytes: new Uint8Array(256) } },
      'tensor-dtype',
      'blocks.0.norm1.weight is stored as I32',
    ],
    ['other rotary frequencies', { 'rotary_emb.inv_freq': zeros(16) }, 'tensor-shape', 'base 10000'],
    ['other head sizes', { 'rotary_emb.inv_freq': zeros(32) }, 'tensor-shape', 'does n_heads fit'],
  ])('refuses %s', async (_, change, code, says) => {
    const tensors = Object.entries({ ...diffusion, ...change }).filter(([, tensor]) => tensor !== undefined);
    const weights = tensorFile(Object.fromEntries(tensors) as Record<string, RawTensor>);
    const attempt = openCheckpoint({ config, weights, file: 'runs/my.safetensors' });
    await expect(attempt).rejects.toMatchObject({ name: 'UnmaskError', code });
    await expect(attempt).rejects.toThrow(says);
    await expect(attempt).rejects.toThrow('runs/my.safetensors');
  });

  it('refuses a configuration of the other kind', async () => {
    const asCausal = openCheckpoint({ config: causalConfig, weights: tensorFile(diffusion) });
    await expect(asCausal).rejects.toMatchObject({ code: 'config' });
    await expect(asCausal).rejects.toThrow('model.type says causal');
    const asDiffusion = openCheckpoint({ config, weights: tensorFile(causal) });
    await expect(asDiffusion).rejects.toThrow('no tensor sigma_map.mlp.0.weight');
  });

  it('refuses a configuration that cannot be read, by its own file', async () => {
    const attempt = openCheckpoint({
      config: {},
      weights: tensorFile(causal),
      file: 'causal/model.safetensors',
    });
    await expect(attempt).rejects.toThrow('causal/config.json: model is missing');
  });

  it('refuses a tokenizer that leaves no row for the mask', async () => {
    const weights = tensorFile(causal);
    const attempt = openCheckpoint({ config: causalConfig, weights, tokenizer: tokenizerOf(131) });
    await expect(attempt).rejects.toMatchObject({ code: 'tokenizer' });
    await expect(attempt).rejects.toThrow('has 131 tokens, but model.safetensors has 131 rows');
  });
});
