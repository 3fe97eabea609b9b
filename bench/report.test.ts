import { expect, it } from 'vitest';
import { digits, table } from '../src/worker/benchmark/table.ts';
import { markdown, reportName, type Report } from './report.ts';
import { spread } from '../src/worker/benchmark/spread.ts';

const counts = {
  dispatches: 264,
  passes: 8,
  submits: 8,
  bindGroups: 0,
  pipelines: 0,
  buffersCreated: 0,
  bytesWritten: 2304,
};

const report: Report = {
  date: '2026-01-02T03:04:05.678Z',
  adapter: { name: 'acme one', vendor: 'acme', architecture: 'one', software: false },
  host: 'a machine',
  sampler: 'ancestral',
  models: [
    {
      model: 'student',
      storage: 'f16',
      bytes: 2 ** 21,
      opened: 12,
      passes: [
        {
          length: 32,
          rows: 4,
          dispatches: 33,
          milliseconds: spread([1, 2, 4]),
          passesPerTiming: 9,
          submitsPerTiming: 1,
          gigabytesPerSecond: 123.456,
          gigaflops: 0.01234,
          kernels: [
            {
              ...{ kernel: 'attention', launches: 6, milliseconds: 0.5, share: 0.25 },
              rates: { gigabytesPerSecond: 0, allGigabytesPerSecond: 98.76, gigaflops: 12.34 },
            },
            { kernel: 'sample-merge', launches: 1, milliseconds: 0.01, share: 0.005 },
          ],
        },
      ],
      runs: [{ length: 32, steps: 8, forwardPasses: 7, milliseconds: spread([20]), counts }],
    },
  ],
  variants: [
    {
      model: 'student',
      length: 32,
      variants: [
        { choice: 'direct loop', milliseconds: spread([10]) },
        { choice: 'tiled', milliseconds: spread([4]) },
      ],
      tuning: { '32x64x64 f16': 2 },
    },
  ],
  page: {
    ...{ browser: 'chromium 1', backend: 'WebGPU' },
    ...{ record: spread([90]), cold: spread([900, 1000]), warm: spread([500]) },
  },
};

it('writes numbers with three digits', () => {
  expect([0, 0.012345, 1.005, 12.34, 123.4, 12345].map(digits)).toEqual([
    '0',
    '0.0123',
    '1.00',
    '12.3',
    '123',
    '12345',
  ]);
});

it('pads tables', () => {
  expect(table(['a', 'long name'], [['first', '1']])).toBe(
    ['| a     | long name |', '| ----- | --------: |', '| first |         1 |'].join('\n'),
  );
});

/** Cells of the row that begins so. */
const cells = (text: string, start: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(`| ${start}`))
    ?.split('|')
    .map((cell) => cell.trim())
    .slice(1, -1);

it('shows what was measured, on what, and how', () => {
  const text = markdown(report);
  for (const words of ['acme one', 'a machine', '2026-01-02', 'f16 weights, f32 arithmetic', 'ancestral']) {
    expect(text).toContain(words);
  }
  const passes = text.slice(text.indexOf('| Forward pass'));
  expect(cells(passes, 'student')).toEqual([
    'student',
    '32',
    '4',
    '2.00',
    '1.00 to 4.00',
    '3',
    '123',
    '0.0123',
  ]);
  const runs = text.slice(text.indexOf('| Run'));
  expect(cells(runs, 'student')?.slice(1)).toEqual([
    ...['32', '8', '7', '20.0', '20.0 to 20.0', '1'],
    ...['264', '8', '8', '0', '2304'],
  ]);
  expect(cells(text, 'attention')).toEqual(['attention', '6', '0.500', '25.0 %', '0', '98.8', '12.3']);
  expect(cells(text, 'sample-merge')).toEqual(['sample-merge', '1', '0.0100', '0.5 %', '', '', '']);
  expect(cells(text, 'student, tiled')).toEqual(['student, tiled', '32', '4.00', '4.00 to 4.00', '2.50']);
  expect(text).toContain('{"32x64x64 f16":2}');
  const visits = [
    'first token of the record',
    'live run in its place, first',
    'live run in its place, second',
  ];
  expect(visits.map((visit) => cells(text, visit)?.slice(1))).toEqual([
    ['90.0', '90.0 to 90.0', '1'],
    ['950', '900 to 1000', '2'],
    ['500', '500 to 500', '1'],
  ]);
});

it('shows PyTorch beside ours, or why it is not there', () => {
  const times = (...values: number[]) => ({
    ...{ milliseconds: spread(values), gigabytesPerSecond: 5, gigaflops: 6 },
  });
  const native = {
    torch: { torch: '9.9', device: 'acme cuda', ways: ['eager'], precisions: ['f32'] },
    cases: [
      {
        ...{ model: 'student', length: 32, rows: 4 },
        engines: [
          { engine: 'Unmask', precision: 'f16 weights, f32', ...times(1, 2, 4) },
          { engine: 'PyTorch, eager', precision: 'f32', ...times(2, 2, 2), ratio: spread([2, 1, 0.5]) },
          { engine: 'PyTorch, torch.compile', precision: 'f32', problem: 'RuntimeError: no compiler' },
        ],
      },
    ],
  };
  const text = markdown({ ...report, native });
  expect(text).toContain('PyTorch 9.9 on acme cuda.');
  expect(text).toContain('student, L = 32, logits of 4');
  expect(cells(text, 'Unmask')).toEqual([
    ...['Unmask', 'f16 weights, f32', '2.00', '1.00 to 4.00', '3', '5.00', '6.00', '1', ''],
  ]);
  expect(cells(text, 'PyTorch, eager')?.slice(-2)).toEqual(['1.00', '0.500 to 2.00']);
  expect(cells(text, 'PyTorch, torch.compile')?.[4]).toBe('0');
  expect(text).toContain('Not measured: PyTorch, torch.compile, f32. RuntimeError: no compiler');

  const skipped = { skipped: 'python3 cannot import torch' };
  expect(markdown({ ...report, native: skipped })).toContain(
    'PyTorch: not measured (python3 cannot import torch).',
  );
  expect(markdown(report)).not.toContain('PyTorch');
});

it('says of a software adapter that its times say nothing, and of no other', () => {
  const warning = 'times say nothing about a GPU';
  expect(markdown({ ...report, adapter: { ...report.adapter, software: true } })).toContain(warning);
  expect(markdown(report)).not.toContain(warning);
});

it('leaves out what was not measured, and says why the page was not', () => {
  const text = markdown({ ...report, models: [], variants: [], page: { skipped: 'no browser' } });
  expect(text).not.toContain('Forward pass');
  expect(text).toContain('not measured (no browser)');
});

it('names its files by adapter and day', () => {
  const adapter = { ...report.adapter, name: 'google swiftshader (software)' };
  expect(reportName({ ...report, adapter })).toBe('google-swiftshader-software-2026-01-02');
});
