/** The Race view, as a visitor meets it: lanes are run, played together, changed and saved. */
import type { RaceJson } from '../src/ui/race/figures/race-json.ts';
import { expect, test } from './fixtures.ts';
import { engineWorker, openPage, openQuietPage, patchWorker } from './page.ts';
import {
  view,
  lane,
  lanes,
  sentence,
  place,
  runButton,
  cancel,
  standing,
  written,
  untilRaced,
  openRace,
  askForShortRace,
  saved,
  csvRows,
  expected,
  fits,
} from './race-page.ts';

test('the usual race runs by itself, is played by three rules, and can be taken along', async ({ page }) => {
  test.slow();
  await openPage(page);
  await page.evaluate(() => {
    const told = new Set<string>();
    Object.assign(window, { told });
    new MutationObserver(() => {
      told.add(document.querySelector('[data-announces="race"]')?.textContent ?? '');
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await openRace(page);
  await expect(sentence(page)).toHaveText(
    /^Timing the (student|teacher|autoregressive model): run \d of [35]\.$/,
    { timeout: 120_000 },
  );
  await expect(lane(page, 2)).toHaveAttribute('data-state', 'empty');
  await untilRaced(page);
  const told = await page.evaluate(() => [...(window as unknown as { told: Set<string> }).told]);
  expect(told.filter((text) => /^Timing the .*: run \d of [35]\.$/.test(text))).not.toEqual([]);

  const json = await saved(page, 'Everything (JSON)');
  const race = JSON.parse(json.bytes.toString()) as RaceJson;
  const results = race.lanes.map(({ result }) => result!);

  await test.step('each lane shows what it cost and how good it is', async () => {
    expect(results.map(({ model }) => model)).toEqual(['student', 'teacher', 'causal']);
    const passes = results.map(({ forwardPasses }) => forwardPasses);
    expect(passes[0]).toBeLessThanOrEqual(4);
    expect(passes[1]).toBeLessThanOrEqual(32);
    expect(passes[1]).toBeGreaterThan(passes[0]);
    expect(passes[2]).toBe(32);
    const { software } = await page.evaluate(() => window.unmask.ready);
    for (const [i, nominal] of ['for 4 steps', 'for 32 steps', 'one per token'].entries()) {
      const figures = lane(page, i).locator('.figures');
      await expect(figures).toContainText(`${passes[i]}forward passes${nominal}`);
      await expect(figures).toContainText('32 written');
      await expect(figures).toContainText(
        new RegExp(`[\\d.,]+ m?s(GPU|wall), median of ${software ? 3 : 5}`),
      );
      await expect(figures).toContainText(
        `${results[i].quality!.entropy.mean.toFixed(2)} natsperplexity and entropy${i === 2 ? 'self-scored, not compared' : 'of this text'}`,
      );
      await expect(figures).not.toContainText('not known yet');
    }
    const judged = page.getByRole('region', { name: 'Quality' }).getByRole('row');
    await expect(judged.nth(1)).not.toContainText('not compared');
    await expect(judged.nth(3)).toContainText('self-scored, not compared');
    await expect(page.getByText('these times say nothing about GPUs')).toHaveCount(software ? 1 : 0);
  });

  await test.step('a lane shows what its clock lets it', async () => {
    const lead = page.locator('.headline .lead');
    for (const [rule, name, says] of [
      ['time', 'Time', /^Played by measured (GPU|wall) time, /],
      ['pass', 'Forward passes', /^Played by forward passes: one of every lane per tick/],
      ['fraction', 'Fraction done', /^Played by the fraction of its own passes .* so that all end at once/],
    ] as const) {
      await page.getByRole('radio', { name, exact: true }).check();
      // A radio button takes the arrow keys.
      await page.evaluate(() => {
        (document.activeElement as HTMLElement).blur();
      });
      await expect(lead).toHaveText(says);
      await page.keyboard.press('Home');
      await expect(place(page)).toHaveValue('0');
      await expect(sentence(page)).toHaveText('Three lanes, nothing written yet.');
      const look = async (): Promise<void> => {
        const position = Number(await place(page).inputValue());
        const shown = await Promise.all([0, 1, 2].map((i) => standing(page, i)));
        expect(shown, `by ${rule} at ${position}`).toEqual(expected(race, rule, position));
      };
      await look();
      for (let i = 0; i < 7; i++) {
        await page.keyboard.press('ArrowRight');
        await look();
      }
      // A place that is nobody's moment.
      const end = Number(await place(page).getAttribute('max'));
      await place(page).fill(String(end * 0.617));
      expect(Number(await place(page).inputValue())).toBeCloseTo(end * 0.617, 6);
      await look();
      await page.keyboard.press('End');
      await expect(place(page)).toHaveValue(String(end));
      await look();
    }
    await page.getByRole('radio', { name: 'Forward passes' }).check();
    await expect(sentence(page)).toHaveText(
      `All are done: the student took ${results[0].forwardPasses} forward passes, the teacher ${results[1].forwardPasses} and the autoregressive model 32.`,
    );
  });

  await test.step('the keys of the player', async () => {
    await page.evaluate(() => {
      (document.activeElement as HTMLElement).blur();
    });
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await expect(place(page)).toHaveValue('1');
    await expect(lane(page, 2).locator('[data-state="masked"]')).toHaveCount(31);
    await page.keyboard.press(' ');
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    await expect(place(page)).not.toHaveValue('1');
    await page.keyboard.press(' ');
    await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
    // It goes on to the end by itself, and from the end it plays again.
    const speed = page.getByLabel('Speed', { exact: true }).and(page.locator('select'));
    await speed.selectOption('8×');
    await page.getByRole('button', { name: 'Play' }).click();
    await expect(place(page)).toHaveValue('32');
    await speed.selectOption('0.25×');
    await page.getByRole('button', { name: 'Play' }).click();
    await expect(place(page)).not.toHaveValue('32');
    await page.getByRole('button', { name: 'To the start' }).click();
    await page.getByRole('button', { name: 'One moment forward' }).click();
    await expect(place(page)).toHaveValue('1');
  });

  await test.step('it is saved as a table, as everything, and as a picture', async () => {
    expect(json.name).toBe('unmask-race.json');
    expect(race).toMatchObject({ version: 1, settings: { slots: 32, seed: 1729, prompt: '' } });
    for (const { trace, tokens } of results) {
      expect(trace.initial).toHaveLength(33);
      const came = trace.trace.flatMap(({ positions }) => positions).toSorted((a, b) => a - b);
      expect(came).toEqual(Array.from({ length: 32 }, (_, i) => i + 1));
      expect(tokens).toHaveLength(1);
    }

    const csv = await saved(page, 'Table (CSV)');
    expect(csv.name).toBe('unmask-race.csv');
    const [header, ...rows] = csvRows(csv.bytes.toString());
    expect(rows.map((row) => row.length)).toEqual([1, 2, 3].map(() => header.length));
    const column = (name: string): (string | undefined)[] => rows.map((row) => row[header.indexOf(name)]);
    expect(column('lane')).toEqual(['1', '2', '3']);
    expect(column('forward_passes')).toEqual(results.map(({ forwardPasses }) => String(forwardPasses)));
    expect(column('self_scored')).toEqual(['false', 'false', 'true']);
    expect(column('perplexity')).toEqual(results.map(({ quality }) => String(quality!.perplexity!.mean)));
    expect(column('text')).toEqual(results.map(({ text }) => text));

    const png = await saved(page, 'Picture (PNG)');
    expect(png.name).toBe('unmask-race.png');
    expect([...png.bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    expect(png.bytes.readUInt32BE(16), 'width').toBe(2400);
    expect(png.bytes.length).toBeGreaterThan(10_000);
    await expect(
      page.getByText(`unmask-race.png, ${(png.bytes.length / 1000).toFixed(1)} kB.`),
    ).toBeVisible();
  });

  await page.emulateMedia({ reducedMotion: 'reduce' });
  const papers = new Set<string>();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await fits(page, colorScheme);
    papers.add(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor));
  }
  expect(papers.size, 'light and dark differ').toBe(2);
});

test('a race is chosen, stopped and changed by keyboard', async ({ page }) => {
  test.slow();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openQuietPage(page);
  await openRace(page);
  await page.getByLabel('Race', { exact: true }).focus();
  await page.keyboard.press('o');
  await expect(page.getByText('What does each doubling of the steps buy? Turn the dial.')).toBeVisible();
  await expect(lanes(page)).toHaveCount(8);
  await expect(page.getByRole('list', { name: 'Lanes' })).toHaveAttribute('data-compact', 'true');
  await expect(lane(page, 7)).toContainText('128 steps, ancestral');
  await expect(page.getByRole('button', { name: 'Eight are the most' })).toBeDisabled();

  await test.step('Cancel stops it, and what is there stays', async () => {
    await expect(lane(page, 0)).toHaveAttribute('data-state', 'done', { timeout: 120_000 });
    const { tokens } = await standing(page, 0);
    expect(tokens).toHaveLength(32);
    expect(tokens).not.toContain(null);
    await cancel(page).focus();
    await page.keyboard.press('Enter');
    await expect(view(page)).toHaveAttribute('data-status', 'stopped');
    await expect(page.getByText('Not every lane is through: run it again.')).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    expect((await standing(page, 0)).tokens).toEqual(tokens);
    await expect(lane(page, 7)).toHaveAttribute('data-state', 'empty');
    await expect(lane(page, 7)).toContainText('not run yet');
    // The engine is free for those who come next.
    expect(await page.evaluate(() => window.unmask.encode({ model: 'student', text: 'Once' }))).toEqual([
      419,
    ]);
  });

  const change = async (name: string): Promise<void> => {
    await page.getByRole('button', { name: `Change ${name}`, exact: true }).focus();
    await page.keyboard.press('Enter');
  };

  const takeOut = async (name: string): Promise<void> => {
    await change(name);
    await page.getByRole('button', { name: 'Take this lane out' }).focus();
    await page.keyboard.press('Enter');
  };

  await test.step('the eighth lane is the last that can be added', async () => {
    await takeOut('the student at 64 steps');
    await expect(lanes(page)).toHaveCount(7);
    await page.getByRole('button', { name: 'Add a lane' }).focus();
    await page.keyboard.press('Enter');
    await expect(lanes(page)).toHaveCount(8);
    await expect(page.getByRole('button', { name: 'Eight are the most' })).toBeDisabled();
    await expect(lane(page, 7)).toContainText('256 steps, ancestral');
    await expect(page.getByLabel('Race', { exact: true })).toHaveValue('own');
    // Its settings are open, and have the focus.
    const panel = page.getByRole('group', { name: 'What the student at 256 steps is asked for' });
    await expect(panel.getByLabel('Model')).toBeFocused();
    await fits(page, 'eight lanes');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name: 'Change the student at 256 steps' })).toBeFocused();
    await expect(panel).toHaveCount(0);
  });

  await test.step('a lane gets another model and more steps; the others keep what they wrote', async () => {
    const { tokens } = await standing(page, 0);
    await change('the student at 256 steps');
    await page.keyboard.press('t');
    await expect(lane(page, 7).getByRole('heading')).toHaveText('8Teacher');
    await page.keyboard.press('Tab');
    await expect(lane(page, 7).getByLabel('Steps')).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(lane(page, 7)).toContainText('512 steps, ancestral');
    await page.keyboard.press('Escape');
    await expect(lane(page, 7)).toHaveAttribute('data-state', 'empty');
    expect((await standing(page, 0)).tokens).toEqual(tokens);
  });

  await test.step('lanes are taken out, but for two', async () => {
    for (const steps of [128, 32, 16, 8]) await takeOut(`the student at ${steps} steps`);
    await expect(lanes(page)).toHaveCount(4);
    await expect(view(page)).toBeFocused();
    await fits(page, 'four lanes');
    for (const steps of [4, 2]) await takeOut(`the student at ${steps} steps`);
    await expect(lanes(page)).toHaveCount(2);
    expect(await lanes(page).locator('.lane-head > p:first-of-type').allInnerTexts()).toEqual([
      '1 step, ancestral',
      '512 steps, ancestral',
    ]);
    await change('the teacher');
    await expect(page.getByRole('button', { name: 'Two lanes are the fewest' })).toBeDisabled();
    await fits(page, 'two lanes');
  });
});

test('a seed is a race: again in the page, and by the API', async ({ page }) => {
  test.slow();
  await openQuietPage(page);
  await openRace(page);
  await askForShortRace(page);
  await runButton(page).click();
  await untilRaced(page);
  const first = await written(page);
  expect(first.map((tokens) => tokens.length)).toEqual([8, 8]);
  const seed = page.getByLabel('Seed', { exact: true });
  expect(await seed.inputValue()).toBe('1729');

  await page.getByRole('button', { name: 'New seed' }).click();
  await expect(view(page)).toHaveAttribute('data-status', 'running');
  await untilRaced(page);
  expect(await seed.inputValue()).not.toBe('1729');
  expect(await written(page)).not.toEqual(first);

  await seed.fill('1729');
  await expect(
    page.getByText('The lanes show a race with other settings: run this one to see it.'),
  ).toBeVisible();
  await seed.blur();
  await runButton(page).click();
  await expect(view(page)).toHaveAttribute('data-status', 'running');
  await untilRaced(page);
  expect(await written(page)).toEqual(first);

  const called = await page.evaluate(async () => {
    const lanes = [
      { model: 'student', steps: 4, length: 9 },
      { model: 'causal', length: 9 },
    ];
    return (await window.unmask.race({ lanes, seed: 1729, repeats: 1 })).map(({ tokens }) =>
      tokens[0].slice(1),
    );
  });
  expect(called).toEqual(first);
});

test('races on WebAssembly where that is asked for, and says so', async ({ page }) => {
  test.slow();
  await page.goto('./?backend=wasm');
  await page.waitForFunction(() => 'unmask' in window);
  await openRace(page);
  await expect(page.getByText('timed three times, since this is a CPU.')).toBeVisible({ timeout: 60_000 });
  await askForShortRace(page);
  await runButton(page).click();
  await untilRaced(page);
  await expect(page.getByRole('banner').getByRole('note')).toContainText(
    'This address asks for WebAssembly.',
  );
  await expect(page.getByRole('region', { name: 'Speed' }).getByRole('note')).toHaveText(
    /onnxruntime-web computed this on the CPU: these times say nothing about GPUs\.$/,
  );
  expect((await written(page)).map((tokens) => tokens.length)).toEqual([8, 8]);
  await expect(lane(page, 1).locator('.figures')).toContainText('8forward passesone per token');
  await expect(lane(page, 1).locator('.figures')).toContainText('wall, median of 3');
});

test('the device is lost in the middle: one sentence, what was run stays, and running again works', async ({
  page,
}) => {
  test.slow();
  await patchWorker(
    page,
    `{ const request = GPUAdapter.prototype.requestDevice;
       GPUAdapter.prototype.requestDevice = async function (...given) {
         return (self.testDevice = await request.apply(this, given)); }; }`,
  );
  await openQuietPage(page);
  await openRace(page);
  await expect(lane(page, 0)).toHaveAttribute('data-state', 'done', { timeout: 120_000 });
  const { tokens } = await standing(page, 0);
  const worker = await engineWorker(page);
  await worker.evaluate(() => {
    (self as unknown as { testDevice: GPUDevice }).testDevice.destroy();
  });
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('The GPU was lost');
  await expect(alert.getByRole('paragraph')).toHaveText(/^[^.]+\.$/);
  await expect(view(page)).toHaveAttribute('data-status', 'stopped');
  expect((await standing(page, 0)).tokens).toEqual(tokens);
  await expect(lane(page, 2)).toHaveAttribute('data-state', 'empty');

  await askForShortRace(page);
  expect((await standing(page, 0)).tokens).toEqual(tokens);
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(alert).toHaveCount(0);
  await untilRaced(page);
  expect((await written(page)).map((row) => row.length)).toEqual([8, 8]);
});
