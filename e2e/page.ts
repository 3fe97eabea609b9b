/** What the end-to-end tests share: the page, its worker, and files to give it. */
import { readFile } from 'node:fs/promises';
import type { Page, Worker } from '@playwright/test';
import { expect } from './fixtures.ts';

const root = new URL('../', import.meta.url);

/** Bytes of a file of this repository. */
export const readBytes = (path: string): Promise<Buffer> => readFile(new URL(path, root));

/** Open the page; `window.unmask` is there when it resolves, the first run may still be under way. */
export async function openPage(page: Page): Promise<void> {
  await page.goto('./');
  await page.waitForFunction(() => 'unmask' in window);
}

/** Open the page for calls to `window.unmask` alone: the run that greets visitors is stopped. */
export async function openQuietPage(page: Page): Promise<void> {
  await openPage(page);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
}

/** Run code in the worker before its own. */
export async function patchWorker(page: Page, code: string): Promise<void> {
  await page.route('**/assets/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code};\n${await response.text()}` });
  });
}

/** The engine's worker. */
export async function engineWorker(page: Page): Promise<Worker> {
  await expect.poll(() => page.workers().length).toBe(1);
  return page.workers()[0];
}

/** Slots of the canvas: all, those still masked, and those that the model wrote. */
export const slots = (page: Page) => ({
  all: page.getByRole('list', { name: 'Slots', exact: true }).getByRole('listitem'),
  masked: page.locator('.canvas [data-state="masked"]'),
  written: page.locator('.canvas [data-state="new"], .canvas [data-state="earlier"]'),
  new: page.locator('.canvas [data-state="new"]'),
  given: page.locator('.canvas [data-state="given"]'),
  pinned: page.locator('.canvas [data-state="pinned"]'),
});

/** The button of a slot, counted from 1 as the page does. */
export const slotButton = (page: Page, slot: number) =>
  page.getByRole('button', { name: new RegExp(`^Slot ${slot}:`) });

/** Where the run on the canvas comes from: "live" or "recorded". */
export const origin = (page: Page) => page.locator('.badge');

/** The slider that is the timeline. */
export const position = (page: Page) => page.getByRole('slider', { name: 'Position in the run' });

/** The text on the canvas, as prose. */
export const prose = (page: Page) => page.locator('.prose .text');

/** The button that starts a run; while one is under way it is named "Stop". */
export const runButton = (page: Page) => page.getByRole('button', { name: 'Run', exact: true });

/** Wait until the run that was asked for is over, and was written here; the player may still be playing it. */
export async function untilLive(page: Page): Promise<void> {
  await expect(page.locator('main[data-status="done"]')).toBeVisible({ timeout: 90_000 });
  await expect(origin(page)).toHaveText('live');
}

/** Wait until the run on the canvas is over, and go to its end. */
export async function untilWritten(page: Page): Promise<void> {
  await untilLive(page);
  await position(page).fill((await position(page).getAttribute('max'))!);
  await expect(slots(page).masked).toHaveCount(0);
}

/** Count what the page asks its worker for, by name of the call. Before the page is opened. */
export async function countCalls(page: Page): Promise<(name: string) => Promise<number>> {
  await page.addInitScript(() => {
    const counts: Record<string, number> = {};
    Object.assign(window, { callCounts: counts });
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called on its own worker below
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (this: Worker, ...given: [unknown]) {
      const { type, call } = given[0] as { type: string; call?: string };
      if (type === 'call' && call) counts[call] = (counts[call] ?? 0) + 1;
      postMessage.apply(this, given);
    } as typeof postMessage;
  });
  return (name) =>
    page.evaluate(
      (key) => (window as unknown as { callCounts: Record<string, number> }).callCounts[key] ?? 0,
      name,
    );
}

/** Violations that axe-core finds, as "rule: element". */
export async function axe(page: Page): Promise<string[]> {
  const source = (await readBytes('node_modules/axe-core/axe.min.js')).toString();
  return page.evaluate(async (code) => {
    // By evaluation, since the page's policy lets no foreign script in.
    if (!('axe' in window)) (0, eval)(code);
    const { run } = (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe;
    interface AxeResults {
      violations: { id: string; nodes: { html: string }[] }[];
    }
    const { violations } = await run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  }, source);
}

/** Raw bytes on their way into the page. */
export interface Packed {
  config: object;
  weights: string;
  tokenizer?: object;
  storage?: 'file' | 'f16' | 'f32';
}

/** Call `unmask.open` with weights given as base64. @returns the id, or code and message of the error */
export async function open(
  page: Page,
  source: Packed,
): Promise<{ id: string } | { code: string; message: string }> {
  return page.evaluate(async ({ weights, ...rest }) => {
    const bytes = Uint8Array.from(atob(weights), (character) => character.charCodeAt(0));
    try {
      return { id: await window.unmask.open({ ...rest, weights: new Blob([bytes]) }) };
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return { code, message };
    }
  }, source);
}

/** Call `unmask.logits`. @returns the logits, and the shape that they were given with */
export async function logits(
  page: Page,
  options: { model: string; tokens: number[][]; t?: number[] },
): Promise<{ shape: number[]; data: Float32Array }> {
  const { shape, base64 } = await page.evaluate(async (o) => {
    const result = await window.unmask.logits(o);
    const bytes = new Uint8Array(result.data.buffer);
    let text = '';
    for (let i = 0; i < bytes.length; i += 32_768) {
      text += String.fromCharCode(...bytes.subarray(i, i + 32_768));
    }
    return { shape: result.shape, base64: btoa(text) };
  }, options);
  const bytes = Buffer.from(base64, 'base64');
  return { shape, data: new Float32Array(new Uint8Array(bytes).buffer) };
}

/** Rows of `width` from a flat array. */
export function rows(flat: Int32Array, width: number): number[][] {
  return Array.from({ length: flat.length / width }, (_, i) => [...flat.slice(i * width, (i + 1) * width)]);
}

/** Largest difference between two arrays of the same length. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    // A comparison with NaN is never true: it must not pass for small.
    most = difference <= most ? most : difference;
  }
  return most;
}
