// @ts-check
/**
 * npm run screenshots [-- watch race distill evaluate lesson]: takes the pictures of the page that the documents show, all
 * or those of the named views, into docs/images. It serves the page as `npm start` does and asks the bundled student for
 * the run that greets visitors.
 */
import './node-version.mjs';
import { join } from 'node:path';
import { ensureBuild } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { findBrowser, usesHardware } from './find-browser.mjs';
import { root } from './tools.mjs';

/** @type {{ name: string, width: number, height: number, colorScheme: 'light' | 'dark', colours?: string }[]} */
const PICTURES = [
  { name: 'watch-wide-light', width: 1360, height: 1010, colorScheme: 'light' },
  { name: 'watch-wide-dark', width: 1360, height: 1010, colorScheme: 'dark', colours: 'probability' },
  { name: 'watch-narrow-light', width: 390, height: 1100, colorScheme: 'light' },
  { name: 'watch-narrow-dark', width: 390, height: 1100, colorScheme: 'dark', colours: 'entropy' },
];

/**
 * The race that the view begins with, most of the way through.
 *
 * @param {import('playwright').Page} page
 */
async function raceScreenshot(page) {
  await page.setViewportSize({ width: 1360, height: 900 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.getByRole('link', { name: 'Race' }).click();
  await page.locator('main.race[data-status="done"]').waitFor({ timeout: 400_000 });
  await page.keyboard.press('End');
  for (let moment = 0; moment < 5; moment++) await page.keyboard.press('ArrowLeft');
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    window.scrollTo(0, 0);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  await page.screenshot({ path: join(root, 'docs', 'images', 'race-wide-light.png') });
}

/**
 * A distillation of the bundled teacher, early in its second round; few updates of few texts, which a software adapter makes
 * in minutes.
 *
 * @param {import('playwright').Page} page
 */
async function distillScreenshot(page) {
  await page.setViewportSize({ width: 1360, height: 1060 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.getByRole('link', { name: 'Distill' }).click();
  await page.getByLabel('Rounds').fill('2');
  await page.getByLabel('Updates in a round').fill('16');
  await page.getByText('Loss, batch, length').click();
  await page.getByLabel('Texts of an update').fill('4');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const second = page.locator('.rungs > li').nth(2);
  await second.filter({ hasText: '5 of 16' }).waitFor({ timeout: 900_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'One update' }).click();
  await page.locator('.phases [data-phase="update"][data-state="on"]').waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Pause' }).waitFor({ state: 'detached', timeout: 60_000 });
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    window.scrollTo(0, 0);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  await page.screenshot({ path: join(root, 'docs', 'images', 'distill-wide-light.png') });
}

/**
 * A sweep of teacher and student, on WebAssembly, which is the faster one where there is no GPU.
 *
 * @param {import('playwright').Page} page
 * @param {string} address of the page
 */
async function evaluateScreenshot(page, address) {
  await page.setViewportSize({ width: 1360, height: 1010 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(new URL('?backend=wasm#v=1&view=evaluate', address).href);
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  await page.getByRole('button', { name: 'Everything (JSON)' }).waitFor({ timeout: 900_000 });
  await page.mouse.move(0, 0);
  const figure = page.getByRole('region', { name: 'What steps buy' });
  await figure
    .getByRole('button', { name: /^Student in 2 steps: / })
    .first()
    .focus();
  await figure.screenshot({ path: join(root, 'docs', 'images', 'evaluate-wide-light.png') });
}

/**
 * A lesson beside the canvas: two slots that were drawn at once, and how that differs from one after the other.
 *
 * @param {import('playwright').Page} page
 * @param {string} address of the page
 */
async function lessonScreenshot(page, address) {
  await page.setViewportSize({ width: 1440, height: 1120 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(new URL('?backend=wasm#v=2&lesson=all-at-once.2&at=4', address).href);
  await page.locator('.pair-table').waitFor({ timeout: 120_000 });
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(root, 'docs', 'images', 'lesson-wide-light.png') });
}

/**
 * The run that greets visitors, at its fifth step.
 *
 * @param {import('playwright').Page} page
 */
async function watchScreenshots(page) {
  await page.keyboard.press('Home');
  for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight');
  for (const { name, width, height, colorScheme, colours = 'none' } of PICTURES) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.getByLabel('Colour by').selectOption(colours);
    if (width > 1000 && (await page.getByRole('list', { name: 'Most probable tokens' }).count()) === 0) {
      await page.getByRole('button', { name: /^Slot 11:/ }).click();
      await page.locator('.candidate-chance').first().waitFor({ timeout: 60_000 });
    }
    if (width < 1000) await page.keyboard.press('Escape');
    // The pointer is no part of the picture.
    await page.mouse.move(0, 0);
    await page.evaluate(() => {
      window.scrollTo(0, 0);
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    await page.screenshot({ path: join(root, 'docs', 'images', `${name}.png`) });
  }
}

/** @type {Record<string, (page: import('playwright').Page, address: string) => Promise<void>>} in the order in which they are taken */
const TAKEN = {
  watch: watchScreenshots,
  race: raceScreenshot,
  distill: distillScreenshot,
  evaluate: evaluateScreenshot,
  lesson: lessonScreenshot,
};

/**
 * @param {string[]} wanted names of `TAKEN`; none means all
 * @returns {Promise<number>} exit status
 */
async function screenshots(wanted) {
  const unknown = wanted.filter((name) => !(name in TAKEN));
  if (unknown.length > 0) {
    console.error(
      `No picture is called ${unknown.join(', ')}: choose from ${Object.keys(TAKEN).join(', ')}.`,
    );
    return 2;
  }
  if (!(await ensureDependencies())) return 1;
  const status = await ensureBuild();
  if (status !== 0) return status;
  // Imported only now: before, they may not have been installed.
  const { preview } = await import('vite');
  const { chromium } = await import('playwright');
  const server = await preview({ root, logLevel: 'error', preview: { port: 4180, host: '127.0.0.1' } });
  const executablePath = findBrowser(chromium.executablePath());
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--enable-unsafe-webgpu', ...(usesHardware() ? [] : ['--use-webgpu-adapter=swiftshader'])],
  });
  try {
    const page = await browser.newPage();
    const address = server.resolvedUrls?.local[0] ?? 'http://127.0.0.1:4180/';
    await page.goto(address);
    await page.locator('.badge', { hasText: 'live' }).waitFor({ timeout: 120_000 });
    for (const [name, take] of Object.entries(TAKEN)) {
      if (wanted.length === 0 || wanted.includes(name)) await take(page, address);
    }
  } finally {
    await browser.close();
    await server.close();
  }
  return 0;
}

try {
  process.exitCode = await screenshots(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
