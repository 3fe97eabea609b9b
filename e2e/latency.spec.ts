/** The latency study from the console, as far as a software adapter has any use for it. */
import { expect, test } from './fixtures.ts';
import { openQuietPage } from './page.ts';

test('refuses the largest shape where a CPU plays GPU, and stops when it is told to', async ({ page }) => {
  test.slow();
  await openQuietPage(page);
  const { software } = await page.evaluate(() => window.unmask.ready);
  if (software) {
    const refused = await page.evaluate(() =>
      window.unmask.latency({ shape: '1.3B' }).then(
        () => undefined,
        (error: unknown) => {
          const { code, message } = error as Error & { code: string };
          return { code, message };
        },
      ),
    );
    expect(refused?.code).toBe('limit');
    expect(refused?.message).toMatch(/^The shape 1\.3B .* choose a smaller shape/);
  }

  const stopped = await page.evaluate(async () => {
    const controller = new AbortController();
    const told: string[] = [];
    const study = window.unmask.latency({
      shape: { hidden: 64, blocks: 1, heads: 2, vocabulary: 131 },
      ...{ tokens: 16, steps: [2, 4], signal: controller.signal },
      onLatency: ({ stage, study: { points } }) => {
        told.push(`${stage} ${points.length}`);
        if (points.length === 1) controller.abort();
      },
    });
    const code = await study.then(
      () => 'done',
      (error: unknown) => (error as { code: string }).code,
    );
    return { code, told: [...new Set(told)] };
  });
  expect(stopped).toEqual({ code: 'aborted', told: ['upload 0', 'compile 0', 'time 0', 'time 1'] });
  // The engine is there for those who come next.
  expect(await page.evaluate(() => window.unmask.ready)).toMatchObject({ backend: 'webgpu' });
});
