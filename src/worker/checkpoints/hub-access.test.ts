import { describe, expect, it } from 'vitest';
import { expectedTensors } from '../../model/checkpoint/checkpoint.ts';
import { RELEASED } from '../../model/checkpoint/hub/released.ts';
import type { HubListing } from '../../model/checkpoint/hub/source.ts';
import { RELEASED_SMALL } from '../../model/checkpoint/released-shapes.ts';
import { writeHeader } from '../../model/checkpoint/write.ts';
import { GPT2_BYTES } from '../../model/tokenizer/gpt2.ts';
import { createHub, idOf } from './hub-access.ts';

const listing = (repo: string, revision: string): HubListing => ({
  ...{ repo, revision, endpoint: 'https://huggingface.co', commit: '0'.repeat(40), files: [] },
});

describe('ids', () => {
  it('tell all released models apart, and fit in a link as they are', () => {
    const ids = RELEASED.flatMap(({ models }) => models).map(({ repo, revision }) =>
      idOf(listing(repo, revision)),
    );
    const revisions = new Set(
      RELEASED.flatMap(({ models }) => models.map(({ repo, revision }) => `${repo} ${revision}`)),
    );
    expect(new Set(ids).size).toBe(revisions.size);
    expect(ids.filter((id) => !/^[\w.-]{1,60}$/.test(id))).toEqual([]);
    expect(ids).toContain('sdtt-kld-7');
    expect(ids).toContain('sdtt-large-1');
    expect(ids).toContain('mdlm-owt');
  });

  it('of others are name and revision', () => {
    expect(idOf(listing('me/my.model', 'main'))).toBe('my.model');
    expect(idOf(listing('me/model', 'refs/pr/1'))).toBe('model-refs-pr-1');
    expect(idOf(listing('me/model', 'f'.repeat(40)))).toBe('model-fffffff');
  });
});

it('mirrors are https, or of the page itself', () => {
  const hub = createHub(() => Promise.reject(new Error('nobody is asked')), 'http://localhost:5173');
  const source = { repo: 'owner/name' };
  expect(hub.check(source)).toEqual({ ...source, revision: 'main', endpoint: 'https://huggingface.co' });
  expect(hub.check({ ...source, endpoint: 'http://localhost:5173/hub/' }).endpoint).toBe(
    'http://localhost:5173/hub',
  );
  expect(() => hub.check({ ...source, endpoint: 'http://mirror.test' })).toThrow(/endpoint is .*https/);
});

it('counts the tokenizer: that of the repository in the download too, that of the page in the store alone', async () => {
  const { hidden, heads, blocks, condDim, length } = RELEASED_SMALL;
  const sizes = { hidden_size: hidden, n_heads: heads, n_blocks: blocks, cond_dim: condDim, length };
  const config = JSON.stringify({ model: { ...sizes, type: 'dit_orig' } });
  const header = writeHeader(
    Array.from(expectedTensors(RELEASED_SMALL), ([name, shape]) => {
      const bytes = 4 * shape.reduce((a, b) => a * b, 1);
      return { name, dtype: 'F32', shape, bytes };
    }),
    undefined,
  );
  const size = Array.from(expectedTensors(RELEASED_SMALL).values()).reduce(
    (sum, shape) => sum + 4 * shape.reduce((a, b) => a * b, 1),
    header.length,
  );
  // The data are not asked for.
  const hub = createHub(
    (url) => Promise.resolve(new Response(url.endsWith('.json') ? config : header)),
    'https://page.test',
  );
  const files = [
    { path: 'model.safetensors', bytes: size },
    { path: 'config.json', bytes: config.length },
  ];
  const bare = await hub.describe({ ...listing('me/model', 'main'), files }, {});
  expect([bare.files, bare.ownBytes]).toEqual([files, GPT2_BYTES]);
  const withOne = [...files, { path: 'tokenizer.json', bytes: 77 }];
  const own = await hub.describe({ ...listing('me/model', 'main'), files: withOne }, {});
  expect([own.files, own.ownBytes]).toEqual([withOne, undefined]);
});
