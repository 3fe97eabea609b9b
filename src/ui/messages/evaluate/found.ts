import { number } from '../../../words/numbers.ts';
import { capital, plural } from '../../../words/english.ts';
import { localised } from '../../../words/localised.ts';
import { inSteps, spoken, steps, texts } from './terms.ts';

/**
 * Two models at the same steps, by their titles, with their perplexities as they are written: "50.0 (45.0 to 55.0)".
 * `early`: more texts are on their way.
 */
export interface Compared {
  early: boolean;
  steps: number;
  model: string;
  own: string;
  reference: string;
  other: string;
}

/** What a point is told by; perplexity and entropy as they are written, and 0 steps of a model that writes a token a pass. */
export interface PointNumbers {
  steps: number;
  perplexity: string;
  entropy: string;
  passes: number;
  texts: number;
}

/** How texts of an evaluation were written; names of samplers and backends stay as they are. */
export interface WritingSettings {
  count: number;
  length: number;
  /** Whether the first of the tokens began the text, and was given. */
  bos: boolean;
  prompt: string;
  sampler: string;
  temperature: number;
  topP: number;
  seed: number;
  backend: string;
  adapter: string;
}

/** A mean over texts. */
const passes = (mean: number): string =>
  `${number(mean, Number.isInteger(mean) ? 0 : 1)} forward ${mean === 1 ? 'pass' : 'passes'}`;

const perplexities = ({ early, steps: at, model, own, reference, other }: Compared): string =>
  `${early ? 'So far, at' : 'At'} ${steps(at)}, texts of ${spoken(model)} have a perplexity of ${own}, those of ${spoken(reference)} ${other}`;

const when = ({ early, steps: at }: Compared): string => `${early ? 'So far, in' : 'In'} ${steps(at)}`;

/** Of the first model and of the second. */
const entropies = (own: string, other: string): string => `entropies ${own} and ${other} nats`;

const differ = (nats: string): string => `Their entropies differ by ${nats} nats`;

/** What came of an evaluation of quality against steps. */
export const found = localised({
  /** Read first: no perplexity without an entropy. */
  headline: {
    nothing: 'Is it better, measured?',
    empty: 'Texts are on their way.',
    alone: 'What the models wrote, measured.',
    open: (two: Compared, own: string, other: string) =>
      `${when(two)}, ${spoken(two.model)} and ${spoken(two.reference)} cannot be told apart by perplexity; ${entropies(own, other)}.`,
    settled: (two: Compared, own: string, other: string) =>
      `${when(two)}, perplexity ${two.own} for ${spoken(two.model)}, ${two.other} for ${spoken(two.reference)}; ${entropies(own, other)}.`,
  },
  pair: {
    settled: (two: Compared) => `${perplexities(two)}.`,
    /** Why it is open which is lower. */
    overlap: (two: Compared, count: number) =>
      `${perplexities(two)}: the intervals overlap, so ${plural(count, 'text does', 'texts do')} not settle which is lower.`,
    tooFew: (two: Compared, count: number) =>
      `${perplexities(two)}: ${plural(count, 'text is', 'texts are')} too few for an interval, so it is open which is lower.`,
  },
  /** How entropies are to be read beside perplexities; whether that of the model is lower or higher than the other one. */
  entropies: {
    differ: (nats: string) => `${differ(nats)}.`,
    overlap: (nats: string) => `${differ(nats)}, which their intervals allow for.`,
    lower: (nats: string, model: string) =>
      `${differ(nats)}: that of ${spoken(model)} is lower, so some of its perplexity may be repetition.`,
    higher: (nats: string, model: string) => `${differ(nats)}: that of ${spoken(model)} is higher.`,
  },
  /** From how many steps on the teacher is as good as the student just told of. */
  catchUp: {
    never: (reference: string, most: number) =>
      `${capital(spoken(reference))} stays higher in every measured number of steps, up to ${number(most)}.`,
    open: (reference: string, at: number) =>
      `${capital(spoken(reference))} cannot be told apart from that in ${number(at)} steps.`,
    lower: (reference: string, at: number) =>
      `${capital(spoken(reference))} comes lower than that in ${number(at)} steps.`,
  },
  /** In the place of a perplexity. */
  apart: {
    itself: 'judged by itself, not compared',
    noNumber: 'no number',
    notYet: 'not judged yet',
    notJudged: 'not judged',
  },
  /** How texts were written and judged, in sentences. */
  settings: {
    written: ({ count, length, bos, prompt, sampler, ...rest }: WritingSettings) => {
      const tokens = bos
        ? `${plural(length - 1, 'token', 'tokens')} behind the one that begins them`
        : plural(length, 'token', 'tokens');
      const given = prompt === '' ? 'without a prompt' : `prompt “${prompt}”`;
      return `${texts(count)} of ${tokens} for each point, ${given}, ${sampler} sampling, temperature ${rest.temperature}, top-p ${rest.topP}, seed ${rest.seed}; ${rest.backend} on ${rest.adapter}.`;
    },
    judged: (judge: string) => `Perplexity as “${judge}” judges.`,
    /** With the models whose texts it read in its own tokens. */
    judgedAgain: (judge: string, models: readonly string[]) =>
      `Perplexity as “${judge}” judges; texts of ${models.join(', ')} were tokenised again for it.`,
    notJudged: 'Nobody judged, so there is no perplexity.',
    intervals: 'Intervals: 95 %, by the bootstrap over texts, of 8 or more.',
    itself: (models: readonly string[]) =>
      `${models.join(', ')} judged itself, so its perplexity is not compared.`,
  },
  /** The figure, on the page and as a picture. */
  figure: {
    title: 'What steps buy',
    across: 'Across',
    by: { steps: 'Nominal steps', passes: 'Forward passes' },
    /** Over the two plots, with unit and kind of axis. */
    panels: { perplexity: 'perplexity, log scale', entropy: 'entropy of a text’s tokens, nats' },
    /** Beneath them. */
    axes: { steps: 'nominal steps, log scale', passes: 'forward passes for a text, log scale' },
    /** Read out where the keyboard enters a plot. */
    points: {
      perplexity: 'Points of perplexity: arrow keys go from one to the next',
      entropy: 'Points of entropy: arrow keys go from one to the next',
    },
    /** Why a plot shows nothing. */
    empty: {
      nothing: 'Nothing is known yet.',
      notYet: 'Not judged yet.',
      itself: 'Only the judge itself wrote: that is no comparison.',
      notJudged: 'Nobody judged these texts.',
    },
    /** Behind names in the legend: a ring is around the mark of the steps that a student was distilled for. */
    native: (count: number) => `made for ${steps(count)}: ringed`,
    causal: 'one token a pass',
    /** The same in a picture, with the name. */
    nativeOf: (title: string, count: number) => `${title}, made for ${steps(count)} (ring)`,
    intervals: (count: number) => `Bands and whiskers are 95 % intervals over ${number(count)} texts.`,
    noIntervals: 'Of fewer than 8 texts there are no intervals.',
    hollow: 'Hollow marks have fewer texts as yet.',
    hatched: 'What is hatched is not known yet.',
  },
  /** A point of the figure. */
  point: {
    hint: 'Point at a mark, or go to one with the tab key and the arrows: its numbers and a text of it come here.',
    /** On the card: <title> is the model, then two lines. */
    numbers: (at: number, perplexity: string, entropy: string) =>
      `<title></title> ${inSteps(at)}: perplexity ${perplexity}, entropy ${entropy} nats`,
    more: (mean: number, count: number, distinct: string, repetition: string) =>
      `${passes(mean)}, ${texts(count)}, distinct-2 ${distinct}, repetition ${repetition}`,
    /** The same for those who listen. */
    spoken: (title: string, point: PointNumbers) =>
      `${title} ${inSteps(point.steps)}: perplexity ${point.perplexity}, entropy ${point.entropy} nats, ${passes(point.passes)}, ${texts(point.texts)}`,
  },
  table: {
    title: 'All points',
    hint: 'Means over texts with their 95 % intervals. distinct-n: share of different n-grams in a text; repetition: share of tokens that are among the 16 before them.',
    label: 'Table of all points',
    columns: {
      model: 'model',
      steps: 'steps',
      passes: 'forward passes',
      perplexity: 'perplexity',
      entropy: 'entropy, nats',
      distinct1: 'distinct-1',
      distinct2: 'distinct-2',
      distinct3: 'distinct-3',
      repetition: 'repetition',
      texts: 'texts',
    },
    /** In the place of a number of steps. */
    causal: 'one token a pass',
  },
});
