/** What the view says of an evaluation: sentences before numbers, and honest where the numbers do not tell. */
import type { Estimate, EvaluatedPoint, EvaluateProgress, Evaluation } from '../../worker/evaluate/result.ts';
import { estimateText, inOne, threeDigits, twoDecimals } from '../figures/estimates.ts';
import { ofBytes } from '../../words/bytes.ts';
import { found, type Compared } from '../messages/evaluate/found.ts';
import { sweep } from '../messages/evaluate/sweep.ts';
import type { LastEvaluation, ShownEvaluation, ShownModel } from '../stores/evaluate.ts';
import { number } from '../../words/numbers.ts';
import { shownOf } from './figure.ts';

export const perplexityText = (estimate: Estimate): string => inOne(estimateText(estimate, threeDigits));
/** A dash where there is none. */
export const shareText = (estimate: Estimate | null): string =>
  estimate ? inOne(estimateText(estimate, twoDecimals)) : '–';

/** Whether intervals leave it open which is the larger; without intervals that is open too. */
export function overlaps(a: Estimate, b: Estimate): boolean {
  if (a.low === undefined || a.high === undefined || b.low === undefined || b.high === undefined) return true;
  return a.low <= b.high && b.low <= a.high;
}

export const hasInterval = ({ low, high }: Estimate): boolean => low !== undefined && high !== undefined;

/** Two models at the same steps, both judged. */
export interface Pair {
  model: ShownModel;
  point: EvaluatedPoint;
  reference: ShownModel;
  against: EvaluatedPoint;
}

const judged = (point: EvaluatedPoint): boolean => shownOf('perplexity', point) !== undefined;

/**
 * Models against the first teacher, or against the first model where none is a teacher: each at the steps that it was
 * distilled for if both were measured there, and those first; else at the fewest that both were measured at.
 */
export function pairsOf({ models, points }: ShownEvaluation): Pair[] {
  const diffusion = models.filter(({ kind }) => kind !== 'causal');
  const reference = diffusion.find(({ kind }) => kind === 'teacher') ?? diffusion.at(0);
  if (!reference) return [];
  const of = (id: string): EvaluatedPoint[] =>
    points.filter((point) => point.model === id && judged(point)).toSorted((a, b) => a.steps - b.steps);
  const theirs = of(reference.id);
  const pairs = diffusion.flatMap((model): Pair[] => {
    if (model === reference) return [];
    const both = of(model.id).flatMap((point) => {
      const against = theirs.find(({ steps }) => steps === point.steps);
      return against ? [{ model, point, reference, against }] : [];
    });
    const native = both.find(({ point }) => point.steps === model.nativeSteps);
    return native ? [native] : both.slice(0, 1);
  });
  const isNative = ({ model, point }: Pair): boolean => model.nativeSteps === point.steps;
  return pairs.toSorted((a, b) => Number(isNative(b)) - Number(isNative(a)));
}

/** How the entropies of two points are to be read beside their perplexities. */
function entropySentence({ model, point, against }: Pair): string {
  const difference = point.entropy.mean - against.entropy.mean;
  const nats = twoDecimals(Math.abs(difference));
  if (!hasInterval(point.entropy) || !hasInterval(against.entropy)) return found.entropies.differ(nats);
  if (overlaps(point.entropy, against.entropy)) return found.entropies.overlap(nats);
  return difference < 0
    ? found.entropies.lower(nats, model.title)
    : found.entropies.higher(nats, model.title);
}

/**
 * From how many steps on the reference is as good, where the model was better at the same number: as far as intervals tell,
 * and once all of the reference is known; '' before.
 */
function catchUp({ point, reference }: Pair, { points, settings }: ShownEvaluation): string {
  const more = settings.steps
    .filter((steps) => steps > point.steps)
    .toSorted((a, b) => a - b)
    .map((steps) => points.find((one) => one.model === reference.id && one.steps === steps));
  if (more.length === 0) return '';
  const known = more.filter((one) => one?.perplexity !== undefined && one.texts >= settings.count);
  if (known.length < more.length) return '';
  const own = point.perplexity!;
  const asGood = known.find((one) => {
    const theirs = one && shownOf('perplexity', one);
    return theirs && (overlaps(theirs, own) || theirs.mean < own.mean);
  });
  if (!asGood) return found.catchUp.never(reference.title, more.at(-1)!.steps);
  return overlaps(asGood.perplexity!, own)
    ? found.catchUp.open(reference.title, asGood.steps)
    : found.catchUp.lower(reference.title, asGood.steps);
}

/** The perplexities of a pair in a sentence, and whether it is open which is lower. */
function perplexitySentence(compared: Compared, { point, against }: Pair): string {
  const [own, other] = [point.perplexity!, against.perplexity!];
  if (!overlaps(own, other)) return found.pair.settled(compared);
  const texts = Math.min(point.texts, against.texts);
  return hasInterval(own) && hasInterval(other)
    ? found.pair.overlap(compared, texts)
    : found.pair.tooFew(compared, texts);
}

/** A pair as its sentences take it. @param write its perplexities */
const comparedOf = (
  { model, point, reference, against }: Pair,
  { settings }: ShownEvaluation,
  write: (perplexity: Estimate) => string,
): Compared => ({
  // One of them is yet to have more texts.
  early: Math.min(point.texts, against.texts) < settings.count,
  steps: point.steps,
  ...{ model: model.title, own: write(point.perplexity!) },
  ...{ reference: reference.title, other: write(against.perplexity!) },
});

/** What two models come to at the same steps, in sentences. */
export function pairText(pair: Pair, evaluation: ShownEvaluation): string {
  const [own, other] = [pair.point.perplexity!, pair.against.perplexity!];
  const better = !overlaps(own, other) && own.mean < other.mean;
  return [
    perplexitySentence(comparedOf(pair, evaluation, perplexityText), pair),
    entropySentence(pair),
    better ? catchUp(pair, evaluation) : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** What came of it, in one sentence that is read first: no perplexity without an entropy. */
export function headline(evaluation: ShownEvaluation | undefined): string {
  const says = found.headline;
  if (!evaluation) return says.nothing;
  const pair = pairsOf(evaluation).at(0);
  if (!pair) return evaluation.points.length === 0 ? says.empty : says.alone;
  const { point, against } = pair;
  const compared = comparedOf(pair, evaluation, ({ mean }) => threeDigits(mean));
  const say = overlaps(point.perplexity!, against.perplexity!) ? says.open : says.settled;
  return say(compared, twoDecimals(point.entropy.mean), twoDecimals(against.entropy.mean));
}

/** Where a sweep is. @param titles of models by their ids */
export function progressText(
  progress: EvaluateProgress | undefined,
  titleOf: (model: string) => string,
): string {
  const says = sweep.status;
  if (!progress) return says.asked;
  const { stage, model, steps, done, total } = progress;
  const title = model === undefined ? undefined : titleOf(model);
  switch (stage) {
    case 'load':
      return says.load(title);
    case 'judge-load':
      return total > 0 ? says.judgeLoad(ofBytes(done, total)) : says.hub;
    case 'write':
      return says.write(title, steps, done, total);
    case 'judge':
      return says.judge(title, steps, done, total);
    case 'features':
    case 'read':
      return says.read(title, done, total);
  }
}

/** Whether something of a sweep was written. */
export const hasBegun = (shown: ShownEvaluation | undefined): boolean =>
  shown !== undefined && shown.points.length > 0;

/** How a sweep ended; nothing is said to be kept where nothing was written. */
export function endText(
  state: 'idle' | 'done' | 'stopped' | 'failed',
  shown: ShownEvaluation | undefined,
): string {
  const says = sweep.status;
  if (state === 'idle') return '';
  if (state === 'done') return says.done;
  if (!hasBegun(shown)) return state === 'stopped' ? says.stoppedEarly : says.failedEarly;
  return state === 'stopped' ? says.stopped : says.failed;
}

/** What was not done when the page was left. @param titles of its models that are here */
export function lastText({ steps, form }: LastEvaluation, titles: readonly string[]): string {
  const others = form.otherSteps.trim();
  const at = [...steps.map((one) => number(one)), ...(others === '' ? [] : [others])];
  return sweep.setup.last.says(titles, at, form.count);
}

/** How texts were written, and where, in sentences. */
export function settingsText(evaluation: Evaluation): string {
  const { settings, judge, adapter, backend, models, points } = evaluation;
  const titles = (is: (point: EvaluatedPoint) => boolean | undefined): string[] =>
    models
      .filter(({ id }) => points.some((point) => point.model === id && is(point)))
      .map(({ title }) => title);
  const own = titles(({ selfScored }) => selfScored);
  const again = titles(({ retokenised }) => retokenised);
  return [
    found.settings.written({ ...settings, backend, adapter }),
    judgeText(judge, again),
    found.settings.intervals,
    ...(own.length === 0 ? [] : [found.settings.itself(own)]),
  ].join(' ');
}

/** Who judged. @param again titles of models whose texts were tokenised again for it */
function judgeText(judge: Evaluation['judge'], again: readonly string[]): string {
  if (!judge) return found.settings.notJudged;
  return again.length > 0
    ? found.settings.judgedAgain(judge.title, again)
    : found.settings.judged(judge.title);
}

/** What a model's perplexity is missing for. */
export function apartText({ perplexity, selfScored, texts }: EvaluatedPoint, count: number): string {
  if (selfScored) return found.apart.itself;
  if (perplexity) return found.apart.noNumber;
  return texts < count ? found.apart.notYet : found.apart.notJudged;
}

/** A point's perplexity, or what it is missing for. @param count texts that were asked for */
export function judgedText(point: EvaluatedPoint, count: number): string {
  const shown = shownOf('perplexity', point);
  return shown ? perplexityText(shown) : apartText(point, count);
}

/** A point with its numbers, for those who listen. */
export const pointText = (point: EvaluatedPoint, title: string, count: number): string =>
  found.point.spoken(title, {
    ...{ steps: point.steps, passes: point.forwardPasses, texts: point.texts },
    ...{ perplexity: judgedText(point, count), entropy: shareText(point.entropy) },
  });
