/** What the tests of the Race view share: its parts, a short race, and what a race that was saved should show. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { RaceRule } from '../src/trace/race.ts';
import type { RaceJson } from '../src/ui/race/figures/race-json.ts';
import { expect } from './fixtures.ts';
import { axe } from './page.ts';

export const view = (page: Page) => page.locator('main.race');
export const lane = (page: Page, index: number) => page.locator(`.lane[data-lane="${index}"]`);
export const lanes = (page: Page) => page.locator('.lane');
export const sentence = (page: Page) => page.locator('.headline .sentence');
export const place = (page: Page) => page.getByRole('slider', { name: 'Position in the race' });
export const runButton = (page: Page) => page.getByRole('button', { name: 'Run the race' });
export const cancel = (page: Page) =>
  page.getByRole('form', { name: 'What is raced' }).getByRole('button', { name: 'Cancel' });

/** Where a lane is, and the tokens of its slots; null where one is masked. */
export const standing = (page: Page, index: number) =>
  lane(page, index).evaluate((card) => {
    const slots = [...card.querySelectorAll<HTMLElement>('.lane-slots .slot')];
    return {
      state: card.dataset['state'],
      tokens: slots.map(({ dataset: { state, token } }) => (state === 'masked' ? null : Number(token))),
      fresh: slots.flatMap(({ dataset: { state } }, i) => (state === 'new' ? [i] : [])),
    };
  });

/** The tokens of every lane at the end of the race. */
export async function written(page: Page): Promise<(number | null)[][]> {
  await page.keyboard.press('End');
  await expect(page.locator('.lane [data-state="masked"]')).toHaveCount(0);
  const count = await lanes(page).count();
  return Promise.all(Array.from({ length: count }, async (_, i) => (await standing(page, i)).tokens));
}

/** Wait until every lane has been run and judged; on a software adapter that takes its time. */
export const untilRaced = (page: Page) =>
  expect(view(page)).toHaveAttribute('data-status', 'done', { timeout: 240_000 });

/** Open the view by its tab; the usual race begins by itself. */
export async function openRace(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Race', exact: true }).click();
  await expect(view(page)).toHaveAttribute('data-status', 'running');
}

/** Stop the usual race, and ask for a short one: the student and the autoregressive model, 8 slots each. */
export async function askForShortRace(page: Page): Promise<void> {
  if (await cancel(page).isVisible()) await cancel(page).click();
  await expect(view(page)).toHaveAttribute('data-status', 'stopped');
  await page.getByRole('button', { name: 'Change the teacher' }).click();
  await page.getByRole('button', { name: 'Take this lane out' }).click();
  await expect(lanes(page)).toHaveCount(2);
  await page.getByText('Length, prompt, seed, temperature, top-p').click();
  await page.getByRole('radio', { name: '8', exact: true }).check();
}

/** What a button of the page saves. */
export async function saved(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

/** Rows of a CSV file as RFC 4180 has it. */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted ? quoted.replaceAll('""', '"') : plain);
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

/** What stands in every lane at a position of the clock, told by what was saved of the race. */
export function expected({ lanes: all, clock }: RaceJson, rule: RaceRule, value: number): unknown[] {
  // A slider tells its value in 15 digits, which may fall short of the moment that it is.
  const position = value * (1 + 1e-12);
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
export async function fits(page: Page, what: string): Promise<void> {
  for (const width of [360, 1600]) {
    await page.setViewportSize({ width, height: 900 });
    const over = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(over, `${what}, ${width} px`).toBe(0);
    expect(await axe(page), `${what}, ${width} px`).toEqual([]);
  }
}
