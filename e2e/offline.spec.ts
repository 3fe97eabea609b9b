/** The page without its host, and a newer version of it: nothing changes for who is in the middle of something. */
import { createHash } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';
import { prose, readBytes, untilWritten } from './page.ts';
import { test, type StaticHost } from './static-host.ts';

test.use({ serviceWorkers: 'allow' });

const ADDRESS = './?backend=wasm#v=1&steps=4';
const card = (page: Page) => page.getByRole('region', { name: 'Without a network' });
const view = (page: Page, name: string) => page.getByRole('navigation').getByText(name, { exact: true });

/** Keep all files of the page, in the Models view. */
async function keepForOffline(page: Page): Promise<void> {
  await view(page, 'Models').click();
  await expect(card(page)).toContainText(/it has to fetch [\d.]+ MB more/);
  await card(page).getByRole('button', { name: 'Keep for offline' }).click();
  await expect(card(page)).toContainText('Everything is here', { timeout: 60_000 });
}

/** What tells builds apart here: the title is set by a script, which both have in common. */
const description = (page: Page) => page.locator('meta[name="description"]');
const descriptionOf = (page: Page) => description(page).getAttribute('content');

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

const TEACHER = 'weights/teacher/config.json';

/** Another build: its page has another description of the same length, its teacher another file, and its service worker knows. */
async function newBuild(host: StaticHost): Promise<void> {
  const [page, teacher, worker] = await Promise.all(
    ['dist/index.html', `dist/${TEACHER}`, 'dist/sw.js'].map(readBytes),
  );
  const newer = page.toString().replace('content="Watch a', 'content="Newer a');
  // Of the same length, and no JSON any more.
  const other = teacher.toString().replace('{', ' ');
  let knows = worker.toString();
  for (const [old, now] of [
    [page, newer],
    [teacher, other],
  ] as const) {
    const parts = knows.split(sha256(old));
    expect(parts).toHaveLength(2);
    knows = parts.join(sha256(now));
  }
  host.changed.set('index.html', newer);
  host.changed.set(TEACHER, other);
  host.changed.set('sw.js', knows);
}

test('keeps the page for offline: without its host it writes the same text, and views open', async ({
  page,
  host,
  context,
}) => {
  await page.goto(ADDRESS);
  await untilWritten(page);
  const text = await prose(page).innerText();

  await keepForOffline(page);
  // The weights of the first run were in the cache by then, and nothing that was there came twice.
  expect(host.count('student/model.safetensors')).toBe(1);
  expect(host.count('teacher/model.safetensors')).toBe(1);

  await host.stop();
  await context.setOffline(true);
  await page.goto('about:blank');
  await page.goto(ADDRESS);
  await untilWritten(page);
  expect(await prose(page).innerText()).toBe(text);
  await view(page, 'Evaluate').click();
  await expect(page.getByRole('main')).not.toHaveAttribute('aria-busy', 'true');
  await view(page, 'Models').click();
  await expect(card(page)).toContainText('Everything is here');

  await test.step('and away with it again', async () => {
    await card(page).getByRole('button', { name: 'Remove' }).click();
    await card(page).getByRole('button', { name: 'Yes, remove' }).click();
    await expect(card(page)).toContainText(/it has to fetch [\d.]+ MB more; 0 kB are here/);
  });
});

test('a newer version waits until the visitor opens it, and the running one goes on', async ({
  page,
  host,
  context,
}) => {
  await page.goto(ADDRESS);
  await untilWritten(page);
  await keepForOffline(page);
  const old = await descriptionOf(page);
  // Builds with other models have other scripts, which tells their pages apart. Here it is the same: this tab says that it is older.
  await page.evaluate(() => {
    const name = `unmask-page ${new URL('./assets/index-older.js', document.baseURI).href}`;
    void navigator.locks.request(name, { mode: 'shared' }, () => new Promise(() => undefined));
  });

  await newBuild(host);
  // What the running page may still open is gone from the host.
  for (const file of await page.evaluate(
    async () => (await (await fetch('./offline.json')).json()) as { url: string }[],
  )) {
    if (/RaceView-.*js$/.test(file.url)) host.changed.set(file.url, 'throw new Error("of another build")');
  }
  const other = await context.newPage();
  await other.goto(ADDRESS);
  const line = (at: Page) => at.getByText('A new version is ready: it opens next time.');
  await expect(line(other)).toBeVisible({ timeout: 60_000 });
  await expect(line(page)).toBeVisible();
  expect([await descriptionOf(page), await descriptionOf(other)]).toEqual([old, old]);

  await other.getByRole('button', { name: 'Open it now' }).click();
  await expect(description(other)).toHaveAttribute('content', /^Newer/);
  await expect(line(other)).toHaveCount(0);
  // This tab was not asked: it stays as it is, and its views still open.
  expect(await descriptionOf(page)).toBe(old);
  await view(page, 'Race').click();
  await expect(page.locator('main.race')).not.toHaveAttribute('aria-busy', 'true');
  // Nor do its models change, though the newer version's are here and it serves this tab too.
  const served = await page.evaluate(async (url) => {
    const answer = await fetch(url);
    return answer.text();
  }, `./${TEACHER}`);
  expect(() => JSON.parse(served) as unknown).toThrow();
  const written = await page.evaluate(async () => {
    const { traces } = await window.unmask.sample({ model: 'teacher', steps: 1, length: 16 });
    return traces.length;
  });
  expect(written).toBe(1);

  // The new one serves by now: nothing waits any more, and this tab opens it all the same.
  await page.getByRole('button', { name: 'Open it now' }).click();
  await expect(description(page)).toHaveAttribute('content', /^Newer/);
});
