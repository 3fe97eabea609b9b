/** What leaves the page: text, trace and link; and what comes back by a link. */
import { expect, test } from './fixtures.ts';
import { axe, openPage, position, prose, slots, untilLive, untilWritten } from './page.ts';
import { untilRaced, written } from './race-page.ts';

const clipboard = (page: Parameters<typeof openPage>[0]) =>
  page.evaluate(() => navigator.clipboard.readText());

test('copies text, trace and a link that brings everything back', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPage(page);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('radio', { name: 'Teacher' }).check();
  await page.getByLabel('Prompt').fill('One day, Лиля & "Max"');
  await page.getByRole('slider', { name: 'Steps' }).fill('4');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await untilWritten(page);
  const text = (await prose(page).innerText()).trim();

  await page.getByRole('button', { name: 'Copy text' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toBeAttached();
  expect(await clipboard(page)).toBe(text);

  await page.getByRole('button', { name: 'Copy trace' }).click();
  const trace = JSON.parse(await clipboard(page)) as {
    version: number;
    traces: {
      model: string;
      trace: { positions: number[]; probabilities: number[]; entropies: number[] }[];
    }[];
    pieces: Record<string, string>;
  };
  expect(trace).toMatchObject({ version: 1, origin: 'live', traces: [{ model: 'teacher', steps: 5 }] });
  const came = trace.traces[0].trace.flatMap(({ positions }) => positions);
  expect(new Set(came).size).toBe(came.length);
  expect(Object.keys(trace.pieces).length).toBeGreaterThan(5);

  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.getByLabel('Colour by').selectOption('entropy');
  const place = await position(page).inputValue();
  const halfway = await prose(page).innerText();
  await page.getByText('Share', { exact: true }).click();
  await page.getByRole('button', { name: 'Copy link', exact: true }).click();
  const link = await clipboard(page);
  expect(link).toMatch(/#v=1&model=teacher&steps=5&/);
  await expect
    .poll(() => page.url(), { message: 'the address follows the page' })
    .toContain('#v=1&model=teacher');

  await page.goto('about:blank');
  await page.goto(link);
  await untilLive(page);
  await expect(position(page)).toHaveValue(place, { timeout: 30_000 });
  expect(await prose(page).innerText()).toBe(halfway);
  await expect(page.getByLabel('Colour by')).toHaveValue('entropy');
  await expect(page.getByRole('radio', { name: 'Teacher' })).toBeChecked();
  await expect(page.getByRole('note').filter({ hasText: 'differs' })).toHaveCount(0);

  await test.step('a link whose text comes out differently says so', async () => {
    const other = link.replace(
      /tokens=\w{8}/,
      (hash) => `${hash.slice(0, -1)}${hash.endsWith('0') ? '1' : '0'}`,
    );
    expect(other).not.toBe(link);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, new URL(other).hash);
    await expect(page.getByText('This text differs from the one that the link was made from')).toBeVisible({
      timeout: 60_000,
    });
  });
});

test('a bad link gives the usual start and one sentence', async ({ page }) => {
  await page.goto('./#v=1&steps=4000');
  await expect(
    page.getByRole('note').filter({ hasText: 'steps is a whole number from 1 to 1024' }),
  ).toBeVisible();
  await expect(page.getByText('The page shows its usual start instead.')).toBeVisible();
  await untilLive(page);
  await expect(slots(page).all).toHaveCount(32);
  await expect(page.getByRole('slider', { name: 'Steps' })).toHaveAttribute('aria-valuetext', '8 steps');

  await test.step('one that names no model of this page is refused when it runs', async () => {
    await page.evaluate(() => {
      location.hash = '#v=1&model=nobody';
    });
    await expect(page.getByRole('alert')).toContainText(
      'There is no model "nobody": choose one of teacher, student',
    );
    await expect(slots(page).written).toHaveCount(32);
  });

  await page
    .getByRole('button', { name: 'Dismiss' })
    .click({ timeout: 2000 })
    .catch(() => undefined);
});

test('copying by hand where the browser does not allow it', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
  });
  await openPage(page);
  await untilWritten(page);
  await page.getByRole('button', { name: 'Copy text' }).click();
  await expect(page.getByText('The browser did not let this page copy: take it from here.')).toBeVisible();
  await expect(page.getByLabel('Copy text: the text')).toHaveValue((await prose(page).innerText()).trim());
});

test.describe('a view that does not come', () => {
  test.use({ expectedErrors: [/RaceView|LessonPanel|Fetched|Failed to fetch/] });

  test('leaves the page standing, and comes when it is asked for again', async ({ page }) => {
    let away = true;
    await page.route(/(RaceView|LessonPanel)[^/]*$/, (route) => (away ? route.abort() : route.continue()));
    await page.goto('./?backend=wasm');
    await untilLive(page);
    await page.getByRole('link', { name: 'Race' }).click();
    await page.getByRole('button', { name: 'Lessons' }).click();
    const sentence = page.getByRole('alert').filter({ hasText: 'This view could not be fetched' });
    await expect(sentence).toHaveCount(2);
    await page.getByRole('link', { name: 'Watch' }).click();
    await expect(slots(page).all).toHaveCount(32);
    await page.getByRole('link', { name: 'Race' }).click();
    await expect(sentence).toHaveCount(2);
    away = false;
    await page.locator('.lesson-panel').getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('heading', { name: 'Lessons' })).toBeVisible();
    await page.locator('main').getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('form', { name: 'What is raced' })).toBeVisible();
    await expect(sentence).toHaveCount(0);
    // Its style sheet came too.
    await expect(page.locator('.lesson-panel')).toHaveCSS('display', 'flex');
  });
});

test.describe('links of other views, on the backend that is quick here', () => {
  const fresh = './?backend=wasm';
  const share = async (page: Parameters<typeof openPage>[0], button: string): Promise<string> => {
    await page.getByText('Share', { exact: true }).click();
    await page.getByRole('button', { name: button, exact: true }).click();
    const link = await clipboard(page);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name: button, exact: true })).toBeHidden();
    return link;
  };
  test.beforeEach(async ({ context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  });

  test('a race that was run is run again, its controls hidden until they are wanted', async ({ page }) => {
    await page.goto(`${fresh}#v=2&view=race&lanes=student.2,student.4.confidence&race-slots=8`);
    await expect(page.locator('.sentence', { hasText: 'The race of this link is ready' })).toBeVisible();
    await page.getByRole('button', { name: 'Run the race' }).click();
    await untilRaced(page);
    const texts = await written(page);
    const link = await share(page, 'Copy link with controls hidden');
    expect(link).toMatch(
      /#v=2&view=race&controls=hidden&lanes=student\.2,student\.4\.confidence&race-slots=8&run=true&race-tokens=/,
    );

    await page.goto('about:blank');
    await page.goto(link);
    await untilRaced(page);
    expect(await written(page)).toEqual(texts);
    await expect(page.getByRole('note').filter({ hasText: 'differs' })).toHaveCount(0);
    await expect(page.getByRole('form', { name: 'What is raced' })).toBeHidden();
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await page.getByText('Share', { exact: true }).click();
      expect(await axe(page), `${width} px`).toEqual([]);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over, `${width} px`).toBe(0);
      await page.keyboard.press('Escape');
    }
    await page.getByRole('button', { name: 'Show the settings' }).click();
    await expect(page.getByRole('form', { name: 'What is raced' })).toBeVisible();
    await expect(page.locator('main')).toBeFocused();
    await expect.poll(() => page.url()).not.toContain('controls=hidden');
  });

  test('an evaluation is filled in and waits, in a reload too', async ({ page }) => {
    await page.goto(
      `${fresh}#v=2&view=evaluate&evaluate-models=student&evaluate-steps=2,3&evaluate-count=8&judge=none`,
    );
    await expect(page.getByLabel('Texts of each point')).toHaveValue('8');
    await expect(page.getByLabel('Other numbers of steps')).toHaveValue('3');
    await page.getByLabel('Texts of each point').fill('9');
    const link = await share(page, 'Copy link');
    expect(link).toContain(
      '#v=2&view=evaluate&evaluate-models=student&evaluate-steps=2,3&evaluate-count=9&judge=none',
    );
    await expect.poll(() => page.url()).toContain('evaluate-count=9');
    await page.reload();
    await expect(page.getByLabel('Texts of each point')).toHaveValue('9');
    await expect(page.getByRole('checkbox', { name: /^Teacher/ })).not.toBeChecked();
    await expect(page.getByRole('checkbox', { name: /^Student/ })).toBeChecked();
  });

  test('the figure of a lesson shows what was chosen, beside an open slot', async ({ page }) => {
    await page.goto(`${fresh}#v=2&lesson=attention.2&at=4&slot=2&head=2.1&reader=7`);
    const figure = page.locator('[data-widget="attention"]');
    await expect(figure.getByLabel('Layer')).toHaveValue('1');
    await expect(figure.getByLabel('Head', { exact: true })).toHaveValue('0');
    await expect(figure.getByLabel('Who reads')).toHaveValue('7');
    await figure.getByLabel('Head', { exact: true }).selectOption({ value: '2' });
    await expect.poll(() => page.url()).toContain('&head=2.3&reader=7');
    // Another slot is followed.
    await page.locator('.slot').nth(9).click();
    await expect(figure.getByLabel('Who reads')).toHaveValue('10');
  });
});
