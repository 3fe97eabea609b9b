/** What the view says of an evaluation: sentences before numbers, and honest where the numbers do not tell. */
import type { Estimate, EvaluatedPoint, EvaluateProgress, Evaluation } from '../../worker/evaluate/result.ts';
import { estimateText, inOne, threeDigits, twoDecimals } from '../figures/estimates.ts';
import { ofBytes } from '../../worker/bytes.ts';
import { plural } from '../messages/english.ts';
import type { LastEvaluation, ShownEvaluation, ShownModel } from '../stores/evaluate.ts';
import { number } from '../watch/numbers.ts';
import { shownOf } from './figure.ts';
import type { Plan } from './form.ts';

export const perplexityText = (estimate: Estimate): string => inOne(estimateText(estimate, threeDigits));
/** A dash where there is none. */
export const shareText = (estimate: Estimate | null): string =>
  estimate ? inOne(estimateText(estimate, twoDecimals)) : '–';

/** A model within a sentence. */
export const spoken = ({ title }: Pick<ShownModel, 'title'>): string =>
  /^(Teacher|Student)$/.test(title) ? `the ${title.toLowerCase()}` : title;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const inSteps = (steps: number): string => plural(steps, 'step', 'steps');

/** "in 4 steps", "left to right" */
export const stepsOf = ({ steps }: Pick<EvaluatedPoint, 'steps'>): string =>
  steps === 0 ? 'from left to right' : `in ${inSteps(steps)}`;

/** Whether intervals leave it open which is the larger; without intervals that is open too. */
export function overlaps(a: Estimate, b: Estimate): boolean {
  if (a.low === undefined || a.high === undefined || b.low === undefined || b.high === undefined) return true;
  return a.low <= b.high && b.low <= a.high;
}

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

const hasInterval = ({ low, high }: Estimate): boolean => low !== undefined && high !== undefined;

/** How the entropies of two points are to be read beside their perplexities. */
function entropySentence({ model, point, against }: Pair): string {
  const difference = point.entropy.mean - against.entropy.mean;
  const apart = `Their entropies differ by ${twoDecimals(Math.abs(difference))} nats`;
  if (!hasInterval(point.entropy) || !hasInterval(against.entropy)) return `${apart}.`;
  if (overlaps(point.entropy, against.entropy)) return `${apart}, which their intervals allow for.`;
  const who = spoken(model);
  return difference < 0
    ? `${apart}: that of ${who} is lower, so some of its perplexity may be repetition.`
    : `${apart}: that of ${who} is higher.`;
}

/**
 * From how many steps on the reference is as good, where the model was better at the same number: as far as intervals tell,
 * and once all of the reference is known.
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
  const found = known.find((one) => {
    const theirs = one && shownOf('perplexity', one);
    return theirs && (overlaps(theirs, own) || theirs.mean < own.mean);
  });
  const who = capital(spoken(reference));
  if (!found)
    return ` ${who} stays higher in every measured number of steps, up to ${number(more.at(-1)!.steps)}.`;
  return overlaps(found.perplexity!, own)
    ? ` ${who} cannot be told apart from that in ${number(found.steps)} steps.`
    : ` ${who} comes lower than that in ${number(found.steps)} steps.`;
}

/** Why it is open which of two perplexities is lower. */
function openText({ point, against }: Pair): string {
  const texts = Math.min(point.texts, against.texts);
  return hasInterval(point.perplexity!) && hasInterval(against.perplexity!)
    ? `: the intervals overlap, so ${plural(texts, 'text does', 'texts do')} not settle which is lower.`
    : `: ${plural(texts, 'text is', 'texts are')} too few for an interval, so it is open which is lower.`;
}

/** Whether a pair is yet to have more texts. */
const isEarly = ({ point, against }: Pair, { settings }: ShownEvaluation): boolean =>
  Math.min(point.texts, against.texts) < settings.count;

/** What two models come to at the same steps, in sentences. */
export function pairText(pair: Pair, evaluation: ShownEvaluation): string {
  const { model, point, reference, against } = pair;
  const [own, other] = [point.perplexity!, against.perplexity!];
  const open = overlaps(own, other);
  const at = isEarly(pair, evaluation) ? 'So far, at' : 'At';
  const first = `${at} ${inSteps(point.steps)}, texts of ${spoken(model)} have a perplexity of ${perplexityText(own)}, those of ${spoken(reference)} ${perplexityText(other)}`;
  const settled = open ? openText(pair) : '.';
  const later = !open && own.mean < other.mean ? catchUp(pair, evaluation) : '';
  return `${first}${settled} ${entropySentence(pair)}${later}`;
}

/** What came of it, in one sentence that is read first: no perplexity without an entropy. */
export function headline(evaluation: ShownEvaluation | undefined): string {
  if (!evaluation) return 'Is it better, measured?';
  const pair = pairsOf(evaluation).at(0);
  if (!pair)
    return evaluation.points.length === 0 ? 'Texts are on their way.' : 'What the models wrote, measured.';
  const { model, point, reference, against } = pair;
  const [own, other] = [point.perplexity!, against.perplexity!];
  const [who, whom] = [spoken(model), spoken(reference)];
  const how = `${isEarly(pair, evaluation) ? 'So far, in' : 'In'} ${inSteps(point.steps)}`;
  const entropies = `entropies ${twoDecimals(point.entropy.mean)} and ${twoDecimals(against.entropy.mean)} nats`;
  if (overlaps(own, other))
    return `${how}, ${who} and ${whom} cannot be told apart by perplexity; ${entropies}.`;
  return `${how}, perplexity ${threeDigits(own.mean)} for ${who}, ${threeDigits(other.mean)} for ${whom}; ${entropies}.`;
}

/** Where a sweep is. @param titles of models by their ids */
export function progressText(
  progress: EvaluateProgress | undefined,
  titleOf: (model: string) => string,
): string {
  if (!progress) return 'The engine is asked.';
  const { stage, model, steps, done, total } = progress;
  const who = model === undefined ? 'A model' : capital(spoken({ title: titleOf(model) }));
  const how = steps === undefined ? '' : ` ${stepsOf({ steps })}`;
  const count = `${number(done)} of ${number(total)}`;
  switch (stage) {
    case 'load':
      return model === undefined ? 'A model is opened.' : `${who} is opened.`;
    case 'judge-load':
      return total > 0 ? `The judge is loaded: ${ofBytes(done, total)}.` : 'The hub is asked for the judge.';
    case 'write':
      return `${who} writes${how}: ${count} texts are done.`;
    case 'judge':
      return `The judge reads what ${model === undefined ? 'was written' : `${spoken({ title: titleOf(model) })} wrote`}${how}: ${count} texts are done.`;
    case 'features':
    case 'read':
      return `${who}: ${count}.`;
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
  if (state === 'idle') return '';
  if (state === 'done') return 'Everything is measured.';
  if (!hasBegun(shown))
    return state === 'stopped' ? 'Stopped before anything was written.' : 'Nothing was written.';
  return state === 'stopped'
    ? 'Stopped. What is written and judged is kept: press “Go on” and nothing of it is done again.'
    : 'What was written and judged before is kept.';
}

/** What was not done when the page was left. @param titles of its models that are here */
export function lastText({ steps, form }: LastEvaluation, titles: readonly string[]): string {
  const others = form.otherSteps.trim();
  const at = [...steps.map((one) => number(one)), ...(others === '' ? [] : [others])].join(', ');
  return `It was not done when the page was left: ${titles.join(', ')}; steps ${at}; ${form.count} texts of each point. What was written and judged by then is kept, and is not done again.`;
}

/** What it will take, before it begins. */
export function planText({ points, texts, passes }: Plan, count: number): string {
  return `${plural(points, 'point', 'points')} of ${plural(count, 'text', 'texts')}: ${number(texts)} texts in about ${number(passes)} forward passes of one text, and the judge reads each text once.`;
}

/** "8 tokens behind the one that begins them": as many as the form asked for in slots. @param length that token included */
export const lengthText = (length: number, bos: boolean): string =>
  bos
    ? `${plural(length - 1, 'token', 'tokens')} behind the one that begins them`
    : plural(length, 'token', 'tokens');

/** How texts were written, and where, in sentences. */
export function settingsText(evaluation: Evaluation): string {
  const { settings, judge, adapter, backend, models, points } = evaluation;
  const { count, length, bos, prompt, sampler, temperature, topP, seed } = settings;
  const given = prompt === '' ? 'without a prompt' : `prompt “${prompt}”`;
  const judges = models.filter(({ id }) => points.some((point) => point.model === id && point.selfScored));
  const again = models.filter(({ id }) => points.some((point) => point.model === id && point.retokenised));
  const alone =
    judges.length === 0
      ? ''
      : ` ${judges.map(({ title }) => title).join(', ')} judged itself, so its perplexity is not compared.`;
  return `${plural(count, 'text', 'texts')} of ${lengthText(length, bos)} for each point, ${given}, ${sampler} sampling, temperature ${temperature}, top-p ${topP}, seed ${seed}; ${backend} on ${adapter}. ${judgeText(judge, again)}${alone}`;
}

/** Who judged, whose texts were tokenised again for it, and what intervals mean. */
function judgeText(judge: Evaluation['judge'], again: Evaluation['models']): string {
  const who = judge
    ? `Perplexity as “${judge.title}” judges${again.length > 0 ? `; texts of ${again.map(({ title }) => title).join(', ')} were tokenised again for it` : ''}.`
    : 'Nobody judged, so there is no perplexity.';
  return `${who} Intervals: 95 %, by the bootstrap over texts, of 8 or more.`;
}

/** What a model's perplexity is missing for. */
export function apartText({ perplexity, selfScored, texts }: EvaluatedPoint, count: number): string {
  if (selfScored) return 'judged by itself, not compared';
  if (perplexity) return 'no number';
  return texts < count ? 'not judged yet' : 'not judged';
}

/** A point with its numbers, for those who listen. */
export function pointText(point: EvaluatedPoint, title: string, count: number): string {
  const shown = shownOf('perplexity', point);
  const perplexity = shown ? `perplexity ${perplexityText(shown)}` : `perplexity ${apartText(point, count)}`;
  return `${title} ${stepsOf(point)}: ${perplexity}, entropy ${shareText(point.entropy)} nats, ${passesText(point)}, ${plural(point.texts, 'text', 'texts')}`;
}

/** "3.8 forward passes": a mean over texts. */
export const passesText = ({ forwardPasses }: Pick<EvaluatedPoint, 'forwardPasses'>): string =>
  `${number(forwardPasses, Number.isInteger(forwardPasses) ? 0 : 1)} forward ${forwardPasses === 1 ? 'pass' : 'passes'}`;
