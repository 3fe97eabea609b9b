/** Models of a hub: what a visitor sees of them, from the choice to the deletion, and the released shape at full size. */
import { readFile } from 'node:fs/promises';
import { RELEASED_SMALL } from '../src/model/checkpoint/released-shapes.ts';
import { serveHub, type Faults, type HubServer } from '../src/model/checkpoint/hub/testing/hub-server.ts';
import { mdlmConfig, randomFile } from '../src/model/checkpoint/hub/testing/random-file.ts';
import { expect, test as base } from './fixtures.ts';
import { openQuietPage } from './page.ts';
import type { HubOpen } from '../src/worker/checkpoints/result.ts';

const fixture = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(
    await readFile(
      new URL(`../fixtures/golden/dit-d64/${name.replace('model', 'student')}`, import.meta.url),
    ),
  );

/** A hub on two origins of its own, by https, as the policy of the page asks for. */
const test = base.extend<{ hub: HubServer }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from the pattern
  hub: async ({}, use) => {
    const files = await Promise.all(['config.json', 'model.safetensors'].map(fixture));
    const hub = await serveHub(
      {
        'jdeschena/sdtt@baselines_kld_step_70000': { 'config.json': files[0], 'model.safetensors': files[1] },
        'kuleshov-group/mdlm-owt@main': {
          'config.json': new TextEncoder().encode(JSON.stringify(mdlmConfig(RELEASED_SMALL))),
          'model.safetensors': randomFile(RELEASED_SMALL),
        },
      },
      { tls: true },
    );
    await use(hub);
    await hub.close();
  },
  // Its origins are known only when it runs.
  expectedOrigins: async ({ hub }, use) => {
    await use([hub.endpoint, hub.cdn]);
  },
  // The certificate is its own.
  ignoreHTTPSErrors: true,
  // Browsers log every connection that breaks, every refusal, and who is not given leave.
  expectedErrors: [/net::ERR_/, /Failed to load resource/, /CORS policy/],
});

test('a released checkpoint is fetched over a broken connection, used, verified and deleted', async ({
  page,
  hub,
}) => {
  await openQuietPage(page);
  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByText(/^From huggingface\.co/).click();
  await page.getByLabel('A mirror of the hub').fill(hub.endpoint);

  await test.step('what it takes is known before a byte of weights', async () => {
    await page.getByRole('radio', { name: /round 7/ }).check();
    const card = page.getByRole('region', { name: /round 7/i });
    await expect(card.getByRole('button', { name: /^Fetch/ })).toBeVisible();
    await expect(card.getByRole('table', { name: /What it needs of/ })).toBeVisible();
    for (const { path, range } of hub.answered) {
      if (path === 'model.safetensors') expect(range).toMatch(/^bytes=\d+-\d+$/);
    }
  });

  const downloads = page.getByRole('region', { name: 'Downloads' });
  await test.step('cancelled on the way, it goes on where it was', async () => {
    hub.fault('model.safetensors', { slow: 400_000 });
    await page.getByRole('button', { name: /^Fetch/ }).click();
    await expect(downloads.getByText(/ of .*B/).first()).toBeVisible();
    await downloads.getByRole('button', { name: 'Cancel' }).click();
    await expect(downloads.getByText('stopped; what came of it is kept')).toBeVisible();
    // The rest breaks off twice.
    hub.fault('model.safetensors', { breakAfter: 300_000, times: 2 });
    await downloads.getByRole('button', { name: 'Go on' }).click();
    await expect(downloads.getByText('all of it is here')).toBeVisible({ timeout: 60_000 });
  });

  await test.step('it is a model of the page, with the steps that it was made for', async () => {
    await downloads.getByRole('button', { name: 'Open in Watch' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.locator('.badge')).toHaveText(/live/i, { timeout: 60_000 });
    const info = (await page.evaluate(() => window.unmask.models())).find(({ origin }) => origin === 'hub');
    expect(info).toMatchObject({ kind: 'student', nativeSteps: 8, vocabulary: 131 });
  });

  await test.step('it is here after a reload, whole, until it is deleted', async () => {
    await page.goto('./#v=1&view=models');
    await page.reload();
    const here = page.getByRole('region', { name: 'Here now' });
    await here.getByRole('button', { name: /^More: .*round 7/i }).click();
    await here.getByRole('button', { name: 'Verify' }).click();
    await expect(here.getByText(/whole|as it was/i)).toBeVisible();
    await here
      .getByRole('button', { name: /^Delete/ })
      .first()
      .click();
    await here.getByRole('button', { name: /^Yes/ }).click();
    await expect(here.getByRole('button', { name: /^More: .*round 7/i })).toHaveCount(0);
  });
});

test('the released small shape comes from the hub, runs, and agrees with onnxruntime-web', async ({
  page,
  hub,
}) => {
  test.slow();
  await openQuietPage(page);
  const { fits, difference, largest, tokens } = await page.evaluate(async (endpoint) => {
    const source = { repo: 'kuleshov-group/mdlm-owt', endpoint };
    const { fits } = await window.unmask.preflight(source);
    const model = await window.unmask.open(source);
    const mask = 50_257;
    const texts = [Array.from({ length: 32 }, (_, i) => (i % 3 === 0 ? 100 * i + 7 : mask))];
    const ours = await window.unmask.logits({ model, tokens: texts });
    const theirs = await window.unmask.logits({ model, tokens: texts, backend: 'wasm' });
    let [difference, largest] = [0, 0];
    for (const [i, value] of ours.data.entries()) {
      difference = Math.max(difference, Math.abs(value - theirs.data[i]));
      largest = Math.max(largest, Math.abs(value));
    }
    const run = await window.unmask.sample({ model, length: 32, steps: 2, seed: 1 });
    return { fits, difference, largest, tokens: run.tokens[0] };
  }, hub.endpoint);
  expect(fits).toBe(true);
  expect(largest).toBeGreaterThan(0.1);
  expect(difference).toBeLessThan(1e-3);
  expect(tokens.every((token) => token < 50_257)).toBe(true);
});

test('what goes wrong on the way is one sentence, and right the next time', async ({ page, hub }) => {
  await openQuietPage(page);
  const source = { repo: 'jdeschena/sdtt', revision: 'baselines_kld_step_70000', endpoint: hub.endpoint };
  const refused = (given: object) =>
    page.evaluate(async (asked) => {
      try {
        await window.unmask.fetchModel(asked);
        return 'fetched';
      } catch (error) {
        const { code, message } = error as { code: string; message: string };
        return `${code}: ${message}`;
      }
    }, given as HubOpen);

  const unknown: [object, RegExp][] = [
    [{ ...source, repo: 'nobody/nothing' }, /^not-found: .*nobody\/nothing/],
    [{ ...source, revision: 'no_such_round' }, /^not-found: .*no_such_round/],
    [{ ...source, endpoint: 'http://hub.example' }, /^argument: .*https/],
  ];
  for (const [asked, says] of unknown) expect(await refused(asked)).toMatch(says);

  const faults: [Faults, RegExp][] = [
    [{ status: 404 }, /^not-found: /],
    [{ wrongLength: 600_000 }, /^(hash-mismatch|file-truncated): /],
    [{ wrongHash: true }, /^hash-mismatch: .*SHA-256/],
  ];
  for (const [fault, says] of faults) {
    hub.fault('model.safetensors', fault);
    expect(await refused(source)).toMatch(says);
  }
  const { models, partial } = await page.evaluate(() => window.unmask.store());
  expect({ models, partial }).toEqual({ models: [], partial: [] });

  // A host that knows no ranges, one whose ETag nobody may read, and one that allows no unusual header.
  for (const fault of [{ noRanges: true }, { hidden: true }, { noPreflight: true }] satisfies Faults[]) {
    hub.fault('model.safetensors', { ...fault, breakAfter: 400_000, times: 2 });
    expect(await refused(source)).toBe('fetched');
    await page.evaluate(() => window.unmask.storeRemove({ all: true }));
  }
});
