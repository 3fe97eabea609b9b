import { number } from '../../../words/numbers.ts';
import { andList, orList, plural } from '../../../words/english.ts';
import { localised } from '../../../words/localised.ts';
import { leastTexts, steps } from './terms.ts';

const beside = (causal: readonly string[]): string =>
  causal.length > 0 ? `, beside ${andList(causal)}` : '';

const ofTeacher = (teacher: string | undefined, students: readonly string[]): string =>
  andList([...(teacher === undefined ? [] : [teacher]), ...(students.length > 0 ? [andList(students)] : [])]);

const parts = {
  sweep: 'Quality against steps',
  lastWord: 'Last word',
  mauve: 'MAUVE',
};

/** The report of a distillation: how it is asked for, and its pages. */
export const report = localised({
  title: 'Report',
  lead: 'A teacher and its students by every measure, on a few pages that can be printed or handed on. It takes as long as all of them together; texts that were written before are used again, and what is done when it is cancelled is laid out.',
  make: 'Make the report',
  print: 'Print or save as PDF',
  save: 'Save as HTML',
  /** Of its pages, read out. */
  label: 'The report',
  earlier: 'What stands below is the report before.',
  cancelled: {
    nothing: 'Cancelled before anything was measured.',
    less: 'Cancelled. What stands below is the report before, which has more in it.',
    'laid out': 'Cancelled. What was measured is laid out below.',
  },
  /** Which part is made, and what it is at, a sentence. */
  progress: (part: number, of: number, title: string, says: string) =>
    `Part ${part} of ${of}, ${title}. ${says}`,
  /** Of the parts, while they are made. */
  stages: { ...parts, bound: 'Perplexity of the held-out text' },
  fields: {
    /** Of all of them, read out. */
    label: 'What the report is of',
    teacher: 'Teacher',
    upTo: 'Steps up to',
    count: 'Texts of a point',
    countHint: 'Fewer are quicker, and say less.',
    length: 'Tokens of a text',
    lengthHint: 'The first of them is given.',
    items: 'Items of the last word',
    itemsHint: 'Empty: all that come with the page. As many as there are at most.',
    judge: (title: string) => `“${title}” judges the texts, as chosen for quality against steps.`,
    noJudge: 'Nobody judges the texts, as chosen for quality against steps.',
    beside: 'Beside it',
    noStudents: 'There is no student of it here: distil one, or fetch one under Models.',
    causal: (title: string) => `${title}, autoregressive`,
    student: (title: string, native: number) => `${title}, ${steps(native)}`,
    texts: 'A held-out text, and a reference for MAUVE',
    heldOut: 'Held-out texts, for their perplexity; an empty line between two of them',
    reference: 'Reference texts, for MAUVE; an empty line between two of them',
  },
  errors: {
    noTeacher: 'There is no teacher here: fetch or open one under Models.',
    mostModels: (most: number) => `Leave some models out: a report takes ${most} at most.`,
    fewTexts: leastTexts,
  },
  /** Why a part is missing, or not whole. */
  missing: {
    cancelled: 'The report was cancelled before this was done.',
    heldOut: 'No held-out text was given.',
    reference: 'No reference texts were given.',
    /** Behind another sentence. */
    partial: (why: string) => `${why} These are the points that were known then.`,
  },
  /** The pages. */
  sheet: {
    title: 'Distillation report',
    /** Of the file, for the browser. */
    fileTitle: (subject: string) => `${subject}: distillation report`,
    made: (day: string, adapter: string) => `${day}, on ${adapter}. Made by Unmask in a browser.`,
    /** Whose report it is: a teacher, its students, and causal models, by their titles as far as there are any. */
    subject: (teacher: string | undefined, students: readonly string[], causal: readonly string[]) =>
      `${ofTeacher(teacher, students)}${beside(causal)}`,
    students: (count: number) => plural(count, 'student', 'students'),
    headings: {
      ...{ summary: 'In short', models: 'Models', settings: 'Settings' },
      ...{ ...parts, bound: 'Perplexity of a held-out text' },
      examples: 'What they wrote',
      meaning: 'What these numbers mean, and what they do not',
    },
    nothing: 'Nothing was measured.',
    notMeasured: (why: string) => `Not measured. ${why}`,
    incomplete: (why: string) => `Incomplete. ${why}`,
    noSettings: 'Those of the parts stand beneath them.',
    /** What a model comes to where nothing is compared. Figures are as they are written; `model` may have its steps. */
    measured: (model: string, perplexity: string, entropy: string) =>
      `Texts of ${model} have a perplexity of ${perplexity} and an entropy of ${entropy} nats.`,
    notJudged: (model: string, entropy: string) => `Texts of ${model} have an entropy of ${entropy} nats.`,
    models: {
      columns: ['model', 'kind', 'native steps', 'weights', 'SHA-256 of weights and configuration'],
      kinds: { teacher: 'teacher', student: 'student', causal: 'autoregressive' },
      notKnown: 'not known',
      noHash: 'not known: the sweep was not finished',
    },
    points: {
      columns: [
        ...['model', 'steps', 'passes', 'texts', 'perplexity', 'entropy, nats', 'distinct-2', 'repetition'],
      ],
      notJudged: 'not judged',
      byItself: (perplexity: string) => `${perplexity}, by itself: not to be compared`,
      means: 'Means over texts; in brackets 95 % intervals by the bootstrap.',
    },
    figure: {
      label: 'The figure',
      caption:
        'Perplexity and entropy of what each model writes, against the steps it takes. A low perplexity counts only beside an entropy that did not fall.',
    },
    examples: {
      causal: 'a token a pass',
      steps,
      hint: 'The first text of each point, not the best one. All models began with the same seed.',
      nothing: (at: readonly number[]) => `Nothing was written at ${orList(at.map(String))} steps.`,
    },
    lastWord: ['model', 'accuracy', 'perplexity of the word', 'items'],
    bound: {
      columns: ['model', 'perplexity', 'nats a token', 'of the interval, by draws', 'tokens'],
      exact: 'exact',
    },
    mauve: ['model', 'steps', 'texts', 'MAUVE'],
    /** Settings of the texts, each with what it is called. */
    settings: {
      count: 'texts of a point',
      length: 'tokens of a text',
      lengthGiven: (tokens: number) => `${number(tokens)}, the first of them given`,
      steps: 'steps',
      stepsAre: (all: readonly number[]) => andList(all.map((one) => number(one))),
      prompt: 'prompt',
      noPrompt: 'none',
      promptIs: (prompt: string) => `“${prompt}”`,
      sampler: 'sampler',
      samplerIs: (sampler: string, temperature: number, topP: number) =>
        `${sampler}, temperature ${temperature}, top-p ${topP}`,
      seed: 'seed',
      judge: 'judge',
      noJudge: 'none, or not known',
      judgeIs: (title: string, backend: string) => `${title}, on ${backend}`,
      judgeAgain: (title: string, backend: string) =>
        `${title}, on ${backend}; texts are tokenised again for it`,
      backend: 'computed by',
      webgpu: 'WebGPU, kernels of this page',
    },
    /** How to read the numbers, and what they do not say. */
    meaning: {
      perplexity: {
        name: 'Perplexity of written texts',
        says: 'How surprised the judge, an autoregressive model, is by what a model wrote: lower is likelier. It says nothing by itself, because a model that repeats one likely phrase has a low one. It depends on the judge, the length and the sampler, so compare within this report only.',
      },
      entropy: {
        name: 'Entropy',
        says: 'Of the frequencies of tokens within a text, in nats. Texts that repeat themselves have a low one. A student whose perplexity fell while its entropy fell too may only have become monotonous.',
      },
      repetition: {
        name: 'Distinct-2, repetition',
        says: 'The share of different pairs among a text’s pairs of neighbours, and the share of tokens that stand among the 16 before them: two more looks at the same danger.',
      },
      steps: {
        name: 'Steps and passes',
        says: 'Steps in which no token would be written are left out, so a text takes no more forward passes than it has tokens to write. Steps are not time: how long a pass takes depends on the machine, and no times are in this report.',
      },
      lastWord: {
        name: 'Last word',
        says: 'Right when every token of the word is the most probable one at its place. It tests understanding of a passage, not writing; students are made to write, and may lose some of it.',
      },
      bound: {
        name: 'Perplexity of a given text',
        says: 'Exact for autoregressive models; for masked ones an upper bound, found with random masks. The true one may be lower, so a masked model with a higher bound is not shown to be worse than an autoregressive one.',
      },
      mauve: {
        name: 'MAUVE',
        says: 'How alike written texts and a reference are in the eyes of one network, after clustering. With fewer than a thousand texts a side it is unsteady; it is never to be compared across reports.',
      },
      intervals: {
        name: 'Intervals',
        says: '95 %. They cover the chance in which texts, items or windows came up, not the choice of judge, seed of training, or data. Intervals that overlap leave open which is better.',
      },
    },
  },
});
