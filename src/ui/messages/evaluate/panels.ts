import { number } from '../../../words/numbers.ts';
import { andList, plural } from '../../../words/english.ts';
import { localised } from '../../../words/localised.ts';
import { atMost, leastTexts, steps, texts } from './terms.ts';

const items = (count: number): string => plural(count, 'item', 'items');

/** Of the ending of items, in a sentence about it. */
const behind = {
  eos: 'the mark of an end (EOS)',
  'full stop': 'a full stop',
  nothing: 'nothing',
} as const;

const maskings = (draws: number, ending: keyof typeof behind): string =>
  `Perplexity of masked models over ${plural(draws, 'masking', 'maskings')} of the last word, behind which they see ${behind[ending]}.`;

/** The reference of MAUVE, by its texts. */
const ofReference = (count: number): string => `the ${texts(count)} of the reference`;

/** A MAUVE of several, as they are written: the least of them and the most. */
const span = (reference: number, least: string, most: string): string =>
  `Against ${ofReference(reference)} MAUVE is ${least} to ${most} of 1`;

/** A MAUVE in brackets, or of several together that clusterings leave it open between them. */
const mauves = (those: readonly string[], value: string): string =>
  `${andList(those)}${those.length > 1 ? ' (clusterings overlap)' : `, ${value} of 1`}`;

const nothingKept = 'Cancelled. The next run begins anew.';

const alone =
  'Compare values of this table with each other, never with those of other texts, features or clusters.';

/** The measures beneath the sweep of the Evaluate view: last words, perplexity of a text, MAUVE. */
export const panels = localised({
  amiss: 'Something above is amiss.',
  /** The button while a measure runs. */
  cancel: 'Cancel',
  /** Beneath the button, of a measure that was cancelled. */
  cancelled: {
    lastWord: nothingKept,
    bound: nothingKept,
    mauve: 'Cancelled. Texts that were written are kept for the next run.',
  },
  earlier: 'What stands below is of the run before.',
  copyCsv: 'Copy as CSV',
  copyJson: 'Copy as JSON',
  /** Head of the first column of each table, and what a model is, beneath its title. */
  model: 'model',
  kinds: {
    teacher: 'masked diffusion',
    student: 'masked diffusion',
    causal: 'left to right',
  },
  distilledFor: (count: number) => `distilled for ${steps(count)}`,
  steps,
  /** A perplexity of which only a bound may be known. */
  perplexity: atMost,
  percent: (share: number) => `${number(100 * share, 1)} %`,
  /** With the ends of its interval: the unit once. */
  percentWithin: (share: number, low: number, high: number) =>
    `${number(100 * share, 1)} % (${number(100 * low, 1)} to ${number(100 * high, 1)})`,
  errors: {
    models: 'Choose a model above.',
    fewTexts: leastTexts,
    noSteps: 'Give step counts, such as 1, 4, 16.',
    steps: (typed: string, most: number) =>
      `“${typed}” is no step count: give whole numbers from 1 to ${number(most)}.`,
    manySteps: (most: number) => `Give ${most} step counts at most.`,
    severalFiles: 'These are several files: choose one .jsonl file with an item {"text": "…"} in each line.',
    noItems: (file: string) =>
      `${file} is no .jsonl file: choose one .jsonl file with an item {"text": "…"} in each line.`,
  },
  /** What a measure is at: of whom, and how much is done, such as "Writing, Student at 4 steps: 3 of 12 …". */
  progress: {
    waiting: 'Waiting for its turn …',
    stages: {
      load: 'Loading',
      'judge-load': 'Fetching the judge',
      write: 'Writing',
      judge: 'Judging',
      features: 'Reading features of texts',
      read: 'Reading',
    },
    /** A stage, then a model where it is known. */
    plain: (stage: string, model: string | undefined) =>
      `${stage}${model === undefined ? '' : `, ${model}`} …`,
    counted: (stage: string, model: string | undefined, done: number, total: number) =>
      `${stage}${model === undefined ? '' : `, ${model}`}: ${number(done)} of ${number(total)} …`,
  },
  /** A model at a number of steps. */
  at: (model: string, count: number) => `${model} at ${steps(count)}`,
  /** Whether the first two of a ranking are told apart by their intervals. */
  overlap: {
    unknown: 'Without intervals of both, it is open which of the first two is better.',
    overlap: 'The intervals of the first two overlap: this leaves open which is better.',
    apart: 'The intervals of the first two do not overlap.',
  },
  /** Names of backends; others stay as they are. */
  backends: { webgpu: 'WebGPU', wasm: 'onnxruntime-web on the CPU' },
  /** With what it may be measured again. */
  where: (seed: number, backend: string, adapter: string, day: string) =>
    `Seed ${seed}, ${backend}, ${adapter}, ${day}.`,
  /** In UTC, so that one date has one text. */
  day: (date: Date) =>
    date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }),
  lastWord: {
    title: 'Guess the last word',
    says: 'The test of LAMBADA: a passage without its last word, and one guess. It is right when each token of the word is the most probable one at its place. For masked models the perplexity of the word is an upper bound.',
    run: 'Guess',
    items: {
      bundled:
        'Items: those that come with the page. A LAMBADA file can be dropped here instead: .jsonl, with {"text": "…"} in each line.',
      file: (file: string) => `Items: ${file}. It stays on this machine.`,
      choose: 'Choose .jsonl',
    },
    ending: 'Behind the word',
    endings: { eos: 'EOS, as in the protocol', 'full stop': 'A full stop', nothing: 'Nothing' },
    endingHint:
      'Masked models see it, causal ones do not. Models of whole sentences hardly expect a word right before EOS.',
    count: 'Items to take',
    countHint: 'Empty: all of them. As many as there are at most.',
    draws: 'Maskings of the word',
    drawsHint: 'For its perplexity under masked models.',
    seed: 'Seed of the maskings',
    table: {
      label: 'Last words',
      accuracy: 'accuracy',
      accuracyUnit: '%, higher is better',
      perplexity: 'perplexity of the last word',
      perplexityUnit: 'lower is likelier',
      items: 'items',
    },
    /** The first items, and what each model made of them. */
    guesses: {
      title: 'What they guessed',
      passage: 'the passage ends',
      word: 'the word',
      /** Read out before a guess. */
      right: 'right: ',
      wrong: 'wrong: ',
    },
    nothing: 'Nothing was guessed.',
    /** Best first; the shares are as they are written. */
    ranking: (count: number, [first, ...others]: readonly { model: string; share: string }[]) =>
      [
        `${first.model} guesses ${first.share} of ${plural(count, 'last word', 'last words')}`,
        ...others.map(({ model, share }) => `${model} ${share}`),
      ].join(', ') + '.',
    /** Whose items they were. */
    ofPage: (count: number) =>
      `${items(count)} ${count === 1 ? 'that comes' : 'that come'} with the page. Intervals: 95 %, over items.`,
    ofFile: (count: number, file: string) => `${items(count)} of ${file}. Intervals: 95 %, over items.`,
    maskings,
    causal: 'Causal models see only what stands before it.',
  },
  bound: {
    title: 'Perplexity of a text',
    says: 'How likely a text is that people wrote, and that no model was trained on. An autoregressive model says it exactly; of a masked one only a bound is known, by its ELBO: its perplexity is that much at most, up to the chance of the draws.',
    run: 'Read it',
    length: 'Tokens of a window',
    lengthHint: 'Empty: as many as all models take, 128 at most.',
    draws: 'Times for each window',
    drawsHint: 'More of them, less chance in a bound.',
    seed: 'Seed of the times',
    table: {
      label: 'Perplexity of the text',
      perplexity: 'perplexity',
      perplexityUnit: 'log scale, lower is likelier',
      token: 'a token takes',
      draws: 'of its interval, by the draws',
      tokens: 'tokens',
      nats: (nats: number) => `${number(nats, 3)} nats`,
      byDraws: (nats: number) => `±${number(nats, 3)} nats`,
      exact: 'none: exact',
    },
    nothing: 'Nothing was read.',
    /** Lowest first; the perplexities are as they are written. */
    told: (ranked: readonly { model: string; perplexity: string; bound: boolean }[]) =>
      `Perplexity of a token of this text: ${andList(ranked.map(({ model, perplexity, bound }) => `${model} has ${atMost(perplexity, bound)}`))}.`,
    mixed:
      'A bound may lie above what the model really has, so it does not rank masked models against causal ones.',
    windows: (tokens: number, windows: number, length: number) =>
      `${plural(tokens, 'token', 'tokens')} in ${plural(windows, 'window', 'windows')} of ${number(length)} at most.`,
    times: (draws: number) => `${plural(draws, 'time', 'times')} of masking a window, spread over (0, 1].`,
    otherTokens: 'The models cut the text into different tokens: their figures are not to be compared.',
    intervals: 'Intervals: 95 %, over windows and draws.',
    fewWindows: 'So few windows say little of other texts; intervals: 95 %, of the draws alone.',
    fewExact: 'So few windows say little of other texts, and there are no intervals.',
  },
  mauve: {
    title: 'MAUVE',
    says: 'How alike two heaps of texts are, those that models write and a reference of yours: 1 where nothing tells them apart. It sees what a perplexity misses, such as a model that says one good thing again and again; and it needs many texts.',
    run: 'Compare',
    reference: 'Reference texts, with an empty line between two of them',
    count: 'Texts a model writes',
    countHint: 'As many of the reference are drawn, by the seed.',
    length: 'Tokens of a text',
    lengthHint: 'Empty: 33, or as many as all models take. Shorter texts of the reference are passed over.',
    steps: 'At steps',
    clusters: 'Clusters',
    clustersHint: 'Empty: a tenth of the texts of one side.',
    features: 'Features by',
    featuresHint: 'Its hidden states stand for a text.',
    seed: 'Seed of texts and clusters',
    table: {
      label: 'MAUVE',
      mauve: 'MAUVE',
      mauveUnit: 'higher is more alike; lines span clusterings',
      texts: 'texts',
      textsUnit: 'written',
      clusterings: 'clusterings',
    },
    /** As they are written: a value, then the least and the most of its clusterings. */
    within: (value: string, least: string, most: string) => `${value} (${least} to ${most})`,
    nothing: 'Nothing was compared.',
    single: (model: string, value: string, reference: number) =>
      `Texts of ${model} have a MAUVE of ${value} of 1 against ${ofReference(reference)}.`,
    few: (reference: number, least: string, most: string, fewest: number) =>
      `${span(reference, least, most)}; ${number(fewest)} texts a side are too few to rank what was written.`,
    open: (reference: number, least: string, most: string) =>
      `${span(reference, least, most)}; clusterings overlap, so this does not rank what was written.`,
    /** Those that are nearest and farthest; a value is told of one alone. */
    ranking: (
      reference: number,
      nearest: readonly string[],
      most: string,
      farthest: readonly string[],
      least: string,
    ) =>
      `Nearest to ${ofReference(reference)} are those of ${mauves(nearest, most)}; farthest those of ${mauves(farthest, least)}.`,
    caution: alone,
    cautionFew: (fewest: number, usual: number) =>
      `${number(fewest)} texts a side are few: its authors take ${number(usual)}. With few the value leans to one side and moves with the clustering. ${alone}`,
    /** @param given of which the reference was drawn; undefined where all of it was taken */
    texts: (written: number, reference: number, given: number | undefined, length: number) =>
      `${number(written)} written texts against ${number(reference)} of the reference${given === undefined ? '' : `, drawn from ${number(given)}`}, ${number(length)} tokens of each.`,
    leftOut: (count: number) =>
      `${plural(count, 'shorter one', 'shorter ones')} of the reference passed over.`,
    /** What they are comes from the engine. */
    featuresOf: (what: string, model: string, kept: number, dimensions: number, clusters: number) =>
      `Features: ${what} of “${model}”, ${number(kept)} of ${number(dimensions)} dimensions kept; ${plural(clusters, 'cluster', 'clusters')}.`,
    clusterings: (runs: number) =>
      `Lines and brackets: the least and the most of ${number(runs)} clusterings, which is no interval over texts.`,
  },
});
