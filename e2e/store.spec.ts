import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { openQuietPage } from './page.ts';

const file = (name: string): Promise<Buffer> =>
  readFile(new URL(`../fixtures/golden/dit-d64/${name}`, import.meta.url));

/** A hub on the page's own host, whose weights come by ranges and break off in the middle as often as it is told to. */
async function serveHub(page: Page, breaks: { left: number }): Promise<{ asked: string[] }> {
  const [config, weights] = [await file('config.json'), await file('student.safetensors')];
  const asked: string[] = [];
  await page.route('**/hub/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    const { range = 'bytes=0-' } = await route.request().allHeaders();
    asked.push(`${pathname.split('/').at(-1)} ${range}`);
    if (pathname.includes('/api/')) {
      const siblings = [
        { rfilename: 'config.json', size: config.length },
        { rfilename: 'model.safetensors', size: weights.length },
      ];
      await route.fulfill({ json: { sha: 'c'.repeat(40), siblings } });
    } else if (pathname.endsWith('config.json')) {
      await route.fulfill({ body: config, contentType: 'application/json' });
    } else {
      const [from, last = ''] = /bytes=(\d+)-(\d*)/.exec(range)!.slice(1);
      const to = last === '' ? weights.length - 1 : Math.min(Number(last), weights.length - 1);
      if (last === '' && breaks.left-- > 0) {
        await route.abort('connectionreset');
        return;
      }
      const headers = { 'content-range': `bytes ${from}-${to}/${weights.length}`, etag: '"weights"' };
      const body = weights.subarray(Number(from), to + 1);
      await route.fulfill({ status: 206, headers, body, contentType: 'application/octet-stream' });
    }
  });
  return { asked };
}

test.use({ expectedErrors: [/ERR_CONNECTION_RESET/] });

test('a model of a hub is kept in the file system of the page, over a reload', async ({ page }) => {
  const { asked } = await serveHub(page, { left: 1 });
  await openQuietPage(page);
  const first = await page.evaluate(async () => {
    const { fits, kept } = await window.unmask.preflight({ repo: 'owner/small', endpoint: 'hub' });
    const model = await window.unmask.open({ repo: 'owner/small', endpoint: 'hub', keep: 'f16' });
    const { data } = await window.unmask.logits({ model, tokens: [[1, 2, 130]] });
    const { models, unsaved } = await window.unmask.store();
    return { fits, kept, model, data: [...data], bytes: models[0].bytes, unsaved };
  });
  expect(first).toMatchObject({ fits: true, kept: 'disk', model: 'small' });
  expect(first.unsaved).toBeUndefined();
  expect(asked.some((request) => request.startsWith('model.safetensors'))).toBe(true);

  asked.length = 0;
  await openQuietPage(page);
  const second = await page.evaluate(async () => {
    const { data } = await window.unmask.logits({ model: 'small', tokens: [[1, 2, 130]] });
    const { whole } = await window.unmask.storeVerify({ model: 'small' });
    const left = await window.unmask.storeRemove({ all: true });
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('models');
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    return { data: [...data], whole, models: left.models, names };
  });
  expect(second).toEqual({ data: first.data, whole: true, models: [], names: [] });
  // Nothing is asked of the hub for a model that is here.
  expect(asked).toEqual([]);
});
