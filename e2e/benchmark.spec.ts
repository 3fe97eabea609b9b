/** The benchmark against onnxruntime-web, on its smallest case. */
import type { BenchmarkProgress } from '../src/worker/benchmark/result.ts';
import { ALONE, expect, test } from './fixtures.ts';
import { engineWorker, openQuietPage, patchWorker } from './page.ts';

/** What `COUNT` notes. */
interface Noted extends BenchmarkProgress {
  made: number;
}

const PEER = /asyncify.*\.wasm/;

/** Notes the progress of the benchmark, and how many bind groups there were by then. */
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
    if (event.type === 'benchmark') self.bindGroups.push({ made, ...event.progress });
    return postMessage.call(self, event, ...rest);
  };
})()`;

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
        engines: ['ours'],
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
      engines: ['ours'],
    });
    return { tokens, result };
  });
  expect(tokens[0]).toHaveLength(8);
  expect(result.cases.map(({ rows }) => rows.every(({ n, median }) => n === 1 && median! > 0))).toEqual([
    ...[true, true],
  ]);
});

test(
  'measures every engine in turn in the Self-test view, or says why it does not',
  ALONE,
  async ({ page, context }) => {
    test.slow();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const fetched: string[] = [];
    await patchWorker(page, COUNT);
    context.on('request', (request) => fetched.push(request.url()));
    await page.goto('./#v=1&view=self-test');
    await page.getByRole('button', { name: 'Measure quickly' }).click();
    await expect(page.getByText(/^student, L = 32, forward pass: /)).toBeVisible({ timeout: 120_000 });
    expect(fetched.filter((url) => PEER.test(url)).length).toBeLessThanOrEqual(1);
    const table = page.getByRole('region', { name: 'Times' }).getByRole('table');
    await expect(table).toBeVisible({ timeout: 240_000 });
    await expect(table.getByRole('rowheader')).toHaveText([
      'student, L = 32, forward pass',
      'student, L = 32, run of 8 steps',
    ]);
    const times = (engine: string) =>
      table.getByRole('row', { name: new RegExp(`^${engine} .* [\\d.]+ ms`) });
    expect(await times('Unmask').count()).toBeGreaterThanOrEqual(2);
    expect(await times('onnxruntime-web, CPU').count()).toBe(2);
    // Where its results are wrong, a sentence stands in the place of its times.
    expect(
      await table.getByRole('row', { name: /^onnxruntime-web, WebGPU .*( ms|\.$)/ }).count(),
    ).toBeGreaterThanOrEqual(3);

    const software = (await page.getByRole('banner').innerText()).includes('(software)');
    await expect(page.getByText('A CPU plays GPU here: these times say nothing about GPUs.')).toHaveCount(
      software ? 1 : 0,
    );
    await page.getByRole('button', { name: 'Copy report' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('L = 32, forward pass');

    await test.step('a pass of a captured graph creates nothing', async () => {
      const worker = await engineWorker(page);
      const events = await worker.evaluate(() => (self as unknown as { bindGroups: Noted[] }).bindGroups);
      const passes = [...events.keys()].filter((i) => {
        const { case: name, engine, round } = events[i];
        return name.endsWith('pass') && engine === 'onnxruntime-webgpu' && round > 0;
      });
      expect(passes.length + (await table.getByText(/logits|cannot/).count())).toBeGreaterThan(0);
      for (const i of passes) expect(events[i + 1].made - events[i].made).toBe(0);
    });
  },
);
