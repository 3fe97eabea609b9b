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
import { plural } from '../messages/english.ts';
import { number } from '../watch/numbers.ts';
import { overlaps } from './words.ts';

/** What the page calls a model, by its id. */
export type TitleOf = (model: string) => string;

/** "41.5 %" */
export const percent = (share: number): string => `${number(100 * share, 1)} %`;

/** "41.5 % (35.0 to 48.1)": the unit once. */
export function shareText({ mean, low, high }: Estimate): string {
  const known = low !== undefined && high !== undefined;
  return known ? `${percent(mean)} (${number(100 * low, 1)} to ${number(100 * high, 1)})` : percent(mean);
}

/** "32.5 (29.2 to 36.1)", of a bound "at most 32.5 (29.2 to 36.1)". */
export function perplexityText(estimate: Estimate, bound: boolean): string {
  return `${bound ? 'at most ' : ''}${inOne(estimateText(estimate, threeDigits))}`;
}

/** "a, b and c" */
export const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

const hasInterval = ({ low, high }: Estimate): boolean => low !== undefined && high !== undefined;

/** Whether the first two of a ranking are told apart by their intervals, in a sentence; '' where there is no second. */
export function overlapText(ranked: readonly Estimate[]): string {
  if (ranked.length < 2) return '';
  const [first, second] = ranked;
  if (!hasInterval(first) || !hasInterval(second))
    return ' Without intervals of both, it is open which of the first two is better.';
  return overlaps(first, second)
    ? ' The intervals of the first two overlap: this leaves open which is better.'
    : ' The intervals of the first two do not overlap.';
}

/** Who guessed how many last words, best first. */
export function lastWordSentence({ rows, items }: LastWordResult, title: TitleOf): string {
  const ranked = rows.toSorted((a, b) => b.accuracy.mean - a.accuracy.mean);
  if (ranked.length === 0) return 'Nothing was guessed.';
  const [first, ...others] = ranked.map(({ model, accuracy }) => [title(model), percent(accuracy.mean)]);
  const told = [
    `${first[0]} guesses ${first[1]} of ${plural(items, 'last word', 'last words')}`,
    ...others.map(([name, share]) => `${name} ${share}`),
  ];
  return `${told.join(', ')}.${overlapText(ranked.map(({ accuracy }) => accuracy))}`;
}

/** What each model has for a perplexity of the text, lowest first. */
export function boundSentence({ rows }: BoundResult, title: TitleOf): string {
  const ranked = rows.toSorted((a, b) => a.nll.mean - b.nll.mean);
  if (ranked.length === 0) return 'Nothing was read.';
  const told = ranked.map(
    ({ model, perplexity, bound }) =>
      `${title(model)} has ${bound ? 'at most ' : ''}${threeDigits(perplexity.mean)}`,
  );
  const mixed = new Set(rows.map(({ bound }) => bound)).size > 1;
  return `Perplexity of a token of this text: ${listed(told)}.${
    mixed
      ? ' A bound may lie above what the model really has, so it does not rank masked models against causal ones.'
      : overlapText(ranked.map(({ nll }) => nll))
  }`;
}

/** "Student at 4 steps"; a causal model has none. */
export const pointName = ({ model, steps }: { model: string; steps: number }, title: TitleOf): string =>
  steps === 0 ? title(model) : `${title(model)} at ${plural(steps, 'step', 'steps')}`;

const unit = (value: number): string => value.toFixed(3);

/** "0.912 (0.905 to 0.921)" */
export const mauveText = ({ mauve, spread: { least, most, runs } }: MauveRow): string =>
  runs < 2 ? unit(mauve) : `${unit(mauve)} (${unit(least)} to ${unit(most)})`;

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
  const ranked = rows.toSorted((a, b) => b.mauve - a.mauve);
  if (ranked.length === 0) return 'Nothing was compared.';
  const [first, last] = [ranked[0], ranked[ranked.length - 1]];
  const reference = `the ${plural(texts.reference, 'text', 'texts')} of the reference`;
  if (ranked.length === 1)
    return `Texts of ${pointName(first, title)} have a MAUVE of ${unit(first.mauve)} of 1 against ${reference}.`;
  const fewest = Math.min(texts.written, texts.reference);
  const span = `Against ${reference} MAUVE is ${unit(last.mauve)} to ${unit(first.mauve)} of 1`;
  if (fewest < FEW_TEXTS)
    return `${span}; ${number(fewest)} texts a side are too few to rank what was written.`;
  const names = (those: readonly MauveRow[]): string => listed(those.map((row) => pointName(row, title)));
  const nearest = ranked.filter((row) => spreadsOverlap(row, first));
  const farthest = ranked.filter((row) => spreadsOverlap(row, last));
  if (nearest.some((row) => farthest.includes(row)))
    return `${span}; clusterings overlap, so this does not rank what was written.`;
  const open = (those: readonly MauveRow[]): string =>
    those.length > 1 ? ' (clusterings overlap)' : `, ${unit(those[0].mauve)} of 1`;
  return `Nearest to ${reference} are those of ${names(nearest)}${open(nearest)}; farthest those of ${names(farthest)}${open(farthest)}.`;
}

/** How far a MAUVE of so many texts is to be trusted. */
export function mauveCaution({ texts: { written, reference } }: MauveResult): string {
  const fewest = Math.min(written, reference);
  const only =
    'Compare values of this table with each other, never with those of other texts, features or clusters.';
  return fewest >= FEW_TEXTS
    ? only
    : `${number(fewest)} texts a side are few: its authors take ${number(USUAL_TEXTS)}. With few the value leans to one side and moves with the clustering. ${only}`;
}

/** "Over 64 texts a side; features ... ; 6 clusters." */
export function mauveSource({ texts, features, clusters, rows }: MauveResult, title: TitleOf): string {
  const runs = rows.at(0)?.spread.runs ?? 0;
  return (
    `${number(texts.written)} written texts against ${number(texts.reference)} of the reference${texts.given > texts.reference ? `, drawn from ${number(texts.given)}` : ''}, ${number(texts.length)} tokens of each. ` +
    (texts.leftOut > 0
      ? `${plural(texts.leftOut, 'shorter one', 'shorter ones')} of the reference passed over. `
      : '') +
    `Features: ${features.what} of “${title(features.model)}”, ${number(features.kept)} of ${number(features.dimensions)} dimensions kept; ${plural(clusters, 'cluster', 'clusters')}. ` +
    (runs > 1
      ? `Lines and brackets: the least and the most of ${number(runs)} clusterings, which is no interval over texts. `
      : '')
  );
}

/** Tokens and windows that a bound is of. */
export function boundSource({ rows, length, draws }: BoundResult): string {
  const most = (of: (row: BoundRow) => number): number => Math.max(0, ...rows.map(of));
  const bounds = rows.some(({ bound }) => bound);
  return (
    `${plural(
      most(({ tokens }) => tokens),
      'token',
      'tokens',
    )} in ${plural(
      most(({ windows }) => windows),
      'window',
      'windows',
    )} of ${number(length)} at most. ` +
    (bounds ? `${plural(draws, 'time', 'times')} of masking a window, spread over (0, 1]. ` : '') +
    (new Set(rows.map(({ tokens }) => tokens)).size > 1
      ? 'The models cut the text into different tokens: their figures are not to be compared. '
      : '') +
    (rows.every(({ nll }) => hasInterval(nll))
      ? 'Intervals: 95 %, over windows and draws. '
      : `So few windows say little of other texts${bounds ? '; intervals: 95 %, of the draws alone' : ', and there are no intervals'}. `)
  );
}

/** What stands behind a last word, in a sentence about it. */
const BEHIND = { eos: 'the mark of an end (EOS)', 'full stop': 'a full stop', nothing: 'nothing' } as const;

/** Items and maskings of last words, and what masked models saw behind them. */
export function lastWordSource({ rows, items, source, ending, draws }: LastWordResult): string {
  const come = items === 1 ? 'that comes' : 'that come';
  const whose = source === 'bundled' ? `${come} with the page` : `of ${source}`;
  return (
    `${plural(items, 'item', 'items')} ${whose}. Intervals: 95 %, over items. ` +
    (rows.some(({ bound }) => bound)
      ? `Perplexity of masked models over ${plural(draws, 'masking', 'maskings')} of the last word, behind which they see ${BEHIND[ending]}. ` +
        (rows.every(({ bound }) => bound) ? '' : 'Causal models see only what stands before it. ')
      : '')
  );
}

const BACKENDS: Readonly<Partial<Record<string, string>>> = {
  webgpu: 'WebGPU',
  wasm: 'onnxruntime-web on the CPU',
};

/** With what it may be measured again. */
export type Where = Pick<LastWordResult, 'seed' | 'backend' | 'adapter' | 'date'>;

/** "Seed 0, WebGPU, apple metal-3, 21 November 2026." */
export function whereText({ seed, backend, adapter, date }: Where): string {
  return `Seed ${seed}, ${BACKENDS[backend] ?? backend}, ${adapter}, ${dayText(date)}.`;
}

/** "21 November 2026", in UTC so that one date has one text. @param date ISO 8601 */
export const dayText = (date: string): string =>
  new Date(date).toLocaleDateString('en-GB', {
    ...{ day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' },
  });

const STAGES: Record<EvaluateProgress['stage'], string> = {
  load: 'Loading',
  'judge-load': 'Fetching the judge',
  write: 'Writing',
  judge: 'Judging',
  features: 'Reading features of texts',
  read: 'Reading',
};

/** What a measure is at, in words. */
export function progressText(progress: EvaluateProgress | undefined, title: TitleOf): string {
  if (!progress) return 'Waiting for its turn …';
  const { stage, model, steps, done, total } = progress;
  const who =
    model === undefined
      ? ''
      : steps === undefined
        ? `, ${title(model)}`
        : `, ${pointName({ model, steps }, title)}`;
  // Of a download the numbers are bytes.
  const far = total > 0 && stage !== 'judge-load' ? `: ${number(done)} of ${number(total)}` : '';
  return `${STAGES[stage]}${who}${far} …`;
}

/** 0..1 */
export const progressShare = (progress: EvaluateProgress | undefined): number =>
  progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
