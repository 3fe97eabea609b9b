import { expect, it } from 'vitest';
import { benchmarkMarkdown } from './report.ts';
import type { BenchmarkResult, BenchmarkRow } from './result.ts';

const ours: BenchmarkRow = {
  ...{ engine: 'ours', variant: 'as in the page', precision: 'f16 weights, f32' },
  ...{ median: 2, low: 1, high: 4, n: 3 },
};
const peer: BenchmarkRow = {
  ...{ engine: 'onnxruntime-webgpu', variant: 'captured graph', precision: 'f32 weights, f32', n: 0 },
  problem: 'Its logits differ.',
};
const cpu: BenchmarkRow = {
  ...{ engine: 'onnxruntime-wasm', variant: '1 thread', precision: 'f32 weights, f32' },
  ...{ median: 20, low: 10, high: 400, n: 3, ratio: { median: 10, low: 9.5, high: 100 } },
};
const result = (rows: BenchmarkRow[], software = false): BenchmarkResult => ({
  ...{ adapter: 'acme gpu', software, userAgent: 'Browser 1', date: '2026-01-02T03:04:05Z' },
  cases: [{ name: 'student, L = 32, forward pass', length: 32, kind: 'pass', rows }],
});

it('has a row for each engine, and a sentence for one without numbers', () => {
  const lines = benchmarkMarkdown(result([ours, peer, cpu])).split('\n');
  const row = (start: string) =>
    lines
      .find((line) => line.startsWith(`| ${start}`))
      ?.split('|')
      .map((cell) => cell.trim())
      .slice(1, -1);
  expect(row('Unmask')).toEqual([
    'Unmask: as in the page',
    'f16 weights, f32',
    '2.00',
    '1.00 to 4.00',
    '3',
    '1',
    '',
  ]);
  expect(row('onnxruntime-web, CPU')?.slice(2)).toEqual(['20.0', '10.0 to 400', '3', '10.0', '9.50 to 100']);
  expect(row('onnxruntime-web, WebGPU')?.slice(2)).toEqual(['', '', '0', '', '']);
  expect(lines).toContain('Not measured: onnxruntime-web, WebGPU, captured graph. Its logits differ.');
  expect(lines).toContain('- Adapter: acme gpu');
  expect(lines).toContain('## student, L = 32, forward pass');
  expect(lines.join('\n')).not.toContain('a CPU plays GPU');
});

it('says so where a CPU plays GPU', () => {
  expect(benchmarkMarkdown(result([ours], true))).toContain('a CPU plays GPU');
});

it('calls nobody the measure where nothing is compared', () => {
  const { ratio: _, ...alone } = cpu;
  expect(benchmarkMarkdown(result([alone]))).toMatch(/\| +3 \| +\| +\|$/m);
});
