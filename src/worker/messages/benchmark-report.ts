import { localised } from '../../words/localised.ts';

/** The benchmark as Markdown, to be pasted into a message. */
export const benchmarkReportWords = localised({
  title: 'Benchmark against onnxruntime-web',
  adapter: (name: string) => `Adapter: ${name}`,
  browser: (name: string) => `Browser: ${name}`,
  date: (date: string) => `Date: ${date}`,
  software:
    'On this adapter a CPU plays GPU: the times say nothing about the speed of a GPU, nor do the ratios.',
  notes:
    'Medians of timings taken in turn after a warm-up, with least and largest; ratios are taken round by round.',
  columns: ['Engine', 'precision', 'ms', 'range', 'n', 'time / ours', 'range of it'],
  /** Names of programs, and what each computes on. */
  engines: {
    ours: 'Unmask',
    'onnxruntime-webgpu': 'onnxruntime-web, WebGPU',
    'onnxruntime-wasm': 'onnxruntime-web, CPU',
  },
  /** @param engine one of `engines` @param variant how it was asked */
  contender: (engine: string, variant: string) => `${engine}: ${variant}`,
  range: (low: string, high: string) => `${low} to ${high}`,
  /** @param problem a sentence */
  notMeasured: (engine: string, variant: string, problem: string) =>
    `Not measured: ${engine}, ${variant}. ${problem}`,
});
