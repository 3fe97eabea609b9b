/** What a report says in sentences, besides what the panels say of their measures. */
import type { Evaluation } from '../../../worker/evaluate/result.ts';
import { report as words } from '../../messages/evaluate/report.ts';
import { number } from '../../../words/numbers.ts';
import { estimateText, inOne, twoDecimals } from '../../figures/estimates.ts';
import {
  boundSentence,
  lastWordSentence,
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
      const entropy = inOne(estimateText(point.entropy, twoDecimals));
      const name = pointName(point, title);
      return point.perplexity && !point.selfScored
        ? words.sheet.measured(name, perplexityText(point.perplexity, false), entropy)
        : words.sheet.notJudged(name, entropy);
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
  const causal = models.filter(({ kind }) => kind === 'causal').map(({ title }) => title);
  return words.sheet.subject(
    teacher?.title,
    // Many names would be no heading.
    names.length > 3 ? [words.sheet.students(names.length)] : names,
    causal,
  );
}

/** Settings of the texts by name. */
export function settingsOf({ settings, judge, backend }: Evaluation): [name: string, text: string][] {
  const { steps, count, length, prompt, sampler, temperature, topP, seed, bos } = settings;
  const says = words.sheet.settings;
  const judgeIs = judge?.retokenised ? says.judgeAgain : says.judgeIs;
  return [
    [says.count, number(count)],
    [says.length, bos ? says.lengthGiven(length) : number(length)],
    [says.steps, says.stepsAre(steps)],
    [says.prompt, prompt === '' ? says.noPrompt : says.promptIs(prompt)],
    [says.sampler, says.samplerIs(sampler, temperature, topP)],
    [says.seed, String(seed)],
    [says.judge, judge ? judgeIs(judge.title, judge.backend) : says.noJudge],
    [says.backend, backend === 'webgpu' ? says.webgpu : backend],
  ];
}
