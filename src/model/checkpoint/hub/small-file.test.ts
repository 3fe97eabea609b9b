import { expect, it } from 'vitest';
import type { Fetcher } from '../bundled.ts';
import { fetchHubJson } from './small-file.ts';
import type { HubListing } from './source.ts';

const listing: HubListing = {
  ...{ repo: 'a/b', revision: 'main', endpoint: 'https://x.org', commit: 'c0', files: [] },
};
const fetched = (text: string, bytes = new TextEncoder().encode(text).length) => {
  const asked: string[] = [];
  const fetcher: Fetcher = (url) => {
    asked.push(url);
    return Promise.resolve(new Response(text));
  };
  const json = fetchHubJson(listing, { path: 'config.json', bytes }, { fetcher, pauses: [] });
  return { json, asked };
};

it('reads a JSON object at the commit of the listing', async () => {
  const { json, asked } = fetched('{"model_type": "mdlm", "name": "ü"}');
  expect(await json).toEqual({ model_type: 'mdlm', name: 'ü' });
  expect(asked).toEqual(['https://x.org/a/b/resolve/c0/config.json']);
});

it('refuses what is none', async () => {
  for (const text of ['', '{', '[]', 'null', '7']) {
    const says = /^config\.json of a\/b is (not JSON|no JSON object): choose/;
    await expect(fetched(text).json).rejects.toThrow(says);
  }
  await expect(fetched('{}', 1e9).json).rejects.toMatchObject({ code: 'file-format' });
  await expect(fetched('{}', 5).json).rejects.toMatchObject({ code: 'network' });
});
