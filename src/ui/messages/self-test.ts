import { number } from '../../words/numbers.ts';
import { localised } from '../../words/localised.ts';
import { benchmarkReportWords } from '../../worker/messages/benchmark-report.ts';

/** The Self-test view: does it work on this GPU, and how fast? */
export const selfTest = localised({
  title: { gpu: 'Does it work on this GPU?', machine: 'Does it work on this machine?' },
  lead: 'Every kernel is run on small inputs and compared with plain float64 on the CPU; then the whole network is compared with onnxruntime-web, which shares no code with it.',
  run: 'Run the checks',
  runAgain: 'Run the checks again',
  stop: 'Stop',
  copy: 'Copy report',
  save: 'Save as JSON',
  /** How far it is, then how it ended. */
  through: (checks: number) => `${checks} checks are through …`,
  comparing: 'The kernels are through; now the whole network against onnxruntime-web …',
  nothing: 'Nothing has been checked yet.',
  allRight: (checks: number) => `All ${checks} checks are within their bounds.`,
  someWrong: (wrong: number, checks: number) =>
    `${wrong} of ${checks} checks ${wrong === 1 ? 'is' : 'are'} out of bounds.`,
  network: {
    title: 'The whole network against onnxruntime-web',
    /** How far two engines agree on a text; the error as it is written, draws that are equal, of all. */
    agree: (model: string, length: number, masked: number, error: string, equal: number, draws: number) => {
      const text = masked === 0 ? `${length} tokens` : `${length} tokens, ${masked} of them masked`;
      return `The ${model} on ${text}: logits differ by ${error} at most, and ${number(equal)} of ${number(draws)} draws with the same noise are equal.`;
    },
  },
  /** A table; kernels are called what the engine calls them. */
  checks: {
    title: 'Every kernel against its CPU reference',
    label: 'Checks',
    kernel: 'kernel',
    what: 'what is computed',
    error: 'largest error',
    bound: 'bound',
    verdict: 'verdict',
    right: 'right',
    wrong: 'wrong',
  },
  /** How an error is measured: the largest difference, as it is or beside the value, or the number of values that differ. */
  measures: { absolute: 'absolute', relative: 'relative', bits: 'bits' },
  /** In the place of a number that could not be measured. */
  noError: 'none',
  device: {
    title: 'This device',
    adapter: 'adapter',
    features: 'features in use',
    noFeatures: 'none',
    /** Which of several kernels multiplies matrices of a size. */
    variants: 'GEMM variants',
    noVariants: 'the defaults: nothing is measured here yet',
    memory: 'memory in use',
    noMemory: 'none',
    limits: 'Limits',
  },
  /** What is copied: Markdown, to be pasted into a message. */
  report: {
    title: (date: string) => `Unmask self-test, ${date}`,
    browser: (name: string) => `browser: ${name}`,
    /** On what the page runs; why it is not WebGPU is a sentence. */
    backend: (backend: string, adapter: string) => `backend: ${backend} on ${adapter}`,
    backendWhy: (backend: string, adapter: string, why: string) =>
      `backend: ${backend} on ${adapter}; ${why}`,
    software: 'a CPU plays GPU here: times say nothing about GPUs',
    /** Heads of columns; the verdict of a check has none. */
    checks: ['kernel', 'what', 'error', 'bound', 'measure', 'ms', ''],
    right: 'ok',
    wrong: 'WRONG',
    wrongWhy: (why: string) => `WRONG ${why}`,
    limits: ['limit', 'value'],
    features: (names: string) => `Features: ${names}`,
    noFeatures: 'Features: none',
    variants: (names: string) => `GEMM variants: ${names}`,
    noVariants: 'GEMM variants: the defaults, nothing measured',
  },
});

/** Our engine beside what one would take instead, by the time that each takes. */
export const benchmark = localised({
  title: 'Speed against onnxruntime-web',
  hint: 'The same network on our kernels, on onnxruntime-web’s WebGPU kernels (graph captured, same device, its logits sampled by our kernel) and on its CPU kernels, in turn. It fetches 27 MB of onnxruntime first.',
  measure: 'Measure',
  measureQuickly: 'Measure quickly',
  stop: 'Stop',
  /** Names of programs, and what each computes on. */
  engines: benchmarkReportWords.engines,
  settingUp: 'Setting up …',
  /** What is measured is called what the engine calls it. */
  checking: (what: string, engine: string) => `${what}: ${engine} is set up and checked …`,
  round: (what: string, round: number, rounds: number) => `${what}: round ${round} of at most ${rounds} …`,
  stopped: 'Stopped before its end.',
  software: 'A CPU plays GPU here: these times say nothing about GPUs.',
  table: 'Times',
  columns: { engine: 'engine', times: 'median, range', ratio: 'against ours', rounds: 'rounds' },
  milliseconds: (time: string) => `${time} ms`,
  range: (low: string, high: string) => `${low} to ${high}`,
  /** How many times as long as ours it took, with the range. */
  ratio: (median: string, low: string, high: string) => `${median}× (${low} to ${high})`,
});
