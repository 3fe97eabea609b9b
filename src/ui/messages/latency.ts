import { bytesText } from '../../words/bytes.ts';
import { spoken } from '../../worker/latency/spoken.ts';
import { duration, number } from '../../words/numbers.ts';
import { plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';
import { measured } from './measured.ts';

const TWINS = { diffusion: 'the diffusion network', causal: 'the autoregressive network' };
const textOf = (tokens: number): string => `a text of ${number(tokens)} tokens`;
/** "169.6 million", "1.45 billion" */
const parameters = (count: number): string =>
  count < 1e9 ? `${number(count / 1e6)} million` : `${number(count / 1e9, 2)} billion`;

/** The latency study: masked diffusion against an autoregressive network of the same size, its twin. */
export const latency = localised({
  title: 'Latency at the released sizes',
  says: 'Masked diffusion works on the whole text in every step; an autoregressive network of the same size, with its cache of keys and values, works on one token a pass. Which is faster depends on the steps. Measured with random weights, since time does not depend on what weights say: nothing is fetched.',
  shape: 'Shape',
  /** A shape by its name, as "169M", with its width and depth. */
  shapeOf: (name: string, blocks: number, width: number) =>
    `${name}: ${number(blocks)} blocks of ${number(width)}`,
  text: 'Text',
  tokens: (tokens: number) => `${number(tokens)} tokens`,
  run: 'Measure on this machine',
  stop: 'Stop',
  stopped: 'Stopped before its end.',
  /** What a study would take: names of the facts, and what stands beside them. */
  facts: {
    parameters: 'parameters',
    memory: 'GPU memory',
    time: 'time',
    parametersOf: (diffusion: number, causal: number) =>
      `${parameters(diffusion)}; its twin, without adaLN, ${parameters(causal)}`,
    /** @param parts bytes of each, in their order */
    memoryOf: (
      total: number,
      parts: readonly { part: 'weights' | 'cache' | 'activations'; bytes: number }[],
    ) => {
      const names = { weights: 'weights', cache: 'keys and values', activations: 'activations' };
      return `${bytesText(total)} at most: ${parts.map(({ part, bytes }) => `${names[part]} ${bytesText(bytes)}`).join(', ')}`;
    },
    fewSeconds: 'a few seconds',
    about: (seconds: number) => `about ${spoken(seconds)}`,
  },
  progress: {
    open: 'The device is opened …',
    upload: (network: keyof typeof TWINS) => `Random weights of ${TWINS[network]} go to the GPU …`,
    compile: (network: keyof typeof TWINS) => `The kernels of ${TWINS[network]} are compiled …`,
    done: (network: keyof typeof TWINS) => `With ${TWINS[network]} it is done …`,
    timeCausal: 'The autoregressive network is timed, a pass for each token …',
    time: (steps: number) => `Diffusion is timed at ${plural(steps, 'step', 'steps')} …`,
  },
  /** How the twins compare. */
  crossing: {
    at: (shape: string, tokens: number, steps: number) =>
      `At ${shape}, masked diffusion writes ${textOf(tokens)} faster than its autoregressive twin up to about ${number(steps)} steps.`,
    above: (shape: string, tokens: number, steps: number) =>
      `At ${shape}, masked diffusion writes ${textOf(tokens)} faster than its autoregressive twin at every number of steps here, up to ${number(steps)}.`,
    below: (shape: string, tokens: number, steps: number) =>
      `At ${shape}, the autoregressive twin writes ${textOf(tokens)} faster at every number of steps here, down to ${number(steps)}.`,
    open: (shape: string) => `At ${shape}, as far as it is measured.`,
  },
  /** How much faster masked diffusion is with its fewest steps; behind "up to about 32 steps." */
  gain: (steps: number, factor: number) =>
    `With ${plural(steps, 'step', 'steps')} it is ${number(factor, factor < 10 ? 1 : 0)} times as fast.`,
  source: (
    weights: string,
    written: number,
    runs: { fewest: number; most: number },
    clock: keyof typeof measured.clocks,
    device: string,
  ) =>
    `Random weights, ${weights} in memory, with f32 arithmetic; one text at a time, its first token given and ${number(written)} written. Medians, with least and most, of ${runs.fewest === runs.most ? '' : `${number(runs.fewest)} to `}${plural(runs.most, 'run', 'runs')}, ${measured.clocks[clock]}, on ${device}.`,
  hollow: 'Hollow marks are extrapolated: what would take too long is timed over some of its passes.',
  /** How a point came about. */
  measured: 'measured',
  fromPasses: (timed: number, passes: number) => `from ${number(timed)} of ${number(passes)} passes`,
  /** The time of a text, and of several runs their range. */
  time: (median: number, range: { least: number; most: number } | undefined) =>
    range ? `${duration(median)} (${duration(range.least)} to ${duration(range.most)})` : duration(median),
  figure: {
    rates: 'tokens per second, log scale',
    steps: 'steps of masked diffusion, log scale',
    diffusion: 'masked diffusion',
    causal: 'autoregressive',
    crossing: (steps: number) => `${number(steps)} steps`,
  },
  table: {
    title: 'The figure as a table',
    network: 'network',
    steps: 'steps',
    passes: 'forward passes',
    rate: 'tokens per second',
    time: 'time of a text',
    how: 'how',
    oneEach: 'one token a pass',
  },
  csv: 'Save as CSV',
  json: 'Save as JSON',
});
