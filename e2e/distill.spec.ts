/** The Distill view: a student is made, across a reload and the loss of the device. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { parseHeader, headerLength } from '../src/model/checkpoint/safetensors.ts';
import { expect, test } from './fixtures.ts';
import { axe, engineWorker, openQuietPage, patchWorker, readBytes } from './page.ts';

/**
 * The small golden network with its head three times as sure of itself: then what it says after a sub-step differs from what
 * it said before, and a student has something to learn.
 */
async function sureNetwork(): Promise<Buffer> {
  const file = Buffer.from(await readBytes('fixtures/golden/dit-d64/student.safetensors'));
  const length = headerLength(new Uint8Array(file), file.length, 'student');
  const entries = parseHeader(new Uint8Array(file.subarray(8, 8 + length)), file.length, 'student');
  const { begin, end } = entries.get('backbone.output_layer.linear.weight')!;
  for (let at = begin; at < end; at += 4) file.writeFloatLE(3 * file.readFloatLE(at), at);
  return file;
}

/** Texts of token ids: the network has no tokenizer. */
const texts = Array.from({ length: 130 }, (_, i) =>
  Array.from({ length: 8 }, (_, j) => ((8 * i + j) * 37 + (((8 * i + j) * (8 * i + j)) % 11)) % 130).join(
    ' ',
  ),
).join('\n\n');

const tab = (page: Page) => page.getByRole('navigation').getByText('Distill', { exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
/** A rung of the ladder, counted from 0, which is the teacher. */
const rung = (page: Page, number: number) =>
  page
    .locator('.rungs > li')
    .filter({ hasText: /teacher|round/ })
    .nth(number);
const headline = (page: Page) => page.locator('.sentence').first();

async function open(page: Page): Promise<void> {
  await openQuietPage(page);
  const asFile = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/octet-stream', buffer });
  const config = asFile('config.json', await readBytes('fixtures/golden/dit-d64/config.json'));
  await page
    .getByLabel('Choose files')
    .setInputFiles([config, asFile('sure.safetensors', await sureNetwork())]);
  await expect(page.getByText('is open and chosen: press Run.')).toBeVisible();
  await tab(page).click();
}

test('a student is made in two rounds, across a reload and the loss of the device', async ({ page }) => {
  test.setTimeout(360_000);
  await patchWorker(
    page,
    `{ const request = GPUAdapter.prototype.requestDevice;
       GPUAdapter.prototype.requestDevice = async function (...given) {
         return (self.testDevice = await request.apply(this, given)); }; }`,
  );
  await open(page);

  await test.step('what is asked for', async () => {
    await page.getByLabel('Teacher', { exact: true }).selectOption('golden');
    await page.getByRole('radio', { name: 'Your own' }).check();
    await page.getByRole('textbox', { name: /^Texts/ }).fill(texts);
    await page.getByLabel('Steps of the teacher, first round').selectOption('8');
    await page.getByText('Loss, batch, length').click();
    await page.getByRole('radio', { name: '2', exact: true }).check();
    await page.getByLabel('Texts of an update').fill('8');
    await page.getByLabel('Learning rate').fill('0.0001');
    await page.getByLabel('Rounds').fill('2');
    await page.getByLabel('Updates in a round').fill('8');
    const length = page.getByLabel('Length, in slots');
    await length.fill('99');
    await expect(page.getByText('Give a whole number from 2 to 24.')).toBeVisible();
    await length.fill('8');
  });

  await test.step('phase by phase', async () => {
    await button(page, 'Prepare, and go step by step').click();
    await expect(button(page, 'One phase')).toBeEnabled({ timeout: 120_000 });
    await expect(headline(page)).toHaveText('Round 1: learning to do in 4 steps what the teacher does in 8.');
    const lit = page.locator('.phases [aria-current]');
    for (const name of [
      'Teacher, first step',
      'Teacher, second step',
      'Targets collected',
      'Student, one pass',
      'Update',
    ]) {
      await button(page, 'One phase').click();
      await expect(lit).toContainText(name, { timeout: 60_000 });
    }
    await expect(rung(page, 1)).toContainText('1 of 8');
    const scope = page.getByRole('region', { name: /target against student/ });
    await expect(scope.getByRole('row').nth(1)).toBeVisible();
    expect(await axe(page)).toEqual([]);
  });

  await test.step('a reload in the middle', async () => {
    await button(page, 'One update').click();
    await expect(rung(page, 1)).toContainText('2 of 8');
    // It is paused once it is saved.
    await expect(button(page, 'Start')).toBeVisible();
    await expect(page.getByText(/^saved /)).toBeVisible();
    await page.reload();
    await page
      .getByRole('region', { name: 'Saved in this browser' })
      .getByRole('button', { name: 'Resume' })
      .click();
    await expect(rung(page, 1)).toContainText('2 of 8', { timeout: 120_000 });
    await button(page, 'To the end of the round').click();
    await expect(rung(page, 1)).toContainText('done', { timeout: 120_000 });
  });

  await test.step('a device that is lost', async () => {
    await button(page, 'One update').click();
    await expect(rung(page, 2)).toContainText('1 of 8');
    await button(page, 'Start').click();
    const worker = await engineWorker(page);
    await worker.evaluate(() => {
      (self as unknown as { testDevice: GPUDevice }).testDevice.destroy();
    });
    await expect(headline(page)).toContainText('Done: the student was made to write in 2 steps', {
      timeout: 180_000,
    });
  });

  await test.step('what came of it', async () => {
    await page.getByText('The curve as a table').click();
    const row = page.getByRole('region', { name: 'The curve as a table' }).getByRole('row').nth(1);
    const [, , , first, last] = (await row.getByRole('cell').allInnerTexts()).map(Number);
    expect(last).toBeLessThan(0.8 * first);
    await rung(page, 2).getByRole('button').click();
    const download = page.waitForEvent('download');
    await button(page, 'Export as .zip').click();
    const saved = await download;
    expect(saved.suggestedFilename()).toMatch(/^golden-2.*-f16\.zip$/);
    const archive = await readFile(await saved.path());
    expect(archive.includes('model.safetensors')).toBe(true);
    expect(archive.subarray(0, 2).toString()).toBe('PK');
    await page.getByRole('navigation').getByText('Watch', { exact: true }).click();
    await expect(page.getByText(/Student of golden, 2 steps/).first()).toBeVisible();
  });
});
