import { describe, expect, it } from 'vitest';
import { fixtureCheckpoint } from '../../fixtures/load.ts';
import config from '../../fixtures/golden/dit-d64/config.json';
import { rawTensors, shardFiles } from '../model/checkpoint/testing.ts';
import { checkSource } from './arguments.ts';
import { openSource } from './open-source.ts';

const base = 'https://page.example/weights/';
const noFetch = (): Promise<Response> => Promise.reject(new Error('nothing is fetched'));

describe('shards from outside', () => {
  it('open by their own names, or by the names that are given with them', async () => {
    const { tensors } = await fixtureCheckpoint('dit-d64/student');
    const { parts, index } = shardFiles(await rawTensors(tensors), 2);
    const files = parts.map(({ name, blob }) => new File([blob], name));
    for (const weights of [parts, files]) {
      const opened = await openSource(checkSource({ config, weights, index }), base, noFetch);
      expect(opened.tensors.names().toSorted()).toEqual(tensors.names().toSorted());
    }
    const nameless = parts.map(({ blob }) => blob);
    const opened = await openSource(checkSource({ config, weights: nameless }), base, noFetch);
    expect(opened.config.vocabulary).toBe(131);
    await expect(openSource({ config, weights: nameless.slice(0, 1) }, base, noFetch)).rejects.toThrow(
      /^shard 1 has no tensor/,
    );
  });

  it.each([
    [{ weights: [] }, 'give all shards of one model'],
    [{ weights: [new Blob(), 'https://a.example/b'] }, 'give all shards of one model'],
    [{ weights: [{ name: 'a' }] }, 'give all shards of one model'],
    [{ weights: [null] }, 'give all shards of one model'],
    [{ weights: 3 }, 'weights is 3: give a Blob of a safetensors file, its URL, or a list of shards'],
    [{ weights: new Blob(), index: 'x' }, 'index is "x": give the parsed model.safetensors.index.json'],
  ])('are refused where they are none: %j', (given, says) => {
    expect(() => checkSource({ config, ...given } as never)).toThrow(says);
  });
});
