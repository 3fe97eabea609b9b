/** What a report says in sentences, besides what the panels say of their measures. */
import type { Evaluation } from '../../../worker/evaluate/result.ts';
import { plural } from '../../messages/english.ts';
import { number } from '../../watch/numbers.ts';
import { estimateText, inOne, twoDecimals } from '../../figures/estimates.ts';
import {
  boundSentence,
  lastWordSentence,
  listed,
  mauveSentence,
  perplexityText,
  pointName,
  type TitleOf,
} from '../panels-words.ts';
import { resultOf, type ReportData, type ReportModel } from './report.ts';

/** The names of a report: titles of its models, and ids of others. */
export const titlesOf =
  (models: readonly ReportModel[]): TitleOf =>
  (id) =>
    models.find((model) => model.id === id)?.title ?? id;

/** How a sweep is shown: by those who draw and word it on the page. */
export interface SweepLook {
  /** A standalone SVG. */
  figure: (evaluation: Evaluation) => string;
  /** Its result in sentences, the most important first. */
  sentences: (evaluation: Evaluation) => readonly string[];
}

/** What each model comes to at its fewest and at its most steps, where nothing is compared. */
function eachOf({ models, points }: Evaluation, title: TitleOf): string[] {
  return models.flatMap(({ id }) => {
    const own = points.filter(({ model }) => model === id).toSorted((a, b) => a.steps - b.steps);
    const ends = own.length > 1 ? [own[0], own[own.length - 1]] : own;
    return ends.map((point) => {
      const entropy = `an entropy of ${inOne(estimateText(point.entropy, twoDecimals))} nats`;
      const measured =
        point.perplexity && !point.selfScored
          ? `a perplexity of ${perplexityText(point.perplexity, false)} and ${entropy}`
          : entropy;
      return `Texts of ${pointName(point, title)} have ${measured}.`;
    });
  });
}

/** A sweep in sentences. */
function sweepSentences(evaluation: Evaluation, title: TitleOf, look: SweepLook): readonly string[] {
  const compared = look.sentences(evaluation);
  return compared.length > 0 ? compared : eachOf(evaluation, title);
}

/** What was found, a paragraph for each measure. */
export function summary(report: ReportData, look: SweepLook): string[] {
  const title = titlesOf(report.models);
  const [sweep, lastWord, bound, mauve] = [
    resultOf(report.sweep),
    resultOf(report.lastWord),
    resultOf(report.bound),
    resultOf(report.mauve),
  ];
  return [
    ...(sweep ? sweepSentences(sweep, title, look) : []),
    ...(lastWord ? [lastWordSentence(lastWord, title)] : []),
    ...(bound ? [boundSentence(bound, title)] : []),
    ...(mauve ? [mauveSentence(mauve, title)] : []),
  ];
}

/** Whose report it is: "Stories teacher and its students of 4 and 2 steps". */
export function subject(models: readonly ReportModel[]): string {
  const teacher = models.find(({ kind }) => kind === 'teacher');
  const students = models.filter(({ kind }) => kind === 'student');
  const names = students.map(({ title }) => title);
  const named = names.length > 3 ? plural(names.length, 'student', 'students') : listed(names);
  const causal = models.filter(({ kind }) => kind === 'causal').map(({ title }) => title);
  const subjects = [...(teacher ? [teacher.title] : []), ...(named === '' ? [] : [named])];
  const beside = causal.length > 0 ? `, beside ${listed(causal)}` : '';
  return `${listed(subjects)}${beside}`;
}

/** Settings of the texts by name. */
export function settingsOf({ settings, judge, backend }: Evaluation): [name: string, text: string][] {
  const { steps, count, length, prompt, sampler, temperature, topP, seed, bos } = settings;
  return [
    ['texts of a point', number(count)],
    ['tokens of a text', `${number(length)}${bos ? ', the first of them given' : ''}`],
    ['steps', listed(steps.map((step) => number(step)))],
    ['prompt', prompt === '' ? 'none' : `“${prompt}”`],
    ['sampler', `${sampler}, temperature ${temperature}, top-p ${topP}`],
    ['seed', String(seed)],
    [
      'judge',
      judge
        ? `${judge.title}, on ${judge.backend}${judge.retokenised ? '; texts are tokenised again for it' : ''}`
        : 'none, or not known',
    ],
    ['computed by', backend === 'webgpu' ? 'WebGPU, kernels of this page' : backend],
  ];
}

/** How to read the numbers, and what they do not say. */
export const MEANING: readonly [name: string, text: string][] = [
  [
    'Perplexity of written texts',
    'How surprised the judge, an autoregressive model, is by what a model wrote: lower is likelier. It says nothing by itself, because a model that repeats one likely phrase has a low one. It depends on the judge, the length and the sampler, so compare within this report only.',
  ],
  [
    'Entropy',
    'Of the frequencies of tokens within a text, in nats. Texts that repeat themselves have a low one. A student whose perplexity fell while its entropy fell too may only have become monotonous.',
  ],
  [
    'Distinct-2, repetition',
    'The share of different pairs among a text’s pairs of neighbours, and the share of tokens that stand among the 16 before them: two more looks at the same danger.',
  ],
  [
    'Steps and passes',
    'Steps in which no token would be written are left out, so a text takes no more forward passes than it has tokens to write. Steps are not time: how long a pass takes depends on the machine, and no times are in this report.',
  ],
  [
    'Last word',
    'Right when every token of the word is the most probable one at its place. It tests understanding of a passage, not writing; students are made to write, and may lose some of it.',
  ],
  [
    'Perplexity of a given text',
    'Exact for autoregressive models; for masked ones an upper bound, found with random masks. The true one may be lower, so a masked model with a higher bound is not shown to be worse than an autoregressive one.',
  ],
  [
    'MAUVE',
    'How alike written texts and a reference are in the eyes of one network, after clustering. With fewer than a thousand texts a side it is unsteady; it is never to be compared across reports.',
  ],
  [
    'Intervals',
    '95 %. They cover the chance in which texts, items or windows came up, not the choice of judge, seed of training, or data. Intervals that overlap leave open which is better.',
  ],
];
