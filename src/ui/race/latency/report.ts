/** A latency study in files and in words. */
import type {
  LatencyPoint,
  LatencyProgress,
  LatencyResult,
  NetworkMemory,
  Preflight,
  Spread,
} from '../../../worker/latency/result.ts';
import { LOCALE } from '../../../words/language.ts';
import { latency } from '../../messages/latency.ts';

/** A rate with three digits that say something: "0.0372", "41.3", "1,240". */
export function rate(tokensPerSecond: number): string {
  return tokensPerSecond.toLocaleString(LOCALE, { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });
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
  return latency.crossing[crossing.where](shape.name, tokens, Math.round(crossing.steps));
}

/** How much faster diffusion is with its fewest steps, in a sentence; undefined until both are measured, or where it is not. */
export function gainText(study: Pick<LatencyResult, 'points'>): string | undefined {
  const { diffusion, causal } = twinsOf(study);
  const [first] = diffusion as (LatencyPoint | undefined)[];
  if (!first || !causal || first.tokensPerSecond <= causal.tokensPerSecond) return undefined;
  return latency.gain(first.steps, first.tokensPerSecond / causal.tokensPerSecond);
}

/** How the numbers came about, in sentences. */
export function sourceText(study: LatencyResult): string {
  const { points, storage, written, clock, device } = study;
  const counts = points.map((point) => point.milliseconds.values.length);
  const runs = { fewest: Math.min(...counts), most: Math.max(...counts) };
  const source = latency.source(storage, written, runs, clock, device);
  return points.some(({ how }) => how === 'extrapolated') ? `${source} ${latency.hollow}` : source;
}

/** How a point came about: "measured", "from 12 of 1,023 passes". */
export function howText({ how, passes, forwardPasses }: LatencyPoint): string {
  return how === 'measured' ? latency.measured : latency.fromPasses(passes, forwardPasses);
}

/** "12.1 ms", and with several runs their range. */
export function timeText({ median, least, most, values }: Spread): string {
  return latency.time(median, values.length < 2 ? undefined : { least, most });
}

/** What a study is at. */
export function progressText(progress: LatencyProgress | undefined): string {
  const says = latency.progress;
  if (!progress) return says.open;
  const { kind, stage, steps } = progress;
  switch (stage) {
    case 'upload':
      return says.upload(kind);
    case 'compile':
      return says.compile(kind);
    case 'time':
      if (steps === undefined) return says.done(kind);
      return kind === 'causal' ? says.timeCausal : says.time(steps);
  }
}

/** Bytes by part, those that take some. */
function partsOf({ embedding, weights, activations, cache, head }: NetworkMemory) {
  const parts = [
    { part: 'weights', bytes: embedding + weights },
    { part: 'cache', bytes: cache },
    { part: 'activations', bytes: activations + head },
  ] as const;
  return parts.filter(({ bytes }) => bytes > 0);
}

/** Below this a time is too short to be told, s. */
const FEW_SECONDS = 10;

/** What a study would take, by what it is of. */
export function preflightFacts({
  parameters,
  memory,
  total,
  seconds,
}: Preflight): [name: string, text: string][] {
  const larger = total.causal > total.diffusion ? 'causal' : 'diffusion';
  const says = latency.facts;
  return [
    [says.parameters, says.parametersOf(parameters.diffusion, parameters.causal)],
    [says.memory, says.memoryOf(total[larger], partsOf(memory[larger]))],
    [says.time, seconds < FEW_SECONDS ? says.fewSeconds : says.about(seconds)],
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
