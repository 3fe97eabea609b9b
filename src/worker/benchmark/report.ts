import { digits, table } from './table.ts';
import type { BenchmarkEngine, BenchmarkResult, BenchmarkRow } from './result.ts';

/** What a person calls the engines. */
export const ENGINE_NAMES: Readonly<Record<BenchmarkEngine, string>> = {
  ours: 'Unmask',
  'onnxruntime-webgpu': 'onnxruntime-web, WebGPU',
  'onnxruntime-wasm': 'onnxruntime-web, CPU',
};

function cells({ engine, variant, precision, median, low, high, n, ratio }: BenchmarkRow): string[] {
  const times =
    median === undefined || low === undefined || high === undefined
      ? ['', '']
      : [digits(median), `${digits(low)} to ${digits(high)}`];
  const against = ratio
    ? [digits(ratio.median), `${digits(ratio.low)} to ${digits(ratio.high)}`]
    : [median === undefined ? '' : '1', ''];
  return [`${ENGINE_NAMES[engine]}: ${variant}`, precision, ...times, String(n), ...against];
}

/** A result as Markdown: where it was measured, a table for each case, and why an engine has no numbers. */
export function benchmarkMarkdown({ adapter, software, userAgent, date, cases }: BenchmarkResult): string {
  const facts = [
    `- Adapter: ${adapter}`,
    ...(userAgent === undefined ? [] : [`- Browser: ${userAgent}`]),
    `- Date: ${date}`,
  ];
  const warning = software
    ? [
        '**On this adapter a CPU plays GPU: the times say nothing about the speed of a GPU, nor do the ratios.**',
      ]
    : [];
  const sections = cases.flatMap(({ name, rows }) => {
    const hasBase = rows.some(({ ratio }) => ratio !== undefined);
    const body = rows.map((row) => {
      const own = cells(row);
      // Without anything to compare with, nobody is the measure.
      return hasBase ? own : [...own.slice(0, 5), '', ''];
    });
    return [
      `## ${name}`,
      table(['Engine', 'precision', 'ms', 'range', 'n', 'time / ours', 'range of it'], body),
      ...rows.flatMap(({ engine, variant, problem }) =>
        problem === undefined ? [] : [`Not measured: ${ENGINE_NAMES[engine]}, ${variant}. ${problem}`],
      ),
    ];
  });
  const notes =
    'Medians of timings taken in turn after a warm-up, with least and largest; ratios are taken round by round.';
  return `${['# Benchmark against onnxruntime-web', facts.join('\n'), ...warning, notes, ...sections].join('\n\n')}\n`;
}
