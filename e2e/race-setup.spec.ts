/** The Race view before its first race is through: what fits the screen, and what can be changed meanwhile. */
import { expect, test } from './fixtures.ts';

const LANES = [0, 1, 2];

test.beforeEach(async ({ page }) => {
  await page.setViewportSize({ width: 1360, height: 900 });
  await page.goto('./#v=1&view=race');
  await expect(page.locator('main.race[data-status="running"]')).toBeVisible({ timeout: 60_000 });
});

test('three lanes and the player are on the screen together, and nothing covers them', async ({ page }) => {
  const boxOf = async (selector: string) => (await page.locator(selector).boundingBox())!;
  const player = await boxOf('.race-transport');
  expect(player.y + player.height).toBeLessThanOrEqual(900);
  for (const lane of LANES) {
    const { y, height } = await boxOf(`.lane[data-lane="${lane}"]`);
    expect(y + height).toBeLessThanOrEqual(player.y);
  }
});

test('a race can still be cancelled once something is changed', async ({ page }) => {
  const setup = page.getByRole('form', { name: 'What is raced' });
  await expect(setup.getByRole('button', { name: 'Run the race' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Add a lane' }).click();
  await expect(setup).toContainText('The race before your change is still running.');
  await expect(setup.getByRole('button', { name: 'Run the race' })).toBeVisible();
  await setup.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.locator('main.race[data-status="stopped"]')).toBeVisible({ timeout: 60_000 });
  await expect(setup.getByRole('button', { name: 'Cancel' })).toHaveCount(0);
});

test('the settings of a lane close when the focus leaves them', async ({ page }) => {
  await page.getByRole('button', { name: 'Change the teacher' }).click();
  const panel = page.getByRole('group', { name: 'What the teacher is asked for' });
  await expect(panel.getByLabel('Model')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(panel.getByLabel('Steps')).toBeFocused();
  await panel.getByRole('button', { name: 'Take this lane out' }).focus();
  await expect(panel).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(panel).toHaveCount(0);
});
