import { describe, expect, it } from 'vitest';
import { RELEASED } from '../../model/checkpoint/hub/released.ts';
import type { HubListing } from '../../model/checkpoint/hub/source.ts';
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
