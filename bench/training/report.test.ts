import { expect, it } from 'vitest';
import { spread } from '../../src/worker/benchmark/spread.ts';
import { trainingMarkdown } from './report.ts';
import type { TrainingResult } from './result.ts';

const counts = {
  ...{ dispatches: 243, passes: 2, submits: 3, bindGroups: 4, pipelines: 0 },
  ...{ buffers: 5, writes: 6, copies: 7, readBacks: 1 },
};
const part = (milliseconds: number) => ({ milliseconds, dispatches: 94 });

const result: TrainingResult = {
  ...{ adapter: 'acme one', software: false, userAgent: 'Browser 1', date: '2026-01-02T03:04:05Z' },
  versions: { 'jax-js': '1.2.3', tfjs: '4.5.6' },
  missing: ['8 x 128: Target crashed.'],
  cases: [
    {
      ...{ batch: 8, length: 32, masked: 130, drawn: 9 },
      phases: { n: 3, costs: { teacher: part(1), forward: part(2), backward: part(3), optimizer: part(4) } },
      rows: [
        {
          ...{ engine: 'ours', first: 90, counts, peakBytes: 2 ** 28 },
          milliseconds: spread([10, 20, 30]),
          updates: [{ loss: 0.5, gradientNorm: 2 }],
        },
        {
          ...{ engine: 'jax-js', first: 1000, counts, peakBytes: 2 ** 29 },
          ...{ milliseconds: spread([40, 50, 60]), ratio: spread([4, 2.5, 2]) },
          updates: [{ loss: 0.50001, gradientNorm: 2 }],
        },
        { engine: 'tfjs', updates: [], problem: 'Out of memory.' },
      ],
    },
  ],
};

const cellsOf = (text: string, start: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`| ${start} `))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(2, -1),
    );

it('has times, counts and numbers of each engine', () => {
  const text = trainingMarkdown(result);
  expect(cellsOf(text, 'Unmask')).toEqual([
    ['20.0', '10.0 to 30.0', '3', '1', '', '90.0'],
    ['243', '2', '3', '4', '5', '6', '7', '1', '256'],
    ['0.500000', '2.000000', '', '', '', ''],
  ]);
  expect(cellsOf(text, 'jax-js')).toEqual([
    ['50.0', '40.0 to 60.0', '3', '2.50', '2.00 to 4.00', '1000'],
    ['243', '2', '3', '4', '5', '6', '7', '1', '512'],
    ['0.500010', '2.000000', '', '', '2.0e-5', '0.0e+0'],
  ]);
  expect(cellsOf(text, 'TensorFlow.js')).toEqual([
    ['', '', '0', '', '', ''],
    ['', '', '', '', '', ''],
  ]);
  expect(cellsOf(text, 'backward pass')).toEqual([['3.00', '94', '3']]);
  expect(text).toContain('Not measured: TensorFlow.js. Out of memory.');
  expect(text).toContain('Not measured: 8 x 128: Target crashed.');
  expect(text).toContain('- Libraries: jax-js 1.2.3, tfjs 4.5.6');
  expect(text).not.toContain('a CPU plays GPU');
});

it('says so where a CPU plays GPU', () => {
  expect(trainingMarkdown({ ...result, software: true })).toContain('a CPU plays GPU');
});
