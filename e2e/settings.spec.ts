/** What a visitor can ask for: prompt, steps, samplers, lengths, several texts, pins. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import {
  countCalls,
  openPage,
  position,
  prose,
  runButton,
  slotButton,
  slots,
  untilLive,
  untilWritten,
} from './page.ts';

const open = async (page: Page): Promise<void> => {
  await openPage(page);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(runButton(page)).toBeVisible();
  await page.getByText('Temperature, top-p, several texts, BOS').click();
};
const seed = (page: Page) => page.getByLabel('Seed', { exact: true });
const length = (page: Page, slots: string) =>
  page.getByRole('group', { name: 'Length, in slots' }).getByRole('radio', { name: slots, exact: true });
const runIt = async (page: Page): Promise<void> => {
  await runButton(page).click();
  await untilWritten(page);
};

test('runs what is asked for: prompt, steps, length, seed, BOS, several texts', async ({ page }) => {
  const calls = await countCalls(page);
  await open(page);
  await page.getByLabel('Prompt').fill('Once upon a time');
  await page.getByRole('slider', { name: 'Steps' }).fill('1');
  await expect(page.getByText('At most about 2 forward passes')).toBeVisible();
  await seed(page).fill('7');
  await expect(page.getByText('Changed: press Run to see what it does.')).toBeVisible();
  await page.keyboard.press('Enter');
  await untilWritten(page);
  await expect(page.getByText('The canvas shows a run with these settings.')).toBeVisible();
  await expect(slots(page).given).toHaveCount(4);
  await expect(prose(page)).toHaveText(/^Once upon a time/);
  const text = await prose(page).innerText();

  await test.step('dice', async () => {
    await page.getByRole('button', { name: 'Roll another seed and run' }).click();
    await expect(seed(page)).not.toHaveValue('7');
    await untilWritten(page);
    await expect(prose(page)).not.toHaveText(text);
    const rolled = await seed(page).inputValue();
    await page.getByRole('button', { name: 'New seed' }).click();
    await expect(seed(page)).not.toHaveValue(rolled);
    await untilWritten(page);
  });

  await test.step('a prompt that does not fit is refused in a sentence, and the text stays', async () => {
    await page.getByLabel('Prompt').fill('Once upon a time there was a girl. '.repeat(6));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText('shorten it or raise length');
    await expect(slots(page).all).toHaveCount(32);
    await page.getByLabel('Prompt').fill('');
  });

  await test.step('several texts without the token that begins one', async () => {
    await length(page, '16').check();
    await page.getByRole('group', { name: 'Texts at once' }).getByRole('radio', { name: '4' }).check();
    await page.getByLabel('Give the token that begins a text').uncheck();
    await seed(page).fill('5');
    await runIt(page);
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(slots(page).all).toHaveCount(16);
    const texts = page.getByRole('region', { name: /All 4 texts/ }).getByRole('button');
    await expect(texts).toHaveCount(4);
    const expected = await page.evaluate(() =>
      window.unmask.sample({ model: 'student', length: 16, count: 4, seed: 5, steps: 2, bos: false }),
    );
    const before = await calls('sample');
    for (const [i, wanted] of expected.text.entries()) {
      await texts.nth(i).click();
      await expect(texts.nth(i)).toHaveAttribute('aria-pressed', 'true');
      await page.keyboard.press('End');
      expect((await prose(page).innerText()).trim()).toBe(wanted.replaceAll('<|endoftext|>', '').trim());
    }
    expect(await calls('sample'), 'the texts are stored').toBe(before);
  });

  await test.step('as many slots as the model has', async () => {
    await page
      .getByRole('group', { name: 'Texts at once' })
      .getByRole('radio', { name: '1', exact: true })
      .check();
    await page.getByLabel('Give the token that begins a text').check();
    await length(page, '127').check();
    await runIt(page);
    await expect(slots(page).all).toHaveCount(127);
    await page.setViewportSize({ width: 1440, height: 900 });
    const narrowest = await page
      .locator('.canvas .piece:not(.ours)')
      .evaluateAll((pieces) =>
        Math.min(...pieces.map((piece) => parseFloat(getComputedStyle(piece).fontSize))),
      );
    expect(narrowest, 'words stay readable').toBeGreaterThanOrEqual(9);
  });
});

test('samplers: each explained, and each its own way through the same text', async ({ page }) => {
  await open(page);
  await test.step('first-hitting has one token a pass and no step count', async () => {
    await page.getByRole('radio', { name: 'First-hitting' }).check();
    await expect(page.getByText('One slot a pass, at the moment when chance has it come.')).toBeVisible();
    await expect(page.getByRole('slider', { name: 'Steps' })).toBeDisabled();
    await length(page, '16').check();
    await runIt(page);
    await expect(position(page)).toHaveAttribute('max', '16');
    await expect(page.getByRole('region', { name: 'This run' })).toContainText(
      '16forward passesno step count',
    );
    await expect(page.locator('[data-announces="step"]')).toHaveText('Pass 16: 1 new, 0 masked');
  });
  await test.step('confidence takes the surest first', async () => {
    await page.getByRole('radio', { name: 'Confidence' }).check();
    await expect(page.getByText('Its texts tend to repeat themselves.')).toBeVisible();
    await page.getByRole('slider', { name: 'Steps' }).fill('3');
    await runIt(page);
    const of = (sampler: 'confidence' | 'ancestral') =>
      page.evaluate(
        (name) => window.unmask.sample({ model: 'student', length: 17, steps: 4, seed: 29, sampler: name }),
        sampler,
      );
    const [confidence, ancestral] = [await of('confidence'), await of('ancestral')];
    expect((await prose(page).innerText()).trim()).toBe(confidence.text[0].trim());
    const counts = (result: typeof confidence) =>
      result.traces[0].steps.map(({ positions }) => positions.length);
    expect(counts(confidence)).toEqual(counts(ancestral));
    const first = (result: typeof confidence) =>
      result.traces[0].steps[0].probabilities.reduce((a, b) => a + b);
    expect(first(confidence)).toBeGreaterThanOrEqual(first(ancestral));
  });
  await test.step('ancestral says that it is the analytic one too', async () => {
    await page.getByRole('radio', { name: 'Ancestral' }).check();
    await expect(page.getByText('The analytic sampler of the literature has the same law')).toBeVisible();
  });
  await test.step('temperature and top-p', async () => {
    await page.getByRole('slider', { name: 'Temperature' }).fill('0.5');
    await page.getByRole('slider', { name: 'Top-p' }).fill('0.9');
    await runIt(page);
    const result = await page.evaluate(() =>
      window.unmask.sample({ model: 'student', length: 17, steps: 4, seed: 29, temperature: 0.5, topP: 0.9 }),
    );
    expect((await prose(page).innerText()).trim()).toBe(result.text[0].trim());
  });
});

test('pins: a click, a word, and the model writes around it', async ({ page }) => {
  await openPage(page);
  await untilLive(page);
  await slotButton(page, 12).click();
  const word = page.getByLabel('Pin a word here');
  await word.fill('garden');
  await expect(page.getByText('One token: ')).toBeVisible();
  await word.press('Enter');
  await untilWritten(page);
  await expect(slots(page).pinned).toHaveCount(1);
  await expect(slotButton(page, 12)).toHaveText(/garden\s*pinned/);
  await expect(prose(page)).toContainText(' garden');
  await expect(page.getByText('You pinned this slot')).toBeVisible();
  await expect(page.getByText('1 slot is pinned.')).toBeVisible();

  await test.step('a word of two tokens takes two slots, by keyboard alone', async () => {
    await page.keyboard.press('Escape');
    await slotButton(page, 1).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await expect(slotButton(page, 18)).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(slotButton(page, 18)).toHaveAttribute('aria-pressed', 'true');
    await word.fill('gardener');
    await expect(page.getByText('2 tokens, slots 18 to 19: ')).toBeVisible();
    await expect(page.locator('.chip')).toHaveText(['·garden', 'er']);
    await word.press('Enter');
    await untilWritten(page);
    await expect(slots(page).pinned).toHaveCount(3);
    await expect(prose(page)).toContainText(' gardener');
  });

  await test.step('what does not fit is said before anything is pinned', async () => {
    await slotButton(page, 32).click();
    await word.fill('gardener');
    await expect(page.getByText('These are 2 tokens, and from here on 1 slot is left')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Pin', exact: true })).toBeDisabled();
  });

  await test.step('and out again', async () => {
    await slotButton(page, 12).click();
    await page.getByRole('button', { name: 'Take the pin out and run' }).click();
    await untilWritten(page);
    await expect(slots(page).pinned).toHaveCount(2);
    await page.getByRole('button', { name: 'Take all out' }).click();
    await untilWritten(page);
    await expect(slots(page).pinned).toHaveCount(0);
  });
});
