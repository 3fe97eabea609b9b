/** The build as plain files under a sub-path of a host that sends no headers. */
import { firstViewOf } from '../scripts/first-view.mjs';
import { expect } from './fixtures.ts';
import { prose, untilWritten } from './page.ts';
import { SUB_PATH, test } from './static-host.ts';

test('works under a sub-path, asks for nothing outside of it and for nothing that is not there', async ({
  page,
  host,
}) => {
  await page.goto('./?backend=wasm#v=1&steps=4');
  await untilWritten(page);
  const text = await prose(page).innerText();
  expect(text.length).toBeGreaterThan(40);

  await test.step('the first view loads the JavaScript of the budget, and onnxruntime because it was asked for', () => {
    const { first, chunks } = firstViewOf(new URL('../dist', import.meta.url).pathname);
    const asked = new Set(host.asked.map(({ path }) => path.split('/').at(-1)!));
    expect(first.filter((name) => !asked.has(name))).toEqual([]);
    const more = [...asked].filter((name) => chunks.has(name) && !first.includes(name));
    const plain = more.map((name) => name.replace(/-[\w-]{8}\.js$/, ''));
    expect(plain.filter((name) => /View|Panel|r50k/.test(name))).toEqual([]);
    expect(plain).toContain('ort.wasm.bundle.min');
  });

  for (const [view, heading] of [
    ['Race', 'race'],
    ['Evaluate', 'evaluate'],
    ['Models', 'models'],
  ] as const) {
    await page.getByRole('navigation').getByText(view, { exact: true }).click();
    await expect(page.locator(`main.${heading}`)).not.toHaveAttribute('aria-busy', 'true');
  }
  await expect(page.getByRole('heading', { name: 'Here now' })).toBeVisible();

  await test.step('a link leads to the same text', async () => {
    await page.goto('about:blank');
    await page.goto('./index.html?backend=wasm#v=1&steps=4');
    await untilWritten(page);
    expect(await prose(page).innerText()).toBe(text);
  });

  const wrong = host.asked.filter(
    ({ path, status }) => path !== '/favicon.ico' && (status !== 200 || !path.startsWith(SUB_PATH)),
  );
  expect(wrong).toEqual([]);
});
