/** A latency study in files and in words. */
import { bytesText } from '../../../worker/bytes.ts';
import type {
  LatencyPoint,
  LatencyProgress,
  LatencyResult,
  NetworkMemory,
  Preflight,
  Spread,
} from '../../../worker/latency/result.ts';
import { spoken } from '../../../worker/latency/spoken.ts';
import { plural } from '../../messages/english.ts';
import { duration, number } from '../../watch/numbers.ts';

/** A rate with three digits that say something: "0.0372", "41.3", "1,240". */
export function rate(tokensPerSecond: number): string {
  return tokensPerSecond.toLocaleString('en', { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });
}

/** The time that a study goes by, of a point. */
export function timeOf({ clock }: Pick<LatencyResult, 'clock'>, point: LatencyPoint): Spread {
  return (clock === 'gpu' ? point.gpuMilliseconds : undefined) ?? point.milliseconds;
}

/** Rates of the slowest and of the quickest run. */
export function rateRange(
  study: Pick<LatencyResult, 'clock' | 'written'>,
  point: LatencyPoint,
): { low: number; high: number } {
  const { least, most } = timeOf(study, point);
  return { low: (1000 * study.written) / most, high: (1000 * study.written) / least };
}

/** The points of diffusion by rising steps, and that of its twin. */
export function twinsOf({ points }: Pick<LatencyResult, 'points'>): {
  diffusion: LatencyPoint[];
  causal: LatencyPoint | undefined;
} {
  const diffusion = points.filter(({ kind }) => kind === 'diffusion').sort((a, b) => a.steps - b.steps);
  return { diffusion, causal: points.find(({ kind }) => kind === 'causal') };
}

/** How the twins compare, in a sentence; undefined until both are measured. */
export function crossingText(
  study: Pick<LatencyResult, 'points' | 'crossing' | 'shape' | 'tokens'>,
): string | undefined {
  const { crossing, shape, tokens } = study;
  if (!crossing) return undefined;
  const steps = number(Math.round(crossing.steps));
  const text = `a text of ${number(tokens)} tokens`;
  switch (crossing.where) {
    case 'at':
      return `At ${shape.name}, masked diffusion writes ${text} faster than its autoregressive twin up to about ${steps} steps.`;
    case 'above':
      return `At ${shape.name}, masked diffusion writes ${text} faster than its autoregressive twin at every number of steps here, up to ${steps}.`;
    case 'below':
      return `At ${shape.name}, the autoregressive twin writes ${text} faster at every number of steps here, down to ${steps}.`;
  }
}

/** How much faster diffusion is with its fewest steps, in a sentence; undefined until both are measured, or where it is not. */
export function gainText(study: Pick<LatencyResult, 'points'>): string | undefined {
  const { diffusion, causal } = twinsOf(study);
  const [first] = diffusion as (LatencyPoint | undefined)[];
  if (!first || !causal || first.tokensPerSecond <= causal.tokensPerSecond) return undefined;
  const factor = first.tokensPerSecond / causal.tokensPerSecond;
  return `With ${plural(first.steps, 'step', 'steps')} it is ${number(factor, factor < 10 ? 1 : 0)} times as fast.`;
}

const CLOCKS = { gpu: 'by the GPU’s own clock', wall: 'by a clock on the wall, waiting included' } as const;

/** How the numbers came about, in sentences. */
export function sourceText(study: LatencyResult): string {
  const { points, storage, written, clock, device } = study;
  const counts = points.map((point) => point.milliseconds.values.length);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const runs = `${fewest === most ? '' : `${number(fewest)} to `}${plural(most, 'run', 'runs')}`;
  return (
    `Random weights, ${storage} in memory, with f32 arithmetic; one text at a time, its first token given and ` +
    `${number(written)} written. Medians, with least and most, of ${runs}, ${CLOCKS[clock]}, on ${device}.` +
    (points.some(({ how }) => how === 'extrapolated')
      ? ' Hollow marks are extrapolated: what would take too long is timed over some of its passes.'
      : '')
  );
}

/** How a point came about: "measured", "from 12 of 1,023 passes". */
export function howText({ how, passes, forwardPasses }: LatencyPoint): string {
  return how === 'measured' ? 'measured' : `from ${number(passes)} of ${number(forwardPasses)} passes`;
}

/** "12.1 ms", and with several runs their range. */
export function timeText({ median, least, most, values }: Spread): string {
  return values.length < 2
    ? duration(median)
    : `${duration(median)} (${duration(least)} to ${duration(most)})`;
}

const TWINS = { diffusion: 'the diffusion network', causal: 'the autoregressive network' } as const;

/** What a study is at. */
export function progressText(progress: LatencyProgress | undefined): string {
  if (!progress) return 'The device is opened …';
  const { kind, stage, steps } = progress;
  switch (stage) {
    case 'upload':
      return `Random weights of ${TWINS[kind]} go to the GPU …`;
    case 'compile':
      return `The kernels of ${TWINS[kind]} are compiled …`;
    case 'time':
      if (steps === undefined) return `With ${TWINS[kind]} it is done …`;
      return kind === 'causal'
        ? 'The autoregressive network is timed, a pass for each token …'
        : `Diffusion is timed at ${plural(steps, 'step', 'steps')} …`;
  }
}

/** Bytes by part, largest first: "weights 812 MB". */
export function memoryText(memory: NetworkMemory): string {
  const { embedding, weights, activations, cache, head } = memory;
  const parts: [string, number][] = [
    ['weights', embedding + weights],
    ['keys and values', cache],
    ['activations', activations + head],
  ];
  return parts
    .filter(([, bytes]) => bytes > 0)
    .map(([name, bytes]) => `${name} ${bytesText(bytes)}`)
    .join(', ');
}

/** A count of parameters: "169.6 million", "1.45 billion". */
export function parametersText(count: number): string {
  return count < 1e9 ? `${number(count / 1e6)} million` : `${number(count / 1e9, 2)} billion`;
}

/** What a study would take, by what it is of. */
export function preflightFacts({
  parameters,
  memory,
  total,
  seconds,
}: Preflight): [name: string, text: string][] {
  const larger = total.causal > total.diffusion ? 'causal' : 'diffusion';
  return [
    [
      'parameters',
      `${parametersText(parameters.diffusion)}; its twin, without adaLN, ${parametersText(parameters.causal)}`,
    ],
    ['GPU memory', `${bytesText(total[larger])} at most: ${memoryText(memory[larger])}`],
    ['time', seconds < 10 ? 'a few seconds' : `about ${spoken(seconds)}`],
  ];
}

const cell = (value: string | number | boolean | undefined): string => {
  const text = value === undefined ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** One row for each point, with all that it takes to understand it alone. */
export function latencyCsv(study: LatencyResult): string {
  const { shape, parameters } = study;
  const rows = study.points.map((point) => ({
    network: point.kind,
    steps: point.steps,
    forward_passes: point.forwardPasses,
    tokens_per_second: point.tokensPerSecond,
    how: point.how,
    passes_timed: point.passes,
    runs: point.milliseconds.values.length,
    ms_median: point.milliseconds.median,
    ms_least: point.milliseconds.least,
    ms_most: point.milliseconds.most,
    gpu_ms_median: point.gpuMilliseconds?.median,
    gpu_ms_least: point.gpuMilliseconds?.least,
    gpu_ms_most: point.gpuMilliseconds?.most,
    clock: study.clock,
    shape: shape.name,
    parameters: parameters[point.kind],
    hidden: shape.hidden,
    blocks: shape.blocks,
    heads: shape.heads,
    vocabulary: shape.vocabulary,
    tokens: study.tokens,
    written: study.written,
    batch: study.batch,
    weights: `${study.storage}, random`,
    device: study.device,
    cpu_plays_gpu: study.software,
    date: study.date,
  }));
  const [first] = rows as ((typeof rows)[0] | undefined)[];
  const lines = [Object.keys(first ?? {}), ...rows.map((row) => Object.values(row))];
  return lines.map((line) => `${line.map(cell).join(',')}\n`).join('');
}

/** Everything that is known, for programs. */
export function latencyJson(study: LatencyResult): string {
  return `${JSON.stringify({ version: 1, weights: 'random', ...study }, null, 2)}\n`;
}

/** Name of a file of it. */
export const latencyFile = ({ shape, tokens }: LatencyResult, ending: 'csv' | 'json'): string =>
  `unmask-latency-${shape.name}-${tokens}.${ending}`.replace(/[^\w.-]+/g, '');
