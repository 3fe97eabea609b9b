/** What every view owes everybody: room on a narrow screen and at 200 %, targets that can be hit, the whole keyboard. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { axe } from './page.ts';

const VIEWS = {
  watch: 'Watch',
  race: 'Race',
  distill: 'Distill',
  evaluate: 'Evaluate',
  models: 'Models',
  'self-test': 'Self-test',
};

/** Smallest side of what can be clicked, CSS pixels (WCAG 2.2, 2.5.8). */
const LEAST = 24;

/**
 * Exempt by WCAG 2.2: links and buttons within a line of text ("inline"), and points of the figure that are for the
 * keyboard alone, since the pointer is followed by the plot.
 */
const EXEMPT = 'p a, p button, summary a, .points button';

/** Open a view by its tab; a race that begins by itself is stopped: what is looked at is the view. */
async function openView(page: Page, view: string, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.locator(`main.${view}:not([aria-busy])`)).toBeVisible();
  if (view === 'race') await page.locator('main').getByRole('button', { name: 'Cancel' }).first().click();
}

/** What is too small to be hit, as "element: width x height". A label is where its field can be hit. */
const tooSmall = (page: Page): Promise<string[]> =>
  page.evaluate(
    ({ least, exempt }) => {
      const found = document.querySelectorAll<HTMLElement>(
        'a[href], button, input, select, textarea, summary, [role="button"]',
      );
      return [...found].flatMap((element) => {
        if (element.matches(exempt) || !element.checkVisibility({ visibilityProperty: true })) return [];
        const target = element.closest('label') ?? element;
        const { width, height } = target.getBoundingClientRect();
        // Half a pixel is a matter of rounding.
        if (Math.min(width, height) > least - 0.5 || width === 0) return [];
        return [`${element.outerHTML.slice(0, 90)}: ${Math.round(width)} x ${Math.round(height)}`];
      });
    },
    { least: LEAST, exempt: EXEMPT },
  );

/** Where the tab key leads from the top of the page, by name, until it is in the view. */
async function tabStops(page: Page): Promise<string[]> {
  const names: string[] = [];
  await page.locator('.logo').focus();
  for (let i = 0; i < 16; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const { activeElement: at } = document;
      return { name: at?.textContent ?? '', inside: at?.closest('main') !== null && at !== document.body };
    });
    if (stop.inside) return [...names, 'main'];
    names.push(stop.name);
  }
  return names;
}

test('every view has room at 360 px and 200 %, targets to hit, and the whole keyboard', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?backend=wasm');
  await page.waitForFunction(() => 'unmask' in window);
  for (const [view, name] of Object.entries(VIEWS)) {
    await test.step(name, async () => {
      // 640 px is a screen of 1280 px at 200 %.
      await page.setViewportSize({ width: 640, height: 720 });
      await openView(page, view, name);

      const stops = await tabStops(page);
      for (const tab of [...Object.values(VIEWS), 'Present']) expect(stops).toContain(tab);
      expect(stops.at(-1), 'the keyboard comes into the view').toBe('main');
      await page.keyboard.press('Shift+Tab');
      expect(
        await page.evaluate(() => document.activeElement?.closest('header') !== null),
        'and out of it',
      ).toBe(true);

      for (const width of [640, 360]) {
        await page.setViewportSize({ width, height: 720 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect.soft(over, `${view}, ${width} px: wider than the window`).toBeLessThanOrEqual(0);
        expect.soft(await tooSmall(page), `${view}, ${width} px: targets`).toEqual([]);
      }
      expect(await axe(page), view).toEqual([]);
    });
  }
});
