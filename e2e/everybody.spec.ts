/** What every view owes everybody: room on a narrow screen and at 200 %, targets that can be hit, the whole keyboard. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { axe } from './page.ts';

const VIEWS = ['watch', 'race', 'distill', 'evaluate', 'models', 'self-test'] as const;

/** Smallest side of what can be clicked, CSS pixels (WCAG 2.2, 2.5.8). */
const LEAST = 24;

/**
 * Exempt by WCAG 2.2: links and buttons within a line of text ("inline"), and points of the figure that are for the
 * keyboard alone, since the pointer is followed by the plot.
 */
const EXEMPT = 'p a, p button, summary a, .points button';

/** Open a view on the CPU, with what it begins by itself stopped: what is looked at is the view. */
async function openIdle(page: Page, view: string): Promise<void> {
  // Without a document between, another hash would be a change of view alone.
  await page.goto('about:blank');
  await page.goto(`./?backend=wasm#v=1&view=${view}`);
  await page.waitForFunction(() => 'unmask' in window);
  await expect(page.locator(`main.${view}:not([aria-busy])`)).toBeVisible();
  const stop = page.locator('main').getByRole('button', { name: /^(Cancel|Stop)$/ });
  if (view === 'race') await stop.first().click();
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

for (const view of VIEWS) {
  test(`${view} is for everybody: 360 px, 200 %, targets, keyboard`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    // 640 px is a screen of 1280 px at 200 %.
    await page.setViewportSize({ width: 640, height: 720 });
    await openIdle(page, view);

    const stops = await tabStops(page);
    for (const tab of ['Watch', 'Race', 'Distill', 'Evaluate', 'Models', 'Self-test', 'Present']) {
      expect(stops).toContain(tab);
    }
    expect(stops.at(-1), 'the keyboard comes into the view').toBe('main');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    expect(
      await page.evaluate(() => document.activeElement?.closest('header') !== null),
      'and out of it',
    ).toBe(true);

    for (const width of [640, 360]) {
      await page.setViewportSize({ width, height: 720 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(over, `${width} px: wider than the window`).toBeLessThanOrEqual(0);
      expect(await tooSmall(page), `${width} px: targets`).toEqual([]);
    }
    expect(await axe(page)).toEqual([]);
  });
}
