/** Another end of a run, beside the original: no change, changes, what a link says of it, taking over, discarding. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { axe, position, slotButton, slots, untilLive } from './page.ts';

const card = (page: Page) =>
  page.getByRole('region', { name: 'What if', exact: true }).and(page.locator('.card'));
const other = (page: Page) => page.getByRole('list', { name: 'Slots of the what-if' });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Wait until a what-if is written. */
const untilDone = (page: Page) =>
  expect(page.locator('.what-if[data-status="done"]')).toBeVisible({ timeout: 60_000 });

/** Token and mark of each slot of a canvas; no token where masked. */
const read = (list: ReturnType<typeof other>) =>
  list.getByRole('listitem').evaluateAll((items) =>
    items.map((item) => ({
      token: (item as HTMLElement).dataset['token'],
      mark: (item as HTMLElement).dataset['mark'],
    })),
  );
const original = (page: Page) => page.getByRole('list', { name: 'Slots', exact: true });
const tokens = async (list: ReturnType<typeof other>) => (await read(list)).map(({ token }) => token);
const toEnd = async (page: Page) => position(page).fill((await position(page).getAttribute('max'))!);

test('a what-if goes on from a step beside its original', async ({ page }) => {
  await page.goto('./?backend=wasm#v=1&at=3');
  await untilLive(page);
  await expect(position(page)).toHaveValue('3');
  const before = await read(original(page));
  const [early, open] = [
    before.findIndex(({ token }) => token !== undefined),
    before.findIndex(({ token }) => token === undefined),
  ];

  await test.step('with no change it writes the same text', async () => {
    await slotButton(page, early + 1).click();
    await button(page, 'Go on from here').click();
    await untilDone(page);
    await expect(card(page)).toContainText('From step 3 on: nothing changed by you; none of 24 later tokens');
    await toEnd(page);
    await expect(slots(page).masked).toHaveCount(0);
    expect(await tokens(other(page))).toEqual(await tokens(original(page)));
    await button(page, 'Discard').click();
    await expect(other(page)).toHaveCount(0);
  });

  await test.step('masked again and put in, by keyboard, it differs where it may, and only there', async () => {
    await position(page).fill('3');
    await button(page, 'Mask it again').focus();
    await page.keyboard.press('Enter');
    await expect(page.locator('#slot-title')).toBeFocused();
    await slotButton(page, open + 1).click();
    const candidate = page.getByRole('button', { name: /^Put this token here/ }).nth(1);
    await candidate.focus();
    await page.keyboard.press('Enter');
    expect(await read(other(page))).toEqual(
      before.map(({ token }, slot) => ({
        token:
          slot === early ? undefined : slot === open ? (expect.stringMatching(/^\d+$/) as unknown) : token,
        mark: slot === early ? 'again' : slot === open ? 'put' : undefined,
      })),
    );
    await button(page, 'Go on from here').click();
    await untilDone(page);
    const [, count] = /two slots changed by you; (\w+) of 24 later/.exec(await card(page).innerText())!;
    expect(Number(count)).toBeGreaterThan(0);
    await toEnd(page);
    const ours = await read(other(page));
    const theirs = await tokens(original(page));
    const differs = ours.filter(({ mark }) => mark?.endsWith('differs'));
    expect(differs).toHaveLength(Number(count));
    ours.forEach(({ token, mark }, slot) => {
      // What had come before step 3 cannot differ unless it was changed.
      if (before[slot].token !== undefined && slot !== early) expect(mark).toBeUndefined();
      if (mark !== 'put') expect(token !== theirs[slot]).toBe(mark?.endsWith('differs') === true);
    });
    await position(page).fill('2');
    expect(await tokens(other(page))).toEqual(await tokens(original(page)));
    expect(await axe(page)).toEqual([]);
  });

  await test.step('its link brings it back, on a phone and to a room', async () => {
    await toEnd(page);
    const said = await card(page).locator('p').first().innerText();
    const text = await tokens(other(page));
    await expect.poll(() => page.url()).toContain(`edit=3:${early}.m,${open}.`);
    // The address follows within half a second.
    await expect.poll(() => page.url()).not.toContain('at=');
    await page.setViewportSize({ width: 360, height: 800 });
    await page.goto(`${page.url().replace('#', '&again#')}&at=8&controls=hidden`);
    await untilDone(page);
    await expect(card(page)).toContainText(said);
    expect(await tokens(other(page))).toEqual(text);
    await expect(button(page, 'Take over')).toBeHidden();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await axe(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 720 });
    await button(page, 'Show the settings').click();
  });

  await test.step('taken over it is the run on the canvas', async () => {
    const text = await tokens(other(page));
    await button(page, 'Take over').click();
    await expect(other(page)).toHaveCount(0);
    await toEnd(page);
    expect(await tokens(original(page))).toEqual(text);
    await expect(page.getByText('a what-if that took over: it begins behind step 3')).toBeVisible();
    await position(page).fill('0');
    await expect(slots(page).masked).toHaveCount(24);
  });
});
