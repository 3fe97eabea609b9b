/** The benchmark against onnxruntime-web, on its smallest case. */
import type { BenchmarkProgress } from '../src/worker/benchmark/result.ts';
import { expect, test } from './fixtures.ts';
import { engineWorker, openQuietPage, patchWorker } from './page.ts';

const PEER = /asyncify.*\.wasm/;

/** Notes how many bind groups there were, whenever the benchmark tells its progress. */
const COUNT = `(() => {
  let made = 0;
  self.bindGroups = [];
  const { createBindGroup } = GPUDevice.prototype;
  GPUDevice.prototype.createBindGroup = function (...given) {
    made += 1;
    return createBindGroup.apply(this, given);
  };
  const { postMessage } = self;
  self.postMessage = function (event, ...rest) {
    if (event.type === 'benchmark') self.bindGroups.push(made);
    return postMessage.call(self, event, ...rest);
  };
})()`;

test('measures every engine in turn, or says why it does not', async ({ page }) => {
  test.slow();
  const fetched: string[] = [];
  await patchWorker(page, COUNT);
  page.context().on('request', (request) => fetched.push(request.url()));
  await openQuietPage(page);
  expect(fetched.filter((url) => PEER.test(url))).toEqual([]);

  const { result, progress } = await page.evaluate(async () => {
    const progress: BenchmarkProgress[] = [];
    const result = await window.unmask.benchmark({
      lengths: [32],
      rounds: 2,
      onBenchmark: (event) => progress.push(event),
    });
    return { result, progress };
  });
  expect(result.cases.map(({ name }) => name)).toEqual([
    'student, L = 32, forward pass',
    'student, L = 32, run of 8 steps',
  ]);
  for (const { name, rows } of result.cases) {
    expect(new Set(rows.map(({ engine }) => engine))).toEqual(
      new Set(['ours', 'onnxruntime-webgpu', 'onnxruntime-wasm']),
    );
    for (const { engine, median, n, problem } of rows) {
      if (engine === 'onnxruntime-webgpu' && problem !== undefined) {
        expect(problem, name).toMatch(/^\S.*\.$/);
        continue;
      }
      expect({ name, engine, problem, n }).toEqual({ name, engine, n: 2 });
      expect(median).toBeGreaterThan(0);
    }
  }
  expect(progress.filter((event) => event.engine === 'ours' && event.round === 2).length).toBeGreaterThan(0);

  // A pass of a captured graph creates nothing: whatever is recorded anew in each pass was not captured.
  const worker = await engineWorker(page);
  const made = await worker.evaluate(() => (self as unknown as { bindGroups: number[] }).bindGroups);
  expect(made).toHaveLength(progress.length);
  const peerPasses = [...progress.keys()].filter((i) => {
    const { case: name, engine, round } = progress[i];
    return name.endsWith('pass') && engine === 'onnxruntime-webgpu' && round > 0;
  });
  for (const i of peerPasses) expect(made[i + 1] - made[i]).toBe(0);
});

test('stops when it is told to, and can be asked again', async ({ page }) => {
  test.slow();
  await openQuietPage(page);
  const code = await page.evaluate(async () => {
    const controller = new AbortController();
    try {
      await window.unmask.benchmark({
        lengths: [8],
        rounds: 1000,
        seconds: 3600,
        signal: controller.signal,
        onBenchmark: ({ round }) => {
          if (round === 1) controller.abort();
        },
      });
      return 'finished';
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
  expect(code).toBe('aborted');
  // It has left the engine and the device to those who come next: the page, and another benchmark.
  const { tokens, result } = await page.evaluate(async () => {
    const { tokens } = await window.unmask.sample({ model: 'student', length: 8 });
    const result = await window.unmask.benchmark({
      lengths: [8],
      rounds: 1,
      engines: ['onnxruntime-webgpu'],
    });
    return { tokens, result };
  });
  expect(tokens[0]).toHaveLength(8);
  expect(result.cases.map(({ rows }) => rows.map(({ n }) => n))).toEqual([[1], [1, 1]]);
  for (const { rows } of result.cases) for (const { ratio } of rows) expect(ratio).toBeUndefined();
});

test('is measured in the Self-test view, quickly, and stands in the report', async ({ page, context }) => {
  test.slow();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('./#v=1&view=self-test');
  await page.getByRole('button', { name: 'Measure quickly' }).click();
  await expect(page.getByText(/^student, L = 32, forward pass: /)).toBeVisible({ timeout: 120_000 });
  const table = page.getByRole('region', { name: 'Times' }).getByRole('table');
  await expect(table).toBeVisible({ timeout: 240_000 });
  await expect(table.getByRole('rowheader')).toHaveText([
    'student, L = 32, forward pass',
    'student, L = 32, run of 8 steps',
  ]);
  await expect(table.getByRole('row', { name: /^Unmask .* ms/ })).toHaveCount(2);
  const software = (await page.getByRole('banner').innerText()).includes('(software)');
  await expect(page.getByText('A CPU plays GPU here: these times say nothing about GPUs.')).toHaveCount(
    software ? 1 : 0,
  );
  await page.getByRole('button', { name: 'Copy report' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('L = 32, forward pass');
});
