/** What the model held possible: the candidates of a slot, and an audit of the probabilities that the page shows. */
import { bundledCheckpoint } from '../fixtures/load.ts';
import { tokenProbabilities } from '../src/gpu/kernels/sample/sample.reference.ts';
import { loadReference, referenceLogits } from '../src/model/network/forward.reference.ts';
import { expect, test } from './fixtures.ts';
import {
  countCalls,
  openPage,
  position,
  runButton,
  slotButton,
  slots,
  untilLive,
  untilWritten,
} from './page.ts';

const MASK = 4096;

test('candidates of a slot: ten, their chances, the entropy, and where the drawn one ranked', async ({
  page,
}) => {
  const calls = await countCalls(page);
  await openPage(page);
  await untilLive(page);
  const { steps } = await page.evaluate(async () => {
    const result = await window.unmask.sample({ model: 'student', seed: 29, length: 33 });
    return result.traces[0];
  });
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const panel = page.getByRole('region', { name: /^Slot \d+/ });
  const rows = panel.getByRole('list', { name: 'Most probable tokens' }).getByRole('listitem');

  await test.step('of a token that came in this step', async () => {
    const at = steps[1].positions[0];
    await slotButton(page, at).click();
    await expect(panel).toContainText(`Slot ${at} in step ${steps[1].step}`);
    await expect(rows.first()).toBeVisible({ timeout: 60_000 });
    const tokens = Array.from({ length: 33 }, () => 4096);
    tokens[0] = 0;
    const start = await page.evaluate(async () => {
      const { tokens: texts, traces } = await window.unmask.sample({
        model: 'student',
        seed: 29,
        length: 33,
        steps: 8,
      });
      const masked = new Set(traces[0].steps.flatMap((step) => step.positions));
      return texts[0].map((token, i) => (masked.has(i) ? 4096 : token));
    });
    steps[0].positions.forEach((position, i) => (start[position] = steps[0].tokens[i]));
    const [law] = await page.evaluate(
      ([xt, slot, drawn]) =>
        window.unmask.inspect({ model: 'student', tokens: xt, positions: [slot], drawn: [drawn] }),
      [start, at, steps[1].tokens[0]] as const,
    );
    expect(law.drawn!.probability).toBeCloseTo(steps[1].probabilities[0], 4);
    expect(law.entropy).toBeCloseTo(steps[1].entropies[0], 3);
    await expect(panel).toContainText(`entropy ${law.entropy.toFixed(2)} nats`);
    const rank = law.drawn!.rank === 1 ? 'the likeliest of 4,096' : 'likeliest of 4,096';
    await expect(panel).toContainText(rank);
    await expect(rows).toHaveCount(law.drawn!.rank > 10 ? 11 : 10);
    await expect(panel.locator('[data-drawn="true"]')).toHaveCount(1);
    const chances = (await panel.locator('.candidate-chance').allInnerTexts()).slice(0, 10).map(Number);
    expect(chances).toEqual(chances.toSorted((a, b) => b - a));
    chances.forEach((chance, i) => {
      expect(Math.abs(chance - law.candidates[i].probability)).toBeLessThanOrEqual(0.006);
    });
  });

  await test.step('of a slot that is still masked, from the same pass and without asking again', async () => {
    const asked = await calls('inspect');
    const masked = Number(
      (await page.locator('.canvas [data-state="masked"] button').first().getAttribute('data-slot'))!,
    );
    await slotButton(page, masked + 1).click();
    await expect(panel).toContainText('Not drawn in this step; entropy ');
    await expect(rows).toHaveCount(10);
    expect(await calls('inspect')).toBe(asked);
    // Another step is another x_t.
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => calls('inspect')).toBe(asked + 1);
  });

  await test.step('by keyboard: Enter opens, Escape closes', async () => {
    await page.keyboard.press('Escape');
    await expect(page.getByRole('heading', { name: 'Look into a slot' })).toBeVisible();
    await slotButton(page, 1).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect(panel).toContainText('Slot 2 in');
  });
});

test('trace audit: the probabilities of 20 steps in the page are those of the network', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(runButton(page)).toBeVisible();
  await page.getByRole('slider', { name: 'Steps' }).focus();
  await page.keyboard.press('End');
  await runButton(page).click();
  await untilWritten(page);
  const count = Number(await position(page).getAttribute('max'));
  expect(count).toBeGreaterThanOrEqual(20);
  const network = await loadReference(await bundledCheckpoint('student'));
  const read = () =>
    slots(page).all.evaluateAll((all) =>
      all.map(({ dataset }) => ({
        state: dataset['state'],
        token: dataset['token'] === undefined ? undefined : Number(dataset['token']),
        probability: Number(dataset['probability']),
      })),
    );
  await page.keyboard.press('Home');
  let before = await read();
  let audited = 0;
  for (let step = 1; step <= 20; step++) {
    await page.keyboard.press('ArrowRight');
    await expect(position(page)).toHaveValue(String(step));
    const after = await read();
    const fresh = after.flatMap(({ state }, slot) => (state === 'new' ? [slot] : []));
    // The model sees the token that begins a text, too.
    const xt = Uint32Array.from([0, ...before.map(({ token }) => token ?? MASK)]);
    const logits = referenceLogits(network, xt, { rows: fresh.map((slot) => slot + 1) });
    fresh.forEach((slot, i) => {
      const row = logits.subarray(i * (MASK + 1), (i + 1) * (MASK + 1));
      const { token, probability } = after[slot];
      expect(before[slot].state).toBe('masked');
      expect(Math.abs(tokenProbabilities(row, MASK, 1, 1)[token!] - probability)).toBeLessThanOrEqual(1e-3);
      audited++;
    });
    before = after;
  }
  expect(audited).toBeGreaterThanOrEqual(20);
});
