/** All words of the page are in message files: in accented English nothing plain is left but what is no word of ours. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** What the model wrote, on what it runs, and names that models came with. */
const OTHERS = '.piece, .text, .status';
const MODEL_NAMES = 'Stories (teacher|student|causal baseline)';

const PLACES = [
  ...['#', '#v=2&view=race', '#v=2&view=distill', '#v=2&view=evaluate', '#v=2&view=models'],
  ...['#v=2&view=self-test', '#v=2&lesson=contents', '#v=2&lesson=one-at-a-time', '#v=2&lesson=cost.5'],
  '#v=2&controls=hidden&present=true',
];

/** Texts and spoken attributes with plain letters, those of closed folds included. */
const plainWords = (page: Page): Promise<string[]> =>
  page.evaluate(
    ({ others, names }) => {
      for (const fold of document.querySelectorAll('details')) fold.open = true;
      const root = document.querySelector('#root')!;
      const said: string[] = [];
      const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        if (node.parentElement?.closest(others) === null) said.push(node.textContent ?? '');
      }
      const spoken = ['aria-label', 'aria-description', 'aria-valuetext', 'title', 'placeholder', 'alt'];
      for (const element of root.querySelectorAll('*')) {
        if (element.matches(others)) continue;
        for (const name of spoken) said.push(element.getAttribute(name) ?? '');
      }
      // Units and keys are shorter.
      return [...new Set(said)].filter((text) =>
        /[A-Za-z]{3}/.test(text.replaceAll(new RegExp(names, 'g'), '')),
      );
    },
    { others: OTHERS, names: MODEL_NAMES },
  );

test('every view speaks the language that it is asked for, throughout', async ({ page }) => {
  for (const hash of PLACES) {
    await page.goto('about:blank');
    await page.goto(`./?backend=wasm&lang=pseudo${hash}`);
    await expect(page.locator('main:not([aria-busy])')).toBeVisible();
    // What a view loads may have words of its own.
    await expect(page.locator('.status[data-state="software"]')).toHaveCount(1);
    expect(await plainWords(page), hash).toEqual([]);
    expect(await page.title()).not.toMatch(/[A-Za-z]{3}/);
  }
});

test('the engine refuses in the language of its page', async ({ page }) => {
  await page.goto('./?backend=wasm&lang=pseudo#v=1&model=nobody');
  const refused = page.locator('main .notice');
  await expect(refused).toContainText('ñóƀóđý');
  expect(await plainWords(page)).toEqual([]);
});
