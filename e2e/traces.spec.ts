/** Runs as files: saved, opened where no model is, and refused where they are damaged. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { origin, position, prose, slotButton, slots, untilWritten } from './page.ts';

const card = (page: Page) => page.getByRole('region', { name: 'A checkpoint of your own' });
const picker = (page: Page) => card(page).getByLabel('Open a trace');

const fileOf = (name: string, text: string) => ({
  ...{ name, mimeType: 'application/json', buffer: Buffer.from(text) },
});

/** Drop a file on the card, as a browser does. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([name, text]) => {
      const made = new DataTransfer();
      made.items.add(new File([text], name));
      return made;
    },
    [name, text],
  );
  await card(page).dispatchEvent('drop', { dataTransfer: transfer });
}

/** What a button saves. */
async function saved(page: Page, button: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

test('a run is saved, and plays from its file where the model never came', async ({ page }) => {
  await page.goto('./?backend=wasm');
  await untilWritten(page);
  const text = await prose(page).innerText();
  const file = await saved(page, 'Save trace');
  expect(file.name).toBe('unmask-student-29.trace.json');

  await test.step('a step is a picture that shows what the canvas does', async () => {
    await position(page).fill('3');
    const masked = await slots(page).masked.count();
    const svg = await saved(page, 'Picture (SVG)');
    expect(svg.text.split('url(#hatch)').length - 1).toBe(2 * masked);
    const [width, height] = await page.evaluate(async (source) => {
      const image = new Image();
      image.src = URL.createObjectURL(new Blob([source], { type: 'image/svg+xml' }));
      await image.decode();
      return [image.width, image.height];
    }, svg.text);
    expect([width, height > 300]).toEqual([1200, true]);
    expect((await saved(page, 'Picture (PNG)')).text.slice(1, 4)).toBe('PNG');
  });

  // Weights never come, so that no model is here.
  await page.route('**/weights/**', () => undefined);
  await page.goto('./?backend=wasm&again#v=1&seed=5');
  await picker(page).setInputFiles(fileOf(file.name, file.text));
  await expect(origin(page)).toHaveText('imported');
  await expect(card(page).getByRole('status').filter({ hasText: 'is open.' })).toBeVisible();

  await test.step('it plays, and is read as it was', async () => {
    await expect(slots(page).masked).toHaveCount(0, { timeout: 20_000 });
    await expect(prose(page)).toHaveText(text, { useInnerText: true });
    await position(page).fill('2');
    expect(await slots(page).masked.count()).toBeGreaterThan(0);
    await page.getByLabel('Colour by').selectOption('probability');
    await expect(page.locator('.canvas [data-heat]').first()).toBeVisible();
    await slotButton(page, 1).click();
    await expect(page.getByText(/a file has only what was drawn/)).toBeVisible();
    await page.getByRole('button', { name: 'Close' }).click();
    expect(page.url(), 'no link holds it').toContain('seed=5');
    await expect(page.getByRole('button', { name: 'Copy link' })).toHaveCount(0);
  });

  await test.step('a damaged file is one sentence, and what was there stays', async () => {
    const bad = file.text.replace(/"positions":\[\d+/, '"positions":[999');
    for (const [content, says] of [
      [bad, /traces\[0\]\.trace\[0\]\.positions\[0\] is 999/],
      [file.text.slice(0, 500), /not JSON, or was cut off/],
      [file.text.replace('"version":1', '"version":2'), /made by a newer Unmask/],
    ] as const) {
      await picker(page).setInputFiles(fileOf('damaged.json', content));
      await expect(card(page).getByRole('alert')).toHaveText(says);
      await expect(position(page)).toHaveValue('2');
      await expect(origin(page)).toHaveText('imported');
    }
  });

  await test.step('dropped, it is told from a checkpoint by its content', async () => {
    await drop(page, 'anything.json', file.text);
    await expect(card(page).getByRole('alert')).toHaveCount(0);
    await expect(card(page).getByText('anything.json is open.')).toBeVisible();
    await expect(slots(page).masked).toHaveCount(0, { timeout: 20_000 });
    await drop(page, 'config.json', '{}');
    await expect(card(page).getByRole('alert')).toContainText('model.safetensors');
  });
});
