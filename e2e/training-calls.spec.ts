/** `window.unmask` where it trains: gradients of the released code, and a network that learns. */
import { fixture } from '../fixtures/load.ts';
import { expect, test } from './fixtures.ts';
import { open, openQuietPage, readBytes, rows } from './page.ts';

test('gives the gradients of the released code, and trains', async ({ page }) => {
  test.slow();
  await openQuietPage(page);

  await test.step('loss and gradients of kl-bwd', async () => {
    const golden = await fixture('dit-d64/golden');
    const { losses } = JSON.parse((await readBytes('fixtures/golden/dit-d64/golden.json')).toString()) as {
      losses: Record<string, number>;
    };
    const opened = await open(page, {
      config: JSON.parse((await readBytes('fixtures/golden/dit-d64/config.json')).toString()) as object,
      weights: (await readBytes('fixtures/golden/dit-d64/student.safetensors')).toString('base64'),
    });
    const targets = Buffer.from((await golden.floats('target_log_probs')).buffer).toString('base64');
    const { loss, gradients } = await page.evaluate(
      async ({ targets, ...given }) => {
        const bytes = Uint8Array.from(atob(targets), (character) => character.charCodeAt(0));
        const targetLogProbs = new Float32Array(bytes.buffer);
        const result = await window.unmask.lossAndGradients({ ...given, targetLogProbs });
        const entries = Object.entries(result.gradients).map(
          ([name, values]) => [name, [...values]] as const,
        );
        return { loss: result.loss, gradients: entries };
      },
      {
        ...{ model: (opened as { id: string }).id, loss: 'kl-bwd' as const, targets },
        ...{ xt: rows(await golden.ints('xt'), 24), t: [...(await golden.floats('target_t'))] },
      },
    );
    expect(Math.abs(loss / losses['kl-bwd'] - 1)).toBeLessThan(1e-3);
    // Under the names of the file, as the golden ones are.
    const expected = await fixture('dit-d64/grads_kl-bwd');
    expect(gradients.map(([name]) => name).toSorted()).toEqual(expected.names().toSorted());
    for (const [name, values] of gradients) {
      const wanted = await expected.floats(name);
      expect(values).toHaveLength(wanted.length);
      const error = Math.hypot(...wanted.map((g, i) => g - values[i])) / Math.hypot(...wanted);
      expect(error, name).toBeLessThanOrEqual(1e-3);
    }
  });

  await test.step('a network from scratch', async () => {
    const { model, losses, told, models, exported } = await page.evaluate(async () => {
      const told: number[] = [];
      const size = { hidden_size: 64, n_heads: 2, n_blocks: 1, cond_dim: 32, length: 12 };
      const numbers = Array.from({ length: 1200 }, (_, i) => (i % 5 === 0 ? (i / 5) % 10 : 1));
      const { model, losses } = await window.unmask.train({
        config: { model: { name: 'micro', type: 'ddit-orig', ...size } },
        ...{ vocabulary: 11, data: [numbers.join(' ')], loss: 'mdlm', updates: 12, length: 12, batch: 4 },
        ...{ learningRate: 1e-2, warmup: 0, seed: 3 },
        onUpdate: ({ loss }) => told.push(loss),
      });
      const { config } = await window.unmask.exportModel({ model });
      return { model, losses, told, models: await window.unmask.models(), exported: config };
    });
    expect(told).toEqual(losses);
    expect(losses).toHaveLength(12);
    const late = losses.slice(-3).reduce((sum, loss) => sum + loss, 0) / 3;
    expect(late).toBeLessThan(0.6 * losses[0]);
    expect(models.find(({ id }) => id === model)).toMatchObject({ kind: 'teacher', origin: 'distilled' });
    expect(JSON.parse(exported)).toMatchObject({ model: { hidden_size: 64 } });
  });

  await test.step('a distillation, to its end and stopped', async () => {
    const teacher = await page.evaluate(async () => (await window.unmask.models()).at(-1)!.id);
    const distill = (stopAt?: number, updatesPerRound = 2) =>
      page.evaluate(
        async ({ teacher, stopAt, updatesPerRound }) => {
          const numbers = Array.from({ length: 1200 }, (_, i) => (i % 5 === 0 ? (i / 5) % 10 : 1));
          const controller = new AbortController();
          const options = {
            ...{ teacher, data: [numbers.join(' ')], length: 12, batch: 2, dt: 1 / 4, rounds: 2 },
            ...{ updatesPerRound, signal: controller.signal },
            onUpdate: ({ update }: { update: number }) => {
              if (update === stopAt) controller.abort();
            },
          };
          return window.unmask.distill(options).catch((error: unknown) => (error as { code: string }).code);
        },
        { teacher, stopAt, updatesPerRound },
      );
    const done = await distill();
    expect(done).toMatchObject({
      losses: [expect.any(Number), ...new Array<unknown>(3).fill(expect.any(Number))],
    });
    const { model } = done as { model: string };
    const models = await page.evaluate(() => window.unmask.models());
    expect(models.find(({ id }) => id === model)).toMatchObject({ kind: 'student', nativeSteps: 1 });
    expect(await distill(1)).toBe('aborted');
    // It ran in the Distill view, which has the one that was given up no more.
    await page.getByRole('navigation').getByText('Distill', { exact: true }).click();
    await expect(page.getByRole('button', { name: 'Prepare, and go step by step' })).toBeVisible();
    const left = distill(undefined, 200);
    await expect(page.locator('.loss-reading')).toContainText(/Update \d, round/);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    expect(await left).toBe('aborted');
    await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  });
});
