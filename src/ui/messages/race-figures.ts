import { number } from '../../words/numbers.ts';
import { andList, plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';
import { measured } from './measured.ts';

type Clock = keyof typeof measured.clocks;

/** "5 runs", "2 to 5 runs" */
const between = (least: number, most: number, one: string, many: string): string =>
  `${least === most ? '' : `${number(least)} to `}${plural(most, one, many)}`;

const passes = (count: number): string => plural(count, 'forward pass', 'forward passes');

/** What the figures of a race say, on the page and in what is saved of it. */
export const raceFigures = localised({
  /** Heads the column of names in a table. In others, and in their fields, what is said in small stands in <small>. */
  lane: 'lane',
  passes,
  /** Where no lane has been run. */
  nothing: 'Nothing has been run yet.',
  speed: {
    title: 'Speed',
    rate: 'tokens per second',
    against: 'against the slowest',
    time: 'time of a run',
    passes: 'forward passes',
    tooFew: 'too few runs',
    slowest: 'the slowest',
    overlap: 'ranges overlap',
    rateValue: (rate: string) => `${rate} <small>tokens/s</small>`,
    passesValue: (count: number) =>
      `${number(count)} <small>${count === 1 ? 'forward pass' : 'forward passes'}</small>`,
    onCpu: 'onnxruntime-web computed this on the CPU: these times say nothing about GPUs.',
    /** How times were taken: of several runs, and of one. */
    medians: (least: number, most: number, clock: Clock, device: string) =>
      `Medians, with least and most, of ${between(least, most, 'run', 'runs')} of each lane, ${measured.clocks[clock]}, on ${device}.`,
    single: (clock: Clock, device: string) =>
      `Times of 1 run of each lane, ${measured.clocks[clock]}, on ${device}.`,
  },
  quality: {
    title: 'Quality',
    perplexity: 'perplexity <small>log scale, lower is likelier</small>',
    entropy: 'entropy <small>nats, lower repeats more</small>',
    distinct: 'distinct-2 <small>different pairs</small>',
    /** Whose judgement it is; the next sentences follow it. */
    judged: (judge: string) => `Perplexity as the model “${judge}” judges.`,
    judgedApart: (judge: string) =>
      `Perplexity as the model “${judge}” judges; lanes with another judge are not compared.`,
    nobody: 'No other model judged.',
    over: (least: number, most: number) =>
      `All over the tokens that a lane wrote, ${between(least, most, 'text', 'texts')} a lane.`,
    intervals:
      'Intervals: 95 % for the mean over texts, by Student’s t; for perplexity, of the mean log-probability.',
    noInterval: 'One text has no interval: measure more of them to compare.',
    waiting: 'Perplexity, entropy and distinct-2 come when the texts are judged.',
    repetition: 'A low perplexity with a low entropy is only repetition: the two belong together.',
    /** In place of, or beside, a perplexity that is not compared. */
    selfScored: 'self-scored, not compared',
    otherJudge: (judge: string) => `judged by ${judge}, not compared`,
    unjudged: 'not judged',
  },
  /** What came of a race, in a sentence; lanes by names that no other has. */
  headline: {
    /** @param factor such as "7.1×" */
    faster: (fastest: string, factor: string, slowest: string, count: number, against: number) =>
      `${fastest}: ${factor} as many tokens per second as ${slowest}, in ${passes(count)} against ${number(against)}.`,
    passes: (lanes: readonly { name: string; passes: number }[]) =>
      `Forward passes to the end of the text: ${lanes.map((lane) => `${lane.name} ${number(lane.passes)}`).join(', ')}.`,
    /** Of many lanes, the one of fewest and the one of most. */
    passesFromTo: (fewest: { name: string; passes: number }, most: { name: string; passes: number }) =>
      `Forward passes to the end of the text: ${fewest.name} ${number(fewest.passes)} to ${most.name} ${number(most.passes)}.`,
  },
  /** The curve over step budgets. */
  budget: {
    title: 'What steps buy',
    waiting: 'The curve comes when the texts of every budget are judged.',
    perplexityAxis: 'perplexity, log scale',
    entropyAxis: 'entropy, nats',
    stepsAxis: 'nominal steps, log scale',
    /** Behind the name of a model: the budget that is looked at; then what it has there. */
    at: (steps: number) => `in ${plural(steps, 'step', 'steps')}:`,
    values: (perplexity: string, entropy: string) =>
      `perplexity <value>${perplexity}</value>, entropy <value>${entropy}</value>`,
    notCompared: 'not compared',
    table: {
      title: 'The curve as a table',
      model: 'model',
      steps: 'steps',
      perplexity: 'perplexity',
      entropy: 'entropy, nats',
      distinct: 'distinct-2',
    },
  },
  save: {
    title: 'Save this race',
    png: 'Picture (PNG)',
    csv: 'Table (CSV)',
    json: 'Everything (JSON)',
    nothing: 'There is nothing to save before a lane has been run.',
    tooLarge: 'The browser drew no picture of this size: close other pages, or save the CSV.',
  },
  /** The picture that is saved: facts, which stand side by side, and how they were obtained. */
  picture: {
    notRun: 'not run yet',
    rate: (rate: string) => `${rate} tokens per second`,
    written: (tokens: number, count: number) => `${number(tokens)} tokens in ${passes(count)}`,
    perPass: (tokens: number) => `${number(tokens, 1)} per pass`,
    /** Means as they are written, with their intervals. */
    perplexity: (mean: string) => `perplexity ${mean}`,
    /** @param apart why it is not compared, as above */
    perplexityApart: (mean: string, apart: string) => `perplexity ${mean}, ${apart}`,
    unjudged: 'perplexity not judged',
    entropy: (mean: string) => `entropy ${mean} nats`,
    distinct: (mean: string) => `distinct-2 ${mean}`,
    noise: (seed: number, temperature: number, topP: number) =>
      `Lanes were computed one after the other, with the same noise: seed ${seed}, temperature ${temperature}, top-p ${topP}.`,
    noisePrompt: (seed: number, temperature: number, topP: number, prompt: string) =>
      `Lanes were computed one after the other, with the same noise: seed ${seed}, temperature ${temperature}, top-p ${topP}, prompt “${prompt}”.`,
    /** Names of number formats and of what computes stay as they are. */
    precision: (weights: readonly string[], backends: readonly string[]) =>
      `${andList(weights)} weights, f32 arithmetic, backend ${andList(backends)}.`,
  },
});
