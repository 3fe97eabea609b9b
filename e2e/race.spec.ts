/** The Race view, as a visitor meets it: lanes are run, played together, changed and saved; and the calls behind it. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { RaceRule } from '../src/trace/race.ts';
import type { RaceJson } from '../src/ui/race/figures/race-json.ts';
import type { SampleOptions, ScoreOptions } from '../src/worker/protocol.ts';
import type { RaceOptions } from '../src/worker/race/result.ts';
import { expect, test } from './fixtures.ts';
import { axe, engineWorker, openPage, openQuietPage, patchWorker } from './page.ts';

const view = (page: Page) => page.locator('main.race');
const lane = (page: Page, index: number) => page.locator(`.lane[data-lane="${index}"]`);
const lanes = (page: Page) => page.locator('.lane');
const sentence = (page: Page) => page.locator('.headline .sentence');
const place = (page: Page) => page.getByRole('slider', { name: 'Position in the race' });
const runButton = (page: Page) => page.getByRole('button', { name: 'Run the race' });
const cancel = (page: Page) =>
  page.getByRole('form', { name: 'What is raced' }).getByRole('button', { name: 'Cancel' });

/** Where a lane is, and the tokens of its slots; null where one is masked. */
const standing = (page: Page, index: number) =>
  lane(page, index).evaluate((card) => {
    const slots = [...card.querySelectorAll<HTMLElement>('.lane-slots .slot')];
    return {
      state: card.dataset['state'],
      tokens: slots.map(({ dataset: { state, token } }) => (state === 'masked' ? null : Number(token))),
      fresh: slots.flatMap(({ dataset: { state } }, i) => (state === 'new' ? [i] : [])),
    };
  });

/** The tokens of every lane at the end of the race. */
async function written(page: Page): Promise<(number | null)[][]> {
  await page.keyboard.press('End');
  await expect(page.locator('.lane [data-state="masked"]')).toHaveCount(0);
  const count = await lanes(page).count();
  return Promise.all(Array.from({ length: count }, async (_, i) => (await standing(page, i)).tokens));
}

/** Wait until every lane has been run and judged; on a software adapter that takes its time. */
const untilRaced = (page: Page) =>
  expect(view(page)).toHaveAttribute('data-status', 'done', { timeout: 240_000 });

/** Open the view by its tab; the usual race begins by itself. */
async function openRace(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Race', exact: true }).click();
  await expect(view(page)).toHaveAttribute('data-status', 'running');
}

/** Stop the usual race, and ask for a short one: the student and the autoregressive model, 8 slots each. */
async function askForShortRace(page: Page): Promise<void> {
  if (await cancel(page).isVisible()) await cancel(page).click();
  await expect(view(page)).toHaveAttribute('data-status', 'stopped');
  await page.getByRole('button', { name: 'Change the teacher' }).click();
  await page.getByRole('button', { name: 'Take this lane out' }).click();
  await expect(lanes(page)).toHaveCount(2);
  await page.getByText('Length, prompt, seed, temperature, top-p').click();
  await page.getByRole('radio', { name: '8', exact: true }).check();
}

/** What a button of the page saves. */
async function saved(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

/** Rows of a CSV file as RFC 4180 has it. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted ? quoted.replaceAll('""', '"') : plain);
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

/** What stands in every lane at a position of the clock, told by what was saved of the race. */
function expected({ lanes: all, clock }: RaceJson, rule: RaceRule, position: number): unknown[] {
  const runs = all.map(({ result }) => {
    const { trace } = result!;
    const { median } = clock === 'gpu' ? result!.gpuMilliseconds! : result!.milliseconds;
    return { trace, end: { time: median, pass: trace.trace.length, fraction: 1 }[rule] };
  });
  const last = Math.max(...runs.map(({ end }) => end));
  return runs.map(({ trace: { initial, maskId, trace: passes }, end }) => {
    const at = (j: number): number => (j === passes.length ? end : (end * j) / passes.length);
    const shown = passes.filter((_, j) => at(j + 1) <= position);
    const tokens: (number | null)[] = initial.map((token) => (token === maskId ? null : token));
    for (const pass of shown) pass.positions.forEach((slot, i) => (tokens[slot] = pass.tokens[i]));
    // Nothing is new any more where the next pass of a lane would have come, or the race is over.
    const isOver = position >= last || position >= at(passes.length + 1);
    const fresh = isOver ? [] : (shown.at(-1)?.positions ?? []);
    return {
      state: shown.length === passes.length ? 'done' : 'racing',
      tokens: tokens.slice(1),
      fresh: fresh.map((slot) => slot - 1).toSorted((a, b) => a - b),
    };
  });
}

/** Nothing to find for axe-core and no horizontal scroll, on a phone and on a desk. */
async function fits(page: Page, what: string): Promise<void> {
  for (const width of [360, 1600]) {
    await page.setViewportSize({ width, height: 900 });
    const over = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(over, `${what}, ${width} px`).toBe(0);
    expect(await axe(page), `${what}, ${width} px`).toEqual([]);
  }
}

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
    /^Timing the (student|teacher|autoregressive model): run \d of 5\.$/,
    { timeout: 120_000 },
  );
  await expect(lane(page, 2)).toHaveAttribute('data-state', 'empty');
  await untilRaced(page);
  const told = await page.evaluate(() => [...(window as unknown as { told: Set<string> }).told]);
  expect(told.filter((text) => /^Timing the .*: run \d of 5\.$/.test(text))).not.toEqual([]);

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
    for (const [i, nominal] of ['for 4 steps', 'for 32 steps', 'one per token'].entries()) {
      const figures = lane(page, i).locator('.figures');
      await expect(figures).toContainText(`${passes[i]}forward passes${nominal}`);
      await expect(figures).toContainText('32 written');
      await expect(figures).toContainText(/[\d.,]+ m?s(GPU|wall), median of 5/);
      await expect(figures).toContainText(
        `${results[i].quality!.entropy.mean.toFixed(2)}perplexity / entropy${i === 2 ? 'self-scored, not compared' : 'of this text'}`,
      );
      await expect(figures).not.toContainText('not known yet');
    }
    const judged = page.getByRole('region', { name: 'Quality' }).getByRole('row');
    await expect(judged.nth(1)).not.toContainText('not compared');
    await expect(judged.nth(3)).toContainText('self-scored, not compared');
    const { software } = await page.evaluate(() => window.unmask.ready);
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
    await page.getByLabel('Speed').selectOption('8×');
    await page.getByRole('button', { name: 'Play' }).click();
    await expect(place(page)).toHaveValue('32');
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
  await expect(lanes(page)).toHaveCount(7);
  await expect(page.getByRole('list', { name: 'Lanes' })).toHaveAttribute('data-compact', 'true');
  await expect(lane(page, 6)).toContainText('128 steps, ancestral');

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
    await expect(lane(page, 6)).toHaveAttribute('data-state', 'empty');
    await expect(lane(page, 6)).toContainText('not run yet');
    // The engine is free for those who come next.
    expect(await page.evaluate(() => window.unmask.encode({ model: 'student', text: 'Once' }))).toEqual([
      419,
    ]);
  });

  const change = async (name: string): Promise<void> => {
    await page.getByRole('button', { name: `Change ${name}`, exact: true }).focus();
    await page.keyboard.press('Enter');
  };

  await test.step('the eighth lane is the last that can be added', async () => {
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
    const takeOut = async (name: string): Promise<void> => {
      await change(name);
      await page.getByRole('button', { name: 'Take this lane out' }).focus();
      await page.keyboard.press('Enter');
    };
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

test('races, writes from left to right and judges for programs', async ({ page }) => {
  test.slow();
  await openQuietPage(page);

  await test.step('the same race twice', async () => {
    const race = () =>
      page.evaluate(async () => {
        const told: string[] = [];
        const results = await window.unmask.race({
          lanes: [
            { model: 'student', steps: 2, length: 13 },
            { model: 'causal', length: 13 },
          ],
          ...{ seed: 5, repeats: 2, count: 2 },
          onRace: ({ lane, stage, done, total }) => told.push(`${lane} ${stage} ${done}/${total}`),
          onLane: ({ lane, quality }) => told.push(`${lane} ${quality ? 'judged' : 'timed'}`),
        });
        return { told, results };
      });
    const [one, again] = [await race(), await race()];
    const [student, causal] = one.results;
    expect([student.written, causal.written]).toEqual([12, 12]);
    expect(student.forwardPasses).toBeLessThanOrEqual(2);
    expect(causal.forwardPasses).toBe(12);
    expect([student.quality?.selfScored, causal.quality?.selfScored]).toEqual([false, true]);
    expect([student.quality?.texts, student.quality?.judge]).toEqual([2, 'causal']);
    expect(student.milliseconds.values).toHaveLength(2);
    for (const { tokens } of one.results) expect(tokens[0]).not.toEqual(tokens[1]);
    expect(again.results.map(({ tokens }) => tokens)).toEqual(one.results.map(({ tokens }) => tokens));
    for (const line of [
      '0 load 0/1',
      '0 time 2/2',
      '1 time 0/2',
      '0 timed',
      '1 timed',
      '1 judge 2/2',
      '1 judged',
    ])
      expect(one.told).toContain(line);
    expect(one.told.indexOf('0 judged'), 'all times come before the first judgement').toBeGreaterThan(
      one.told.indexOf('1 timed'),
    );
  });

  await test.step('a causal model goes on from a prompt', async () => {
    const sample = (options: SampleOptions) => page.evaluate((o) => window.unmask.sample(o), options);
    const asked = { model: 'causal', length: 16, seed: 3, prompt: 'Once upon a time' };
    const { tokens, traces, text, forwardPasses, steps } = await sample(asked);
    expect(tokens[0].slice(0, 5)).toEqual([0, 419, 428, 259, 393]);
    expect(text[0]).toMatch(/^Once upon a time/);
    expect([forwardPasses, steps]).toEqual([11, 0]);
    expect(traces[0].steps.map(({ positions }) => positions)).toEqual(
      Array.from({ length: 11 }, (_, i) => [i + 5]),
    );
    expect((await sample(asked)).tokens).toEqual(tokens);
    expect((await sample({ ...asked, seed: 4 })).tokens).not.toEqual(tokens);
  });

  await test.step('a text is likelier than the same words in disorder', async () => {
    const { nll, perplexity } = await page.evaluate(async () => {
      const encode = (text: string) => window.unmask.encode({ model: 'causal', text });
      const texts = [
        'Once upon a time there was a little girl named Lily. She liked to play.',
        'little She upon to was girl a Lily. there liked Once time named play. a',
      ];
      const tokens = await Promise.all(texts.map(async (text) => [0, ...(await encode(text))]));
      const result = await window.unmask.score({ model: 'causal', tokens });
      return { nll: [...result.nll], perplexity: result.perplexity };
    });
    expect(nll).toHaveLength(2);
    expect(nll[0]).toBeGreaterThan(0);
    expect(nll[0] + 1).toBeLessThan(nll[1]);
    expect(perplexity).toBeCloseTo(Math.exp((nll[0] + nll[1]) / 2), 3);
  });

  await test.step('what cannot be is refused in a sentence', async () => {
    const failure = (
      call: 'sample' | 'race' | 'score',
      options: SampleOptions | RaceOptions | ScoreOptions,
    ) =>
      page.evaluate(
        ([name, given]) =>
          window.unmask[name](given as never).then(
            () => 'no error',
            (error: unknown) => {
              const { code, message } = error as Error & { code: string };
              return `${code}: ${message}`;
            },
          ),
        [call, options] as const,
      );
    expect(await failure('sample', { model: 'causal', sampler: 'ancestral' })).toMatch(
      /^argument: sampler is "ancestral", but .+ is autoregressive: leave it out\.$/,
    );
    const refused = { model: 'causal', sampler: 'ancestral' } as const;
    expect(await failure('race', { lanes: [{ model: 'student' }, refused] })).toMatch(
      /^argument: lanes\[1\].*sampler is "ancestral"/,
    );
    expect(await failure('race', { lanes: [] })).toMatch(/^argument: .*lanes/);
    expect(await failure('score', { model: 'student', tokens: [[0, 419]] })).toMatch(
      /^argument: model is "student", a diffusion model: give a causal one/,
    );
    expect(await failure('score', { model: 'causal', tokens: [[0]] })).toMatch(/^argument: .*tokens\[0\]/);
  });

  await test.step('128 tokens', async () => {
    const [student, causal] = await page.evaluate(() =>
      window.unmask.race({
        lanes: [
          { model: 'student', steps: 4, length: 128 },
          { model: 'causal', length: 128 },
        ],
        ...{ seed: 1729, repeats: 1 },
      }),
    );
    expect([student.written, causal.written]).toEqual([127, 127]);
    expect(student.forwardPasses).toBeLessThanOrEqual(4);
    expect(causal.forwardPasses).toBe(127);
    const ratio = (student.tokensPerSecond / causal.tokensPerSecond).toFixed(2);
    console.log(
      `128 tokens: the student at 4 steps writes ${ratio} times as many tokens a second as the autoregressive model, by ${student.clock} time on this adapter.`,
    );
  });
});

test('races on WebAssembly where that is asked for, and says so', async ({ page }) => {
  test.slow();
  await page.goto('./?backend=wasm');
  await page.waitForFunction(() => 'unmask' in window);
  await openRace(page);
  await expect(page.getByText('timed twice, since this is a CPU.')).toBeVisible({ timeout: 60_000 });
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
  await expect(lane(page, 1).locator('.figures')).toContainText('wall, median of 2');
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
