/** The first page, as a visitor meets it: what plays, and how it is played. */
import { ALONE, expect, test } from './fixtures.ts';
import {
  axe,
  countCalls,
  openPage,
  origin,
  position,
  prose,
  slotButton,
  slots,
  untilLive,
  untilWritten,
} from './page.ts';

const announced = '[data-announces="step"]';

test('plays a record at once, and hands over to the live model without a jump', async ({ page }) => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/weights/student/model.safetensors', async (route) => {
    await held;
    await route.continue();
  });
  await openPage(page);
  await expect(origin(page)).toHaveText('recorded');
  await expect(slots(page).all).toHaveCount(32);
  await expect(slots(page).written.first()).toBeVisible();
  await expect(page.getByRole('list', { name: 'Opening the model' })).toBeVisible();
  await expect(page.getByText(/Times come with the live run/)).toBeVisible();

  await page.keyboard.press('End');
  await expect(slots(page).masked).toHaveCount(0);
  const tokens = () => slots(page).all.evaluateAll((all) => all.map((slot) => slot.dataset['token']));
  const recorded = await tokens();
  const text = await prose(page).innerText();
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft');
  const place = await position(page).inputValue();
  const halfway = await tokens();
  await slots(page).all.evaluateAll((all) => {
    all.forEach((slot) => ((slot as HTMLElement & { kept?: boolean }).kept = true));
  });

  release();
  await expect(page.getByText(/fetched 14\.6 MB/)).toBeVisible();
  await expect(page.getByText(/compiled .*kB of WGSL/)).toBeVisible({ timeout: 60_000 });
  await untilLive(page);
  await expect(position(page)).toHaveValue(place);
  expect(await tokens()).toEqual(halfway);
  const kept = await slots(page).all.evaluateAll((all) =>
    all.every((slot) => (slot as HTMLElement & { kept?: boolean }).kept),
  );
  expect(kept, 'the slots are the same elements').toBe(true);
  await page.keyboard.press('End');
  expect(await tokens(), 'the record is what the model writes').toEqual(recorded);

  await test.step('and it is what the API gives for this seed', async () => {
    const result = await page.evaluate(() =>
      window.unmask.sample({ model: 'student', seed: 29, length: 33 }),
    );
    expect(text.trim()).toBe(result.text[0].trim());
    expect(text.split(/\s+/).filter((word) => /^[A-Za-z'"]+[.,!?"]*$/.test(word)).length).toBeGreaterThan(15);
    const figures = page.getByRole('region', { name: 'This run' });
    await expect(figures).toContainText(`${result.forwardPasses}forward passesfor 8 nominal steps`);
    await expect(figures).toContainText(`${result.dispatches}GPU dispatches`);
    await expect(figures).toContainText('ancestral, f16 weights, f32 arithmetic; webgpu on ');
    await expect(figures).toContainText(
      result.gpuMilliseconds === undefined ? 'wall time, all passes' : 'GPU time, all passes',
    );
  });
});

test('is played by mouse and by keyboard', async ({ page }) => {
  const calls = await countCalls(page);
  await openPage(page);
  await expect(page.getByRole('banner')).toContainText(/WebGPU · (?!opening)/);
  const adapter = await page.getByRole('banner').innerText();
  await expect(page.getByText('WGSL runs on the CPU')).toHaveCount(adapter.includes('(software)') ? 1 : 0);
  await page.evaluate(() => document.fonts.ready);
  const place = () =>
    page.locator('.canvas').evaluate((canvas) => canvas.getBoundingClientRect().toJSON() as unknown);
  const atFirst = await place();
  await untilLive(page);
  await page.keyboard.press('End');
  expect(await place(), 'slots never move').toEqual(atFirst);
  const last = Number(await position(page).getAttribute('max'));

  await test.step('the keys of the player', async () => {
    await page.keyboard.press('Home');
    await expect(position(page)).toHaveValue('0');
    await expect(slots(page).masked).toHaveCount(32);
    await expect(page.locator(announced)).toHaveText('Start: 32 masked');
    await expect(page.getByText('Thirty-two masked slots, nothing written yet.')).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await expect(position(page)).toHaveValue('1');
    const fresh = await slots(page).new.count();
    expect(fresh).toBeGreaterThan(0);
    await expect(slots(page).masked).toHaveCount(32 - fresh);
    await expect(page.locator(announced)).toHaveText(
      new RegExp(`^Step \\d of 8: ${fresh} new, ${32 - fresh} masked$`),
    );
    await page.keyboard.press('End');
    await expect(position(page)).toHaveValue(String(last));
    // At the end the space bar plays from the start, and pauses.
    await page.keyboard.press(' ');
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    await expect(position(page)).not.toHaveValue('0');
    await page.keyboard.press(' ');
    await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  });

  await test.step('keys typed into a field stay there', async () => {
    const before = await position(page).inputValue();
    const prompt = page.getByLabel('Prompt');
    await prompt.click();
    await page.keyboard.type('a b');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect(prompt).toHaveValue('a b');
    await expect(position(page)).toHaveValue(before);
    await prompt.fill('');
    await prompt.blur();
  });

  await test.step('a bar of the timeline is where its step is', async () => {
    await page.locator('.timeline').scrollIntoViewIfNeeded();
    const box = (await page.locator('.bar').nth(3).boundingBox())!;
    const timeline = (await page.locator('.timeline').boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, timeline.y + timeline.height / 2);
    await expect(position(page)).toHaveValue('3');
    const heights = await page
      .locator('.bar')
      .evaluateAll((bars) => bars.map((bar) => (bar as HTMLElement).getBoundingClientRect().height));
    const counts = await page.locator('.bar span').allInnerTexts();
    const ordered = counts.slice(1).map((count, i) => [Number(count), heights[i + 1]] as const);
    for (const [count, height] of ordered) {
      for (const [other, otherHeight] of ordered)
        if (count > other) expect(height).toBeGreaterThan(otherHeight);
    }
  });

  await test.step('the buttons', async () => {
    await page.getByRole('button', { name: 'To the start' }).click();
    await expect(position(page)).toHaveValue('0');
    await page.getByRole('button', { name: 'One step forward' }).click();
    await expect(position(page)).toHaveValue('1');
    await page.getByRole('button', { name: 'One step back' }).click();
    await expect(position(page)).toHaveValue('0');
    await page.getByRole('button', { name: 'To the end' }).click();
    await expect(slots(page).masked).toHaveCount(0);
  });

  await test.step('speed is of the page, time of the machine; neither speed nor colours ask the model again', async () => {
    await expect(
      page.getByText(/^A step is shown for 0\.70 s\. The (GPU|machine) took .+ for all \d passes\./),
    ).toBeVisible();
    const before = await Promise.all(['sample', 'inspect', 'logits'].map(calls));
    await page.getByLabel('Speed').selectOption('8×');
    await expect(page.getByText('A step is shown for 0.09 s.')).toBeVisible();
    await page.keyboard.press('Home');
    await page.getByRole('button', { name: 'Play' }).click();
    await expect(slots(page).masked).toHaveCount(0, { timeout: 5000 });

    const colours = page.getByLabel('Colour by');
    const tags = () =>
      page
        .locator('.canvas .tag')
        .evaluateAll((all) => all.map((tag) => (tag.lastElementChild as HTMLElement).innerText));
    for (const [by, pattern, scale] of [
      ['step', /^(\d|final)$/, 'step in which the token came'],
      ['probability', /^([01]\.\d\d|<0\.01|>0\.99)$/, 'probability of the drawn token'],
      ['entropy', /^(\d\.\d|<0\.1)$/, 'in nats'],
      ['order', /^#\d+$/, 'order in which the tokens came'],
    ] as const) {
      await colours.selectOption(by);
      await expect(page.locator('.canvas [data-heat]')).toHaveCount(32);
      for (const tag of await tags()) expect(tag).toMatch(pattern);
      await expect(page.getByText(scale)).toBeVisible();
    }
    const order = (await tags()).map((tag) => Number(tag.slice(1))).toSorted((a, b) => a - b);
    expect(order).toEqual(Array.from({ length: 32 }, (_, i) => i + 1));
    await colours.selectOption('nothing');
    await expect(page.locator('.canvas [data-heat]')).toHaveCount(0);
    expect(await Promise.all(['sample', 'inspect', 'logits'].map(calls))).toEqual(before);
  });
});

test('no task of the main thread takes over 50 ms while a run goes on', ALONE, async ({ page }) => {
  await openPage(page);
  await untilWritten(page);
  await page.getByRole('radio', { name: '64', exact: true }).check();
  await page.evaluate(() => {
    Object.assign(window, { longTasks: [] });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        (window as unknown as { longTasks: number[] }).longTasks.push(duration);
      }
    }).observe({ type: 'longtask' });
  });
  // Where a CPU plays GPU it takes the cores away from the page, and any task may have to wait: by chance, and so not
  // in every run. A task that is long by itself is long in all of them.
  const runs: number[][] = [];
  while (runs.length < 3 && !runs.some((tasks) => tasks.length === 0)) {
    await page.evaluate(() => Object.assign(window, { longTasks: [] }));
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(slots(page).all).toHaveCount(64);
    await untilLive(page);
    await expect(slots(page).masked).toHaveCount(0, { timeout: 30_000 });
    runs.push(await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks));
  }
  expect(runs.at(-1), `long tasks of ${runs.length} runs, ms: ${JSON.stringify(runs)}`).toEqual([]);
});

const noSidewaysScroll = (page: Parameters<typeof openPage>[0]) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('is accessible in light and dark, fits a phone, and 200 % zoom', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openPage(page);
  await untilLive(page);
  await page.keyboard.press('Home');
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await slotButton(page, 20).click();
  await expect(page.locator('.candidate-chance').first()).toBeVisible({ timeout: 60_000 });
  // 680 px is a screen of 1360 px at 200 %.
  for (const width of [360, 680, 820, 1360, 2200]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await noSidewaysScroll(page), `${width} px`).toBe(0);
    const lefts = await slots(page).all.evaluateAll((items) =>
      items.map((item) => item.getBoundingClientRect().left),
    );
    expect(new Set(lefts).size, `columns at ${width} px`).toBe(width <= 640 ? 4 : 8);
  }
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter(
        (element) => parseFloat(getComputedStyle(element).transitionDuration) > 0,
      ).length,
  );
  expect(moving, 'nothing moves where motion is reduced').toBe(0);
  const papers = new Set<string>();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1360, 360]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await axe(page), `${colorScheme}, ${width} px`).toEqual([]);
      await page.getByLabel('Colour by').selectOption('probability');
      expect(await axe(page), `${colorScheme}, ${width} px, in colours`).toEqual([]);
      await page.getByLabel('Colour by').selectOption('nothing');
    }
    papers.add(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor));
  }
  expect(papers.size, 'light and dark differ').toBe(2);
});

test.describe('by touch', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 780 } });

  test('a tap looks into a slot, and the slot stays in sight above the panel', async ({ page }) => {
    await openPage(page);
    await untilWritten(page);
    await slotButton(page, 26).tap();
    const panel = page.getByRole('region', { name: /^Slot 26/ });
    await expect(panel.locator('.candidate-chance').first()).toBeVisible({ timeout: 60_000 });
    const [slot, over] = await Promise.all([slotButton(page, 26).boundingBox(), panel.boundingBox()]);
    expect(slot!.y).toBeGreaterThanOrEqual(0);
    expect(slot!.y + slot!.height).toBeLessThanOrEqual(over!.y);
    await panel.getByRole('button', { name: 'Close' }).tap();
    await expect(panel).toHaveCount(0);
  });
});
