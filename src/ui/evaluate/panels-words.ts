/** What the panels beneath the sweep say, and the report with them. Perplexities with three digits, shares in percent. */
import type {
  BoundResult,
  BoundRow,
  Estimate,
  EvaluateProgress,
  LastWordResult,
  MauveResult,
  MauveRow,
} from '../../worker/evaluate/result.ts';
import { estimateText, inOne, threeDigits } from '../figures/estimates.ts';
import { panels } from '../messages/evaluate/panels.ts';
import { fixed } from '../../words/numbers.ts';
import { hasInterval, overlaps } from './words.ts';

/** What the page calls a model, by its id. */
export type TitleOf = (model: string) => string;

/** Sentences one after the other; an empty one is left out. */
const sentences = (...all: readonly string[]): string => all.filter((one) => one !== '').join(' ');

/** The same in front of another one. */
const before = (...all: readonly string[]): string =>
  all
    .filter((one) => one !== '')
    .map((one) => `${one} `)
    .join('');

/** "41.5 % (35.0 to 48.1)" */
export const shareText = ({ mean, low, high }: Estimate): string =>
  low !== undefined && high !== undefined ? panels.percentWithin(mean, low, high) : panels.percent(mean);

/** "32.5 (29.2 to 36.1)", of a bound "at most 32.5 (29.2 to 36.1)". */
export const perplexityText = (estimate: Estimate, bound: boolean): string =>
  panels.perplexity(inOne(estimateText(estimate, threeDigits)), bound);

/** Whether the first two of a ranking are told apart by their intervals, in a sentence; '' where there is no second. */
export function overlapText(ranked: readonly Estimate[]): string {
  if (ranked.length < 2) return '';
  const [first, second] = ranked;
  if (!hasInterval(first) || !hasInterval(second)) return panels.overlap.unknown;
  return overlaps(first, second) ? panels.overlap.overlap : panels.overlap.apart;
}

/** Who guessed how many last words, best first. */
export function lastWordSentence({ rows, items }: LastWordResult, title: TitleOf): string {
  const ranked = rows.toSorted((a, b) => b.accuracy.mean - a.accuracy.mean);
  if (ranked.length === 0) return panels.lastWord.nothing;
  const told = ranked.map(({ model, accuracy }) => ({
    ...{ model: title(model), share: panels.percent(accuracy.mean) },
  }));
  return sentences(panels.lastWord.ranking(items, told), overlapText(ranked.map(({ accuracy }) => accuracy)));
}

/** What each model has for a perplexity of the text, lowest first. */
export function boundSentence({ rows }: BoundResult, title: TitleOf): string {
  const ranked = rows.toSorted((a, b) => a.nll.mean - b.nll.mean);
  if (ranked.length === 0) return panels.bound.nothing;
  const told = ranked.map(({ model, perplexity, bound }) => ({
    ...{ model: title(model), perplexity: threeDigits(perplexity.mean), bound },
  }));
  const mixed = new Set(rows.map(({ bound }) => bound)).size > 1;
  return sentences(
    panels.bound.told(told),
    mixed ? panels.bound.mixed : overlapText(ranked.map(({ nll }) => nll)),
  );
}

/** "Student at 4 steps"; a causal model has none. */
export const pointName = ({ model, steps }: { model: string; steps: number }, title: TitleOf): string =>
  steps === 0 ? title(model) : panels.at(title(model), steps);

/** A MAUVE, or an end of its range. */
export const unit = (value: number): string => fixed(value, 3);

/** "0.912 (0.905 to 0.921)" */
export const mauveText = ({ mauve, spread: { least, most, runs } }: MauveRow): string =>
  runs < 2 ? unit(mauve) : panels.mauve.within(unit(mauve), unit(least), unit(most));

/** Texts a side that the authors of MAUVE take. */
const USUAL_TEXTS = 5000;
/** Below so many it is hardly to be read by itself, and ranks nothing. */
const FEW_TEXTS = 1000;

/** Whether the clusterings of two rows leave it open which is nearer; a single clustering leaves it open too. */
const spreadsOverlap = (a: MauveRow, b: MauveRow): boolean =>
  a.spread.runs < 2 ||
  b.spread.runs < 2 ||
  (a.spread.least <= b.spread.most && b.spread.least <= a.spread.most);

/** Which texts look most like the reference, and which least, where texts are many and clusterings agree. */
export function mauveSentence({ rows, texts }: MauveResult, title: TitleOf): string {
  const says = panels.mauve;
  const { reference } = texts;
  const ranked = rows.toSorted((a, b) => b.mauve - a.mauve);
  if (ranked.length === 0) return says.nothing;
  const [first, last] = [ranked[0], ranked[ranked.length - 1]];
  const [most, least] = [unit(first.mauve), unit(last.mauve)];
  if (ranked.length === 1) return says.single(pointName(first, title), most, reference);
  const fewest = Math.min(texts.written, reference);
  if (fewest < FEW_TEXTS) return says.few(reference, least, most, fewest);
  const nearest = ranked.filter((row) => spreadsOverlap(row, first));
  const farthest = ranked.filter((row) => spreadsOverlap(row, last));
  if (nearest.some((row) => farthest.includes(row))) return says.open(reference, least, most);
  const names = (those: readonly MauveRow[]): string[] => those.map((row) => pointName(row, title));
  return says.ranking(reference, names(nearest), most, names(farthest), least);
}

/** How far a MAUVE of so many texts is to be trusted. */
export function mauveCaution({ texts: { written, reference } }: MauveResult): string {
  const fewest = Math.min(written, reference);
  return fewest >= FEW_TEXTS ? panels.mauve.caution : panels.mauve.cautionFew(fewest, USUAL_TEXTS);
}

/** "Over 64 texts a side; features ... ; 6 clusters. " */
export function mauveSource({ texts, features, clusters, rows }: MauveResult, title: TitleOf): string {
  const says = panels.mauve;
  const { written, reference, given, leftOut, length } = texts;
  const { what, model, kept, dimensions } = features;
  const runs = rows.at(0)?.spread.runs ?? 0;
  return before(
    says.texts(written, reference, given > reference ? given : undefined, length),
    leftOut > 0 ? says.leftOut(leftOut) : '',
    says.featuresOf(what, title(model), kept, dimensions, clusters),
    runs > 1 ? says.clusterings(runs) : '',
  );
}

/** Tokens and windows that a bound is of. */
export function boundSource({ rows, length, draws }: BoundResult): string {
  const says = panels.bound;
  const most = (of: (row: BoundRow) => number): number => Math.max(0, ...rows.map(of));
  const bounds = rows.some(({ bound }) => bound);
  const otherTokens = new Set(rows.map(({ tokens }) => tokens)).size > 1;
  const few = bounds ? says.fewWindows : says.fewExact;
  return before(
    says.windows(
      most(({ tokens }) => tokens),
      most(({ windows }) => windows),
      length,
    ),
    bounds ? says.times(draws) : '',
    otherTokens ? says.otherTokens : '',
    rows.every(({ nll }) => hasInterval(nll)) ? says.intervals : few,
  );
}

/** Items and maskings of last words, and what masked models saw behind them. */
export function lastWordSource({ rows, items, source, ending, draws }: LastWordResult): string {
  const says = panels.lastWord;
  const masked = rows.some(({ bound }) => bound);
  return before(
    source === 'bundled' ? says.ofPage(items) : says.ofFile(items, source),
    masked ? says.maskings(draws, ending) : '',
    masked && !rows.every(({ bound }) => bound) ? says.causal : '',
  );
}

const BACKENDS: Readonly<Partial<Record<string, string>>> = panels.backends;

/** With what it may be measured again. */
export type Where = Pick<LastWordResult, 'seed' | 'backend' | 'adapter' | 'date'>;

/** "Seed 0, WebGPU, apple metal-3, 21 November 2026." */
export const whereText = ({ seed, backend, adapter, date }: Where): string =>
  panels.where(seed, BACKENDS[backend] ?? backend, adapter, panels.day(new Date(date)));

/** What a measure is at, in words. */
export function progressText(progress: EvaluateProgress | undefined, title: TitleOf): string {
  const says = panels.progress;
  if (!progress) return says.waiting;
  const { stage, model, steps, done, total } = progress;
  const who =
    model === undefined ? undefined : steps === undefined ? title(model) : pointName({ model, steps }, title);
  // Of a download the numbers are bytes.
  return total > 0 && stage !== 'judge-load'
    ? says.counted(says.stages[stage], who, done, total)
    : says.plain(says.stages[stage], who);
}

/** 0..1 */
export const progressShare = (progress: EvaluateProgress | undefined): number =>
  progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
