/** The page before a room: by button and by key, in large type, stepped through with the keys of a remote control. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { axe, position, slots } from './page.ts';

test.use({ viewport: { width: 1920, height: 1080 } });

const room = (page: Page) => page.locator('.page[data-presenting="true"]');
const contrast = (page: Page) => page.evaluate(() => document.documentElement.dataset['contrast']);

async function openWatch(page: Page): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?backend=wasm');
  await page.waitForFunction(() => 'unmask' in window);
  await expect(position(page)).toBeEnabled();
}

test('it begins and ends by key and by button, in full screen, and steps through the run', async ({
  page,
}) => {
  await openWatch(page);
  // Within a field the key is a letter.
  await page.getByLabel('Prompt').first().focus();
  await page.keyboard.press('p');
  await expect(room(page)).toHaveCount(0);
  await page.getByLabel('Prompt').first().fill('');
  await page.evaluate(() => {
    (document.activeElement as HTMLElement).blur();
  });
  const usual = await contrast(page);

  await page.keyboard.press('p');
  await expect(room(page)).toBeVisible();
  await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(true);
  expect([usual, await contrast(page)]).toEqual(['usual', 'more']);

  await page.keyboard.press('Home');
  await expect(position(page)).toHaveValue('0');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await expect(position(page)).toHaveValue('2');
  // Also where the focus is on the timeline, which has a use of its own for these keys.
  await position(page).focus();
  await page.keyboard.press('PageUp');
  await expect(position(page)).toHaveValue('1');
  await page.keyboard.press('End');
  await expect(slots(page).masked).toHaveCount(0);

  await test.step('who leaves full screen leaves the room', async () => {
    await page.evaluate(() => document.exitFullscreen());
    await expect(room(page)).toHaveCount(0);
    expect(await contrast(page)).toBe('usual');
  });

  await test.step('by button and by Escape, and the keys are the page’s again', async () => {
    await page.getByRole('button', { name: 'Present' }).click();
    await expect(room(page)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(room(page)).toHaveCount(0);
    const before = await position(page).inputValue();
    await page.keyboard.press('PageUp');
    await expect(position(page)).toHaveValue(before);
    await page.getByRole('button', { name: 'Present' }).click();
    await page.getByRole('button', { name: 'Leave' }).click();
    await expect(room(page)).toHaveCount(0);
  });

  await test.step('who asks the system for more contrast has it without a room', async () => {
    await page.emulateMedia({ contrast: 'more' });
    await expect.poll(() => contrast(page)).toBe('more');
    await page.emulateMedia({ contrast: 'no-preference' });
    await expect.poll(() => contrast(page)).toBe('usual');
  });
});

test('canvas, timeline and text fit a projector, readable from the last row; it goes on without full screen', async ({
  page,
}) => {
  await page.addInitScript(() => {
    Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('refused'));
  });
  await openWatch(page);
  await page.keyboard.press('p');
  await expect(room(page)).toBeVisible();
  await page.keyboard.press('End');
  await expect(slots(page).masked).toHaveCount(0);
  const sizes = await page
    .locator('.canvas .piece:not(.ours), .prose .text, .sentence')
    .evaluateAll((all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize)));
  expect(sizes.length).toBeGreaterThan(20);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(28);
  const box = await page.locator('.prose').boundingBox();
  expect(box!.y + box!.height, 'foot of the text').toBeLessThanOrEqual(1080);
  await expect(page.getByRole('banner')).toHaveCSS('height', /^[1-8]\d(\.\d+)?px$/);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axe(page), colorScheme).toEqual([]);
  }
  await page.keyboard.press('Escape');
  await expect(room(page)).toHaveCount(0);
});

test('one Escape closes one thing, and the last one leaves', async ({ page }) => {
  await openWatch(page);
  const share = page.locator('.share details');
  const lesson = page.locator('.lesson-panel');
  await page.getByRole('button', { name: 'Lessons', exact: true }).click();
  await page.keyboard.press('p');
  await expect(room(page)).toBeVisible();
  await page.locator('.slot-button').first().click();
  await share.locator('summary').click();
  await page.keyboard.press('Escape');
  await expect(share).not.toHaveAttribute('open');
  await expect(page.locator('.slot-panel[data-open="true"]')).toBeVisible();
  await lesson.getByRole('button').first().focus();
  await page.keyboard.press('Escape');
  await expect(lesson).toHaveCount(0);
  await expect(page.locator('.slot-panel[data-open="true"]')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('.slot-panel[data-open="true"]')).toHaveCount(0);
  await expect(room(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(room(page)).toHaveCount(0);
});
