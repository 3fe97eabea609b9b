/** The Self-test view, and the model as a file. */
import { readFile } from 'node:fs/promises';
import { expect, test } from './fixtures.ts';
import { axe, openPage, prose, untilLive, untilWritten } from './page.ts';

test('checks every kernel and the whole network on this GPU, and reports it', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await openPage(page);
  await untilWritten(page);
  const text = await prose(page).innerText();
  expect(
    fetched.filter((url) => /\.wasm$|SelfTest/.test(url)),
    'nothing of it is fetched before it is asked for',
  ).toEqual([]);

  await page.getByRole('link', { name: 'Self-test' }).click();
  await expect(page.getByRole('heading', { name: 'Does it work on this GPU?' })).toBeVisible();
  await expect.poll(() => page.url()).toContain('view=self-test');
  await page.getByRole('button', { name: 'Run the checks' }).click();
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  await expect(page.getByText(/^All \d+ checks are within their bounds\.$/)).toBeVisible({
    timeout: 110_000,
  });
  const rows = page.getByRole('table').getByRole('row');
  expect(await rows.count()).toBeGreaterThan(15);
  await expect(page.getByRole('cell', { name: 'wrong' })).toHaveCount(0);

  const compared = page.getByText(/^The student on 32 tokens, .* of them masked: logits differ by/);
  const [, logits, equal, draws] = /differ by ([\d.e-]+) at most, and ([\d,]+) of ([\d,]+) draws/.exec(
    await compared.innerText(),
  )!;
  expect(Number(logits)).toBeLessThanOrEqual(1e-3);
  const count = (digits: string): number => Number(digits.replaceAll(',', ''));
  expect(count(draws)).toBeGreaterThan(1000);
  expect(count(equal)).toBeGreaterThanOrEqual(0.999 * count(draws) - 1);
  await expect(page.getByRole('region', { name: 'This device' })).toContainText('weights of');

  await page.getByRole('button', { name: 'Copy report' }).click();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toMatch(/^# Unmask self-test, \d{4}-/);
  expect(report).toContain('maxStorageBufferBindingSize');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as JSON' }).click();
  const json = JSON.parse(await readFile(await (await saved).path(), 'utf8')) as { checks: object[] };
  expect(json.checks.length).toBe((await rows.count()) - 1);

  for (const [width, colorScheme] of [
    [1360, 'light'],
    [360, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await axe(page), `${colorScheme}, ${width} px`).toEqual([]);
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(sideways, `${width} px`).toBe(0);
  }

  // The other view is as it was left.
  await page.getByRole('link', { name: 'Watch' }).click();
  expect(await prose(page).innerText()).toBe(text);
});

test('says what it needs where there is no WebGPU', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'gpu', { value: undefined });
  });
  await page.goto('./#v=1&view=self-test');
  await page.getByRole('button', { name: 'Run the checks' }).click();
  await expect(page.getByRole('alert')).toContainText('This browser has no WebGPU');
  await expect(page.getByText('Nothing has been checked yet.')).toBeVisible();
});

test('a model leaves as one ONNX file', async ({ page }) => {
  await openPage(page);
  await untilLive(page);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export the student as .onnx' }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe('student.onnx');
  const bytes = await readFile(await download.path());
  await expect(page.getByText(`student.onnx, ${(bytes.length / 1e6).toFixed(1)} MB`)).toBeVisible();
  // Field 1 of ModelProto, ir_version, and the weights after it.
  expect(bytes[0]).toBe(0x08);
  expect(bytes.length).toBeGreaterThan(13e6);
  expect(bytes.subarray(0, 2000).toString('latin1')).toContain('unmask');
});
