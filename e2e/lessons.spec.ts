/** The lessons, as a class meets them: words that drive the page, and a question at the end of each. */
import type { Locator, Page } from '@playwright/test';
import { ALONE, expect, test } from './fixtures.ts';
import { cancel, untilRaced, view as raceView } from './race-page.ts';
import { axe, position, slotButton, slots } from './page.ts';

const panel = (page: Page) => page.locator('.lesson-panel');
const word = (page: Page, text: string) => panel(page).locator('.do').filter({ hasText: text });
const said = (page: Page) => panel(page).locator('.lesson-said');
const heading = (page: Page) => panel(page).getByRole('heading', { level: 2 });
const lessonsButton = (page: Page) => page.getByRole('button', { name: 'Lessons', exact: true });
const steps = (page: Page) => page.locator('.controls .slider').first().locator('output');

/** The page without WebGPU, which is not what is tested here; its first run is recorded, and plays at once. */
async function openLessons(page: Page): Promise<void> {
  await page.goto('./?backend=wasm');
  await lessonsButton(page).click();
  await expect(heading(page)).toHaveText('Lessons');
  await expect(heading(page)).toBeFocused();
}

/** Click a word, and read what is said of it. */
async function click(page: Page, text: string, says: string | RegExp): Promise<void> {
  await word(page, text).click();
  await expect(said(page)).toHaveText(says);
}

async function turn(page: Page, title: string): Promise<void> {
  await panel(page).getByRole('button', { name: 'Next', exact: true }).click();
  await expect(heading(page)).toContainText(title);
  await expect(heading(page)).toBeFocused();
}

/** Answer the question that follows, and go on. @param choice right or not */
async function answer(page: Page, choice: string, right: boolean): Promise<void> {
  await turn(page, 'A question');
  const verdict = panel(page).locator('.lesson-verdict');
  await expect(verdict).toBeEmpty();
  await expect(panel(page).locator('[data-verdict]')).toHaveCount(0);
  await panel(page).getByRole('button', { name: 'Check' }).click();
  await expect(verdict).toHaveText('Choose an answer first.');
  await panel(page).getByRole('radio', { name: choice, exact: true }).check();
  await panel(page).getByRole('button', { name: 'Check' }).click();
  await expect(verdict).toContainText(right ? /^Right\. / : /^Not quite\. The answer is: /);
  await expect(panel(page).locator('[data-verdict="right"]')).toHaveCount(1);
  for (const link of await panel(page).getByRole('link').all()) {
    await expect(link).toHaveAttribute('href', /^https:\/\/arxiv\.org\/abs\/\d{4}\.\d{5}$/);
  }
}

const nextLesson = (page: Page, title: string) =>
  panel(page)
    .getByRole('button', { name: `Next lesson: ${title}` })
    .click();

test('the lessons of the canvas drive it, from whatever view is open', async ({ page }) => {
  await openLessons(page);
  await page.getByRole('link', { name: 'Models', exact: true }).click();

  await test.step('masking a text', async () => {
    await panel(page).getByRole('button', { name: 'Masking a text' }).click();
    const text = panel(page).locator('.masking-text');
    const hidden = text.locator('.hatch');
    await click(page, 'Mask it at t = 0.3', 't = 0.30.');
    const few = await hidden.count();
    await click(page, 'at t = 0.9', 't = 0.90.');
    expect(await hidden.count()).toBeGreaterThan(few);
    await expect(panel(page).getByText(/about 29 of 32 tokens; here it masked \d+\./)).toBeVisible();
    const before = await text.innerHTML();
    await click(page, 'Mask it anew', 'Masked anew.');
    expect(await text.innerHTML()).not.toBe(before);
    await panel(page).getByRole('slider', { name: 'Time t' }).fill('0');
    await expect(hidden).toHaveCount(0);
    await turn(page, 'Guess what is hidden');
    await turn(page, 'And backwards');
    await click(page, 'Write in 4 steps', 'Running: the student, 4 steps.');
    await expect(page.locator('main.watch')).toBeVisible();
    await click(page, 'go to the start', /^At the start/);
    await expect(slots(page).masked).toHaveCount(32);
    await expect(position(page)).toHaveAttribute('max', '4');
    await click(page, 'one step', 'Step by step: 1 of 4.');
    await expect(position(page)).toHaveValue('1');
    await turn(page, 'Who comes when is luck');
    await click(page, 'colour the slots by step', 'Coloured by step.');
    await expect(page.getByLabel('Colour by')).toHaveValue('step');
    await answer(page, '1/3', true);
  });

  await test.step('what the network sees', async () => {
    await nextLesson(page, 'What the network sees');
    await click(page, 'Pin “dragon” in slot 12', /^Running: “dragon” pinned in slot 12\.$/);
    await expect(slots(page).pinned).toHaveText(/dragon/);
    await turn(page, 'The mask is a token too');
    await click(page, 'look into slot 3', /^Slot 3 is open/);
    await expect(page.locator('#slot-title')).toContainText('3');
    await turn(page, 'A law for each slot');
    await click(page, 'go to the end', 'At the end.');
    await expect(slots(page).masked).toHaveCount(0);
    await turn(page, 'Each pass knows more');
    await answer(page, 'Slots 1 to 9', false);
    await expect(panel(page).locator('[data-verdict="wrong"]')).toHaveText(/Slots 1 to 9/);
    await panel(page).getByRole('button', { name: 'Ask again' }).click();
    await expect(panel(page).locator('[data-verdict]')).toHaveCount(0);
  });

  await test.step('all at once', async () => {
    await panel(page).getByRole('button', { name: 'Next lesson: All at once' }).click();
    await click(page, 'Let the teacher do it', 'Running: the teacher, 1 step.');
    await expect(page.getByRole('radio', { name: 'Teacher' })).toBeChecked();
    await turn(page, 'Drawn apart');
    await turn(page, 'One after the other');
    await click(page, 'First-hitting', /first-hitting, one slot in each pass\.$/);
    await expect(panel(page).locator('.lesson-live')).toContainText('no step count, 32 forward passes');
    await turn(page, 'How few are enough?');
    await answer(page, 'Half of the time', true);
  });

  await test.step('steps against forward passes', async () => {
    await nextLesson(page, 'Steps against forward passes');
    // First-hitting was chosen, which has no steps.
    await click(page, 'Set the steps to 4', 'Running: the student, 4 steps.');
    await expect(steps(page)).toHaveText('4');
    await expect(panel(page).locator('.lesson-live')).toContainText('4 steps, 4 forward passes');
    await turn(page, 'Passes are what costs');
    await click(page, 'Set the steps to 1,024', 'Running: the student, 1,024 steps.');
    await expect(panel(page).locator('.lesson-live')).toContainText(
      /1,024 steps, (2\d|3[0-2]) forward passes/,
    );
    await turn(page, 'Finer cuts, same order');
    await turn(page, 'No steps at all');
    await answer(page, 'It hardly changes', true);
    await panel(page).getByRole('button', { name: 'Contents' }).click();
    await expect(panel(page).getByText('✓ answered')).toHaveCount(3);
  });
});

test('the lessons of the other views open them, and do what they say', async ({ page }) => {
  await openLessons(page);

  await test.step('one token at a time', async () => {
    await panel(page).getByRole('button', { name: 'One token at a time' }).click();
    await click(page, 'Let three models race', 'Racing: the three at 32 tokens.');
    await expect(page.locator('.race-presets select').first()).toHaveValue('three');
    await untilRaced(page);
    await turn(page, 'One pass for each token');
    await expect(panel(page).locator('.lesson-live')).toContainText('Autoregressive, 32 forward passes');
    await click(page, 'Play the race by forward passes', /^Played by forward passes/);
    await expect(page.getByRole('radio', { name: 'Forward passes' })).toBeChecked();
    await turn(page, 'No way back');
    await turn(page, 'All slots at once');
    await answer(page, '100', true);
  });

  await test.step('catching up with a slower self', async () => {
    await panel(page).getByRole('button', { name: 'Contents' }).click();
    await panel(page).getByRole('button', { name: 'Catching up' }).click();
    await click(page, 'Let it race a student', 'Racing: teacher in 32 steps, student in 4.');
    await expect(page.locator('.lane')).toHaveCount(2);
    await cancel(page).click();
    await expect(raceView(page)).toHaveAttribute('data-status', 'stopped');
    await turn(page, 'Two steps in one');
    await click(page, 'Open the Distill view', 'The Distill view is open.');
    await expect(page.locator('main.distill')).toBeVisible();
    await turn(page, 'Round after round');
    await click(page, 'Fill in three rounds from 16 steps', 'Filled in: three rounds from 16 steps.');
    await expect(
      page.getByText(/^Steps: 16 steps → 8 steps → 4 steps → 2 steps\.|^Steps: 16 → 8/),
    ).toBeVisible();
    await turn(page, 'What it bought');
    await answer(page, '4', true);
  });

  await test.step('watch a student learn', async () => {
    await nextLesson(page, 'Watch a student learn');
    await click(page, 'Fill in a small one', /^Filled in: one round of 40 updates/);
    await expect(page.getByLabel('Updates in a round')).toHaveValue('40');
    await click(page, 'start it', /^Training needs WebGPU/);
    await expect(said(page)).toHaveAttribute('data-failed', 'true');
    await turn(page, 'Five phases');
    await turn(page, 'Why the loss does not reach 0');
    await click(page, 'Look at the curve', /^Training needs WebGPU/);
    await turn(page, 'Before and after');
    await answer(page, 'The targets of one masked text differ from draw to draw', true);
  });

  await test.step('what it costs', async () => {
    await nextLesson(page, 'What it costs');
    await turn(page, 'Measure it here');
    await click(page, 'Play the race by time', 'Played by time.');
    await expect(page.getByRole('radio', { name: 'Time', exact: true })).toBeChecked();
    await turn(page, 'Quality has two numbers');
    await click(page, 'Measure a few texts', /^Measuring: 16 texts/);
    await expect(page.locator('main.evaluate .sweep-status')).toBeVisible();
    await page
      .locator('.sweep-submit')
      .getByRole('button', { name: /Cancel|Stop/ })
      .click();
    await turn(page, 'The price of a shortcut');
    await answer(page, 'A may only be repeating itself: read its texts', true);
  });
});

/** Go to a moment of the run that is on the canvas, and wait until the figure is of that. */
async function halfWay(page: Page, widget: string): Promise<Locator> {
  // The record hands over to the live run, which has the same tokens.
  await expect(page.locator('.badge')).toHaveText('live', { timeout: 60_000 });
  await page.waitForSelector('main[data-status="done"]');
  // By way of the end: where the player is just passing by, nothing would change, and it would play on.
  await position(page).fill('8');
  await position(page).fill('4');
  const figure = panel(page).locator(`[data-widget="${widget}"]`);
  await settled(figure);
  return figure;
}

/** Wait until what is asked has been answered. */
async function settled(figure: Locator): Promise<void> {
  await expect(figure.locator('.widget-foot')).toHaveText(/^Asked of the model Student, by WebAssembly on /);
  await expect(figure.locator('.widget-body')).toHaveAttribute('aria-busy', 'false');
}

/** Tokens of the canvas as the engine has them: the one that begins a text, and masks. */
const tokensOf = (page: Page): Promise<number[]> =>
  page
    .locator('.canvas .slot')
    .evaluateAll((all) => [0, ...all.map((slot) => Number((slot as HTMLElement).dataset['token'] ?? 4096))]);

/** A share as the figures write it. */
const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

// What the engine says is compared with what is shown at one moment: nothing else may hold up either.
test('the figures of the lessons show what the engine says, and follow them', ALONE, async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?backend=wasm#v=2&lesson=attention');
  await page.waitForFunction(() => 'unmask' in window);

  await test.step('a map of attention', async () => {
    const figure = await halfWay(page, 'attention');
    const map = figure.getByRole('slider', { name: /^Map of attention/ });
    await click(page, 'head 1 of layer 4', 'Layer 4, head 1.');
    await expect(figure.getByLabel('Layer')).toHaveValue('3');
    await slotButton(page, 7).click();
    await expect(map).toHaveAttribute('aria-valuetext', /^Masked slot 7 reads /);
    await settled(figure);
    const row = await page.evaluate(
      async (tokens) => {
        const asked = { model: 'student', tokens, layer: 3, head: 0 };
        const { weights, length } = await window.unmask.attention(asked);
        return [...weights.subarray(7 * length, 8 * length)];
      },
      await tokensOf(page),
    );
    const most = row.indexOf(Math.max(...row));
    const first = figure.locator('.attention-reads li').first();
    await expect(first).toHaveAttribute('data-position', `${most}`);
    await expect(first).toContainText(percent(row[most]));
    // Arrows go through the map, and not through the run.
    await map.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await expect(map).toHaveAttribute('aria-valuenow', '8');
    await expect(map).toHaveAttribute('aria-valuetext', /^Masked slot 8 reads /);
    await expect(position(page)).toHaveValue('4');
    expect(await axe(page)).toEqual([]);
    await click(page, 'Let the autoregressive model read', 'The autoregressive model reads the text.');
    await expect(figure.locator('[data-half="empty"]')).toBeVisible();
    await expect(figure.locator('.hint').filter({ hasText: /^To its left/ })).toContainText(
      'to its right 0 %',
    );
  });

  await test.step('two slots', async () => {
    await page.goto('./?backend=wasm#v=2&lesson=all-at-once.2');
    await page.reload();
    const figure = await halfWay(page, 'pair');
    const selects = figure.getByRole('combobox');
    await click(page, 'find two slots that disagree', /^These two disagree most/);
    await settled(figure);
    const slots = (await selects.evaluateAll((all) =>
      all.map((one) => Number((one as HTMLSelectElement).value)),
    )) as [number, number];
    const result = await page.evaluate(
      async ({ tokens, positions }) => window.unmask.pair({ model: 'student', tokens, positions, top: 8 }),
      { tokens: await tokensOf(page), positions: [slots[0] + 1, slots[1] + 1] as [number, number] },
    );
    expect(result.distance).toBeGreaterThan(0.2);
    for (const of of ['joint', 'product'] as const) {
      const value = await figure.locator(`td [data-of="${of}"]`).first().getAttribute('data-value');
      expect(Math.abs(Number(value) - result[of][0][0])).toBeLessThan(1e-6);
    }
    await expect(figure.locator('.widget-body')).toContainText(`moves ${percent(result.distance)}`);
    await selects.first().focus();
    await page.keyboard.press('Home');
    await expect(figure.locator('caption')).toHaveText(/^Rows: tokens of slot 5\./);
    await settled(figure);
    expect(await axe(page)).toEqual([]);
  });

  await test.step('the precision lens', async () => {
    await page.goto('./?backend=wasm#v=2&lesson=cost.4');
    await page.reload();
    const figure = await halfWay(page, 'lens');
    await click(page, 'in 1,024', 'The lens supposes 1,024 steps.');
    await expect(figure.locator('.widget-sentence')).toContainText('a run of 1,024 steps');
    await settled(figure);
    // Of what is shown at the moment: the live run may just have taken over from the record.
    await expect(async () => {
      const shown = Number(await position(page).inputValue());
      const slot = Number(await figure.getByRole('combobox').first().inputValue());
      const t = 1 - (shown * (1 - 1e-5)) / 8;
      const asked = { tokens: await tokensOf(page), position: slot + 1, t, steps: 1024 };
      const { never } = await page.evaluate((o) => window.unmask.lens({ model: 'student', ...o }), asked);
      expect(never.tokens).toBeGreaterThan(0);
      await settled(figure);
      expect(await figure.locator('.widget-sentence').innerText()).toContain(`draw ${percent(never.tokens)}`);
    }).toPass({ timeout: 60_000 });
    await figure.getByRole('slider', { name: 'Steps of the run' }).focus();
    await page.keyboard.press('Home');
    await expect(figure.locator('.widget-sentence')).toContainText('In one step,');
    await settled(figure);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await axe(page)).toEqual([]);
  });
});

test('a lesson by keyboard alone', async ({ page }) => {
  await page.goto('./?backend=wasm');
  await lessonsButton(page).focus();
  await page.keyboard.press('Enter');
  await expect(heading(page)).toBeFocused();
  // Close, then the first lesson.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('One token at a time, 1 of 5: A guess, then another');
  await expect(heading(page)).toBeFocused();
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await expect(heading(page)).toHaveText('One token at a time, 4 of 5: All slots at once');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(word(page, 'in 4')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(said(page)).toHaveText('Running: the student, 4 steps.');
  await expect(word(page, 'in 4')).toContainText('(done)');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('Tab');
  for (const _ of [1, 2]) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(panel(page).locator('.lesson-verdict')).toContainText(/^Right\. /);
  await page.keyboard.press('PageDown');
  await expect(heading(page)).toContainText('A text with holes');
  await page.keyboard.press('PageUp');
  await expect(heading(page)).toContainText('A question');
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  await expect(lessonsButton(page)).toBeFocused();
});

test('fits a phone and a desk, and axe has nothing to say', async ({ page }) => {
  await openLessons(page);
  const fits = async (what: string): Promise<void> => {
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 740 });
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over, `${what}, ${width} px`).toBe(0);
      expect(await axe(page), `${what}, ${width} px`).toEqual([]);
    }
  };
  await fits('contents');
  await panel(page).getByRole('button', { name: 'Masking a text' }).click();
  await word(page, 'Mask it at t = 0.3').click();
  await fits('a part');
  await page.keyboard.press('PageUp');
  await fits('a question');
  await page.setViewportSize({ width: 360, height: 740 });
  await panel(page).getByRole('button', { name: 'Fold', exact: true }).click();
  await expect(heading(page)).toBeHidden();
  // Turning unfolds it.
  await page.keyboard.press('PageDown');
  await expect(heading(page)).toBeVisible();
  // A race needs the screen.
  await panel(page).getByRole('button', { name: 'Contents' }).click();
  await panel(page).getByRole('button', { name: 'One token at a time' }).click();
  await word(page, 'Let three models race').click();
  await expect(heading(page)).toBeHidden();
  await expect(page.locator('.lane').first()).toBeInViewport();
  await cancel(page).click();
});
