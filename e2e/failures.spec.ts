/** What goes wrong, and what the visitor sees: one sentence, a remedy, and a page that goes on. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { brokenFiles, whole } from './files.ts';
import {
  engineWorker,
  open,
  openPage,
  openQuietPage,
  patchWorker,
  readBytes,
  slots,
  untilWritten,
} from './page.ts';

const alert = (page: Page) => page.getByRole('alert');

/** Code and message of `unmask.ready`. */
const readyError = (page: Page) =>
  page.evaluate(() =>
    window.unmask.ready.then(
      () => 'ready',
      (error: unknown) => (error as { code: string }).code,
    ),
  );

/** What the page says of its backend. */
const backendNotice = (page: Page) => page.getByRole('banner').getByRole('note');

/** 32 tokens have come on the CPU, and the page says so and why. */
async function runsOnWasm(page: Page, why: string): Promise<void> {
  await expect(backendNotice(page)).toContainText(why);
  await expect(backendNotice(page)).toContainText('The model runs on the CPU, with onnxruntime-web');
  await untilWritten(page);
  await expect(slots(page).written).toHaveCount(32);
  await expect(page.getByRole('region', { name: 'This run' })).toContainText('wasm on CPU, ');
  expect(await page.evaluate(() => window.unmask.ready)).toMatchObject({
    backend: 'wasm',
    why: expect.stringContaining(why),
  });
}

test.describe('WebGPU is not to be had: onnxruntime-web takes over and the page says why', () => {
  test('no API: the Watch view works, with the same text', async ({ page }) => {
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(request.url()));
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'gpu', { value: undefined });
    });
    await openPage(page);
    await runsOnWasm(page, 'This browser has no WebGPU; use a current Chrome');
    expect(fetched.filter((url) => url.endsWith('.wasm'))).toHaveLength(1);
    // The record is what our kernels wrote: the same noise on the same weights.
    await expect(page.getByText('this GPU rounds the last bits in another way')).toHaveCount(0);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await slots(page).new.first().getByRole('button').click();
    await expect(page.locator('.candidate-chance')).not.toHaveCount(0);
    await page.getByRole('radio', { name: 'Confidence' }).check();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await untilWritten(page);
    await expect(slots(page).written).toHaveCount(32);
  });

  test('an insecure context', async ({ page }) => {
    await page.addInitScript(() => {
      Object.defineProperty(window, 'isSecureContext', { value: false });
    });
    await openPage(page);
    await expect(backendNotice(page)).toContainText('only over https or on localhost');
    expect((await page.evaluate(() => window.unmask.ready)).backend).toBe('wasm');
  });

  test('no adapter, and one the second time', async ({ page }) => {
    await page.addInitScript(() => {
      const request = navigator.gpu.requestAdapter.bind(navigator.gpu);
      let asked = 0;
      navigator.gpu.requestAdapter = (options) => (asked++ === 0 ? Promise.resolve(null) : request(options));
    });
    await openPage(page);
    await expect(backendNotice(page)).toContainText('offers no GPU to it; switch on hardware acceleration');
    await page.getByRole('button', { name: 'Try WebGPU again' }).click();
    await expect(page.getByRole('banner')).toContainText(/WebGPU · (?!opening)/);
    await untilWritten(page);
    await expect(page.getByRole('region', { name: 'This run' })).toContainText('webgpu on ');
  });

  test('limits too low', async ({ page }) => {
    await patchWorker(
      page,
      `{ const { get } = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, 'limits');
         const low = (limits, name) => (name === 'maxStorageBuffersPerShaderStage' ? 4 : limits[name]);
         Object.defineProperty(GPUAdapter.prototype, 'limits', {
           get() { return new Proxy(get.call(this), { get: low }); } }); }`,
    );
    await openPage(page);
    await expect(backendNotice(page)).toContainText(
      'maxStorageBuffersPerShaderStage of this GPU is 4, but 8 is needed',
    );
  });

  test('forced by the address, one way and the other', async ({ page }) => {
    await page.goto('./?backend=wasm#v=1&steps=4');
    await expect(backendNotice(page)).toContainText('This address asks for WebAssembly.');
    await untilWritten(page);
    await page.getByRole('button', { name: 'Use WebGPU' }).click();
    await expect(page.getByRole('banner')).toContainText(/WebGPU · (?!opening)/);
    expect(new URL(page.url()).search).toBe('');
    await untilWritten(page);
  });

  test('WebGPU forced where there is none: one sentence', async ({ page }) => {
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'gpu', { value: undefined });
    });
    await page.goto('./?backend=webgpu');
    await expect(alert(page)).toContainText('This browser has no WebGPU; use a current Chrome');
    expect(await readyError(page)).toBe('no-webgpu');
    await expect(slots(page).all).toHaveCount(32);
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  });
});

test.describe('the runtime of the fallback', () => {
  test.use({ expectedErrors: [/404 .*ort-wasm.*\.wasm/] });

  test('missing: one sentence, and right the next time', async ({ page }) => {
    const path = '**/*.wasm';
    await page.route(path, (route) => route.fulfill({ status: 404, body: '' }));
    await page.goto('./?backend=wasm');
    await expect(alert(page)).toContainText('onnxruntime could not be loaded', { timeout: 60_000 });
    await page.unroute(path);
    await page.getByRole('button', { name: 'Run again' }).click();
    await untilWritten(page);
    await expect(alert(page)).toHaveCount(0);
  });
});

test.describe('bundled files', () => {
  test.use({ expectedErrors: [/404 .*student\/model\.safetensors/] });

  test('missing, then damaged, then right', async ({ page }) => {
    const path = '**/weights/student/model.safetensors';
    await page.route(path, (route) => route.fulfill({ status: 404, body: '' }));
    await openPage(page);
    await expect(alert(page)).toContainText('student/model.safetensors is not on this host');

    await page.unroute(path);
    const bytes = Buffer.from(await readBytes('public/weights/student/model.safetensors'));
    bytes[bytes.length - 1] ^= 1;
    await page.route(path, (route) => route.fulfill({ body: bytes }));
    await page.getByRole('button', { name: 'Run again' }).click();
    await expect(alert(page)).toContainText('is not the file that was published (its SHA-256 differs)');

    await page.unroute(path);
    await page.getByRole('button', { name: 'Run again' }).click();
    await untilWritten(page);
    await expect(alert(page)).toHaveCount(0);
  });
});

test('the device is lost: one sentence, and the next run sets everything up anew', async ({ page }) => {
  await patchWorker(
    page,
    `{ const request = GPUAdapter.prototype.requestDevice;
       GPUAdapter.prototype.requestDevice = async function (...given) {
         return (self.testDevice = await request.apply(this, given)); }; }`,
  );
  let fetched = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('.safetensors')) fetched++;
  });
  await openPage(page);
  await untilWritten(page);
  const worker = await engineWorker(page);
  const pending = page.evaluate(() => {
    const run = window.unmask.sample({ model: 'student', steps: 1024, length: 128 });
    return run.catch((error: unknown) => (error as { code: string }).code);
  });
  await worker.evaluate(() => {
    (self as unknown as { testDevice: GPUDevice }).testDevice.destroy();
  });
  expect(await pending).toBe('device-lost');
  await expect(alert(page)).toContainText('The GPU was lost');
  await expect(slots(page).written).toHaveCount(32);

  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(alert(page)).toHaveCount(0);
  await untilWritten(page);
  expect(fetched).toBe(1);

  await test.step('after the second loss it goes on with onnxruntime-web', async () => {
    await worker.evaluate(() => {
      (self as unknown as { testDevice: GPUDevice }).testDevice.destroy();
    });
    await expect(alert(page)).toContainText('for the second time');
    await expect(backendNotice(page)).toContainText('for the second time; reload the page to try it again.');
    await page.getByRole('button', { name: 'Run again' }).click();
    await untilWritten(page);
    await expect(page.getByRole('region', { name: 'This run' })).toContainText('wasm on CPU, ');
    expect(fetched).toBe(1);
  });
});

test('broken checkpoints are refused by name, and change nothing', async ({ page }) => {
  await openQuietPage(page);
  const config = JSON.parse((await readBytes('fixtures/golden/dit-d64/config.json')).toString()) as object;
  const before = await page.evaluate(() => window.unmask.models());

  for (const [what, make, code, message] of brokenFiles) {
    const result = await open(page, { config, weights: (await make()).toString('base64') });
    expect(result, `a file ${what}`).toEqual({ code, message: expect.stringMatching(message) as unknown });
  }
  const weights = (await whole()).toString('base64');
  const tokenizer = JSON.parse((await readBytes('public/weights/tokenizer.json')).toString()) as object;
  expect(await open(page, { config, weights, tokenizer })).toEqual({
    code: 'tokenizer',
    message: expect.stringMatching(/4096 tokens.*131 rows/) as unknown,
  });
  expect(await open(page, { config: { model: {} }, weights })).toMatchObject({ code: 'config' });
  expect(await page.evaluate(() => window.unmask.models())).toEqual(before);

  await test.step('in the page too', async () => {
    const files = page.getByLabel('Choose files');
    const asFile = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/octet-stream', buffer });
    const configFile = asFile('config.json', Buffer.from(JSON.stringify(config)));
    await files.setInputFiles([configFile]);
    await expect(alert(page)).toContainText('model.safetensors is missing');
    await files.setInputFiles([configFile, asFile('mine.safetensors', (await whole()).subarray(0, 400_000))]);
    await expect(alert(page)).toContainText('mine.safetensors is truncated');
    await expect(page.getByLabel('Student')).toBeChecked();

    await files.setInputFiles([configFile, asFile('mine.safetensors', await whole())]);
    await expect(page.getByText('is open and chosen: press Run.')).toBeVisible();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await untilWritten(page);
    // Random weights and no tokenizer: the slots show ids, and no BOS is given.
    await expect(slots(page).all.first()).toHaveText(/^Slot 1: \d+ in step \d/);
    await expect(slots(page).written).toHaveCount(24);
  });
});
