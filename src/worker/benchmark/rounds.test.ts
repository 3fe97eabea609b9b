import { expect, it } from 'vitest';
import type { BenchmarkEngine, BenchmarkProgress } from './result.ts';
import { measureInRounds, type Contender, type RoundsOptions } from './rounds.ts';

const options: RoundsOptions = { name: 'student', lengths: [32], rounds: 3, seconds: 60 };

/** A contender that takes the times given, in turn, and writes itself down. */
function fake(
  engine: BenchmarkEngine,
  times: number[],
  log: string[],
  more: Partial<Contender> = {},
): Contender {
  let next = 0;
  return {
    ...{ engine, variant: 'fake', precision: 'f32', kinds: ['pass'] },
    prepare: () =>
      Promise.resolve(() => {
        log.push(engine);
        return Promise.resolve(times[next++ % times.length]);
      }),
    ...more,
  };
}

it('measures in turn, with medians, ranges and ratios round by round', async () => {
  const log: string[] = [];
  const contenders = [
    fake('ours', [2, 1, 4], log),
    fake('onnxruntime-webgpu', [4, 4, 4], log),
    fake('onnxruntime-wasm', [20, 10, 400], log),
  ];
  const [pass, run] = await measureInRounds(contenders, options);
  expect(log).toEqual(Array.from({ length: 3 }, () => contenders.map(({ engine }) => engine)).flat());
  expect(pass).toMatchObject({ name: 'student, L = 32, forward pass', length: 32, kind: 'pass' });
  expect(pass.rows).toMatchObject([
    { engine: 'ours', median: 2, low: 1, high: 4, n: 3, values: [2, 1, 4] },
    { engine: 'onnxruntime-webgpu', median: 4, ratio: { median: 2, low: 1, high: 4 } },
    { engine: 'onnxruntime-wasm', median: 20, ratio: { median: 10, low: 10, high: 100 } },
  ]);
  expect(pass.rows[0].ratio).toBeUndefined();
  expect(run.rows).toEqual([]);
});

it('goes on without an engine that cannot be set up, or fails on its way', async () => {
  const log: string[] = [];
  let calls = 0;
  const [{ rows }] = await measureInRounds(
    [
      fake('onnxruntime-webgpu', [], log, { prepare: () => Promise.reject(new Error('Its logits differ')) }),
      fake('onnxruntime-wasm', [], log, {
        prepare: () =>
          Promise.resolve(() =>
            ++calls > 1 ? Promise.reject(new Error('no\n memory')) : Promise.resolve(1),
          ),
      }),
      fake('ours', [1], log),
    ],
    options,
  );
  expect(rows).toEqual([
    expect.objectContaining({ engine: 'onnxruntime-webgpu', n: 0, problem: 'Its logits differ.' }),
    expect.objectContaining({ engine: 'onnxruntime-wasm', n: 0, problem: 'no memory.' }),
    expect.objectContaining({ engine: 'ours', n: 3, median: 1 }),
  ]);
  expect(rows[0].median).toBeUndefined();
  expect(calls).toBe(2);
});

it('compares nothing where ours has no numbers', async () => {
  const log: string[] = [];
  const broken = { prepare: () => Promise.reject(new Error('no GPU')) };
  const [{ rows }] = await measureInRounds(
    [fake('ours', [], log, broken), fake('onnxruntime-wasm', [5], log)],
    options,
  );
  expect(rows[1]).toMatchObject({ median: 5, n: 3 });
  expect(rows[1].ratio).toBeUndefined();
});

it('stops when time is up, after three rounds or as many as were asked for', async () => {
  for (const [rounds, n] of [
    [20, 3],
    [2, 2],
  ]) {
    const [{ rows }] = await measureInRounds([fake('ours', [1], [])], { ...options, rounds, seconds: -1 });
    expect(rows[0].n).toBe(n);
  }
});

it('tells what comes, and frees each case whatever became of it', async () => {
  const progress: BenchmarkProgress[] = [];
  let ended = 0;
  const follow = {
    ...options,
    lengths: [8, 16],
    rounds: 1,
    onProgress: (event: BenchmarkProgress) => progress.push(event),
    endCase: () => {
      ended += 1;
      return Promise.resolve();
    },
  };
  await measureInRounds([fake('ours', [1], [])], follow);
  expect(progress).toEqual(
    [8, 16].flatMap((length) =>
      [0, 1].map((round) => ({
        ...{ case: `student, L = ${length}, forward pass`, engine: 'ours', round, rounds: 1 },
      })),
    ),
  );
  expect(ended).toBe(4);
});

it('stops between two timings when it is cancelled', async () => {
  const log: string[] = [];
  const controller = new AbortController();
  let ended = 0;
  const second = fake('onnxruntime-wasm', [1], log, {
    prepare: () =>
      Promise.resolve(() => {
        controller.abort();
        log.push('cancelled');
        return Promise.resolve(1);
      }),
  });
  const measuring = measureInRounds([fake('ours', [1], log), second, fake('ours', [1], log)], {
    ...options,
    signal: controller.signal,
    endCase: () => {
      ended += 1;
      return Promise.resolve();
    },
  });
  await expect(measuring).rejects.toMatchObject({ name: 'UnmaskError', code: 'aborted' });
  expect(log).toEqual(['ours', 'cancelled']);
  expect(ended).toBe(1);
});
