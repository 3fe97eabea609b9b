import { beforeAll, describe, expect, it } from 'vitest';
import { fixtureCheckpoint } from '../../../fixtures/load.ts';
import config from '../../../fixtures/golden/dit-d64/config.json';
import type { ErrorCode } from '../errors.ts';
import { openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { exportCheckpoint } from './export.ts';
import { openWeights, parseIndex, shardOf, type NamedBlob } from './shards.ts';
import { f32, rawTensors, shardFiles, tensorFile, type RawTensor } from './testing.ts';

let whole: Checkpoint;
let tensors: Record<string, RawTensor>;
beforeAll(async () => {
  whole = await fixtureCheckpoint('dit-d64/student');
  tensors = await rawTensors(whole.tensors);
});

const FILE = 'model.safetensors.index.json';

describe('a model in shards', () => {
  it.each([1, 2, 3, 7])('of %d files has the tensors of the whole, in any order of files', async (count) => {
    const { parts, index } = shardFiles(tensors, count);
    for (const given of [
      { weights: parts, index },
      { weights: parts.toReversed(), index },
      { weights: parts },
    ]) {
      const opened = await openCheckpoint({ config, ...given });
      expect(opened.bytes).toBe(parts.reduce((sum, { blob }) => sum + blob.size, 0));
      expect(opened.tensors.names().toSorted()).toEqual(whole.tensors.names().toSorted());
      for (const name of whole.tensors.names()) {
        const { bytes } = tensors[name];
        expect(Buffer.from(bytes).equals(await opened.tensors.read(name))).toBe(true);
        // Those who take ranges of the weights find the same bytes there.
        const { begin, end } = opened.tensors.info(name);
        const range = await opened.weights!.slice(begin, end).arrayBuffer();
        expect(Buffer.from(bytes).equals(new Uint8Array(range))).toBe(true);
      }
      const rows = await opened.tensors.read('vocab_embed.embedding', { from: 5, to: 9 });
      expect(rows).toEqual(tensors['vocab_embed.embedding'].bytes.slice(5 * 256, 9 * 256));
    }
  });

  it('is exported as one file', async () => {
    const { parts, index } = shardFiles(tensors, 3);
    const opened = await openCheckpoint({ config, weights: parts, index });
    const [once, again] = await Promise.all(
      [whole, { ...opened, config: whole.config }].map(async (checkpoint) => {
        const { weights } = await exportCheckpoint(checkpoint, { precision: 'file' });
        return Buffer.from(await weights.arrayBuffer());
      }),
    );
    expect(again.equals(once)).toBe(true);
  });

  it('leaves out files that the index does not name', async () => {
    const { parts, index } = shardFiles(tensors, 2);
    const other = { name: 'optimizer.safetensors', blob: tensorFile({ step: f32([1], [3]) }) };
    const opened = await openCheckpoint({ config, weights: [other, ...parts], index });
    expect(opened.tensors.has('step')).toBe(false);
  });

  type Files = ReturnType<typeof shardFiles>;
  const swap = (parts: NamedBlob[], i: number, blob: Blob): NamedBlob[] =>
    parts.map((part, at) => (at === i ? { ...part, blob } : part));

  it.each<[string, (files: Files) => { parts: NamedBlob[]; index?: object }, ErrorCode, string]>([
    [
      'a missing shard',
      ({ parts, index }) => ({ parts: parts.slice(1), index }),
      'not-found',
      `${FILE} names model-00001-of-00003.safetensors, which is not among the files`,
    ],
    [
      'a missing shard without an index',
      ({ parts }) => ({ parts: [parts[0], parts[2]] }),
      'not-found',
      'Of the 3 shards of model number 2 is not among the files',
    ],
    [
      'a tensor in two shards',
      ({ parts, index }) => ({
        parts: swap(
          parts,
          1,
          tensorFile({ 'sigma_map.mlp.0.bias': tensors['sigma_map.mlp.0.bias'], 'a.b': f32([1], [1]) }),
        ),
        index,
      }),
      'file-format',
      'both hold tensor sigma_map.mlp.0.bias',
    ],
    [
      'an index that names a tensor that its shard lacks',
      ({ parts, index }) => ({
        parts,
        index: { weight_map: { ...index.weight_map, 'blocks.9.norm1.weight': parts[0].name } },
      }),
      'tensor-missing',
      'model-00001-of-00003.safetensors has no tensor blocks.9.norm1.weight',
    ],
    [
      'an index that says another shard',
      ({ parts, index }) => {
        const [name] = Object.keys(index.weight_map);
        return { parts, index: { weight_map: { ...index.weight_map, [name]: parts[2].name } } };
      },
      'tensor-missing',
      'model-00003-of-00003.safetensors has no tensor',
    ],
    [
      'shards of another model',
      ({ parts }) => ({ parts: parts.map((part) => ({ ...part, name: 'x.safetensors' })).slice(1) }),
      'tensor-missing',
      'x.safetensors and 1 more has no tensor',
    ],
    [
      'a cut shard',
      ({ parts, index }) => ({ parts: swap(parts, 2, parts[2].blob.slice(0, -5)), index }),
      'file-truncated',
      'model-00003-of-00003.safetensors is truncated',
    ],
    ['no file at all', () => ({ parts: [] }), 'not-found', 'model.safetensors is missing'],
    [
      'an index of something else',
      ({ parts }) => ({ parts, index: { metadata: {} } }),
      'file-format',
      `${FILE} has no weight_map`,
    ],
  ])('refuses %s', async (_, damage, code, says) => {
    const { parts, index } = damage(shardFiles(tensors, 3));
    const attempt = openCheckpoint({ config, weights: parts, ...(index && { index }) });
    await expect(attempt).rejects.toThrow(says);
    await expect(attempt).rejects.toMatchObject({ name: 'UnmaskError', code });
  });
});

describe('openWeights', () => {
  it('shortens names that no sentence could hold', async () => {
    const name = `${'a'.repeat(500)}\n.safetensors`;
    const attempt = openWeights([{ name, blob: new Blob(['x']) }]);
    await expect(attempt).rejects.toThrow(
      /^a{32}….* ends after 1 bytes, inside its header: fetch it again\.$/,
    );
  });
});

describe('parseIndex', () => {
  it.each([
    [null, 'has no weight_map'],
    [{ weight_map: ['a'] }, 'has no weight_map'],
    [{ weight_map: {} }, 'has an empty weight_map'],
    [{ weight_map: { a: 3 } }, 'names no file for a'],
  ])('refuses %j', (json, says) => {
    expect(() => parseIndex(json, 'the/index.json')).toThrow(`the/index.json ${says}`);
  });

  it('takes files by their names, wherever the index says they lie', () => {
    const map = parseIndex({ weight_map: { a: 'deep/m-00001-of-00001.safetensors' } }, FILE);
    expect([...map]).toEqual([['a', 'm-00001-of-00001.safetensors']]);
  });
});

describe('shardOf', () => {
  it.each([
    ['model-00002-of-00003.safetensors', { model: 'model', index: 2, count: 3 }],
    ['a/b/x-1-of-2.safetensors', { model: 'x', index: 1, count: 2 }],
    ['model.safetensors', undefined],
    ['model-00002-of-00003.bin', undefined],
  ])('%s', (name, says) => {
    expect(shardOf(name)).toEqual(says);
  });
});
