/**
 * Quality against steps: has models write texts at several numbers of steps and judges them. Coarse first: a quarter of the
 * texts of every point, few steps before many, and then the rest, so that the whole figure is there early and narrows.
 */
import { UnmaskError } from '../../model/errors.ts';
import { measureText, summarise, type TextMeasures } from '../../model/evaluate/measures.ts';
import { evaluateWords } from '../messages/evaluate/shared.ts';
import type { OpenModel } from '../models.ts';
import { checkModels, checkSteps, openModels } from './models.ts';
import { seatJudges, type TextJudge } from './judge.ts';
import type { EvaluatedPoint, EvaluateOptions, EvaluateProgress, Evaluation, JudgeInfo } from './result.ts';
import type { EvaluateContext, EvaluateServices, ResultStore } from './services.ts';
import { openTexts, partKey, writeSettings, type TextPart, type Texts } from './written.ts';

/** The share of the texts that comes first, and the fewest texts that are divided. */
const COARSE = 1 / 4;
const FEWEST = 8;

/** Scores of older versions may be others. */
const SCORES = 2;

/** A point on its way. */
interface Point {
  model: OpenModel;
  steps: number;
  texts: Texts;
  judge: TextJudge | undefined;
  measures: TextMeasures[];
  nll: number[];
  forwardPasses: number;
  example: string;
  known?: EvaluatedPoint;
}

/** Judge a part, as far as its scores are not kept. @returns one for each text, and whether some are new */
async function scorePart(
  { texts, judge }: Point & { judge: TextJudge },
  part: TextPart,
  results: ResultStore,
  context: EvaluateContext,
): Promise<{ scores: number[]; fresh: boolean }> {
  const { tokens, first } = part;
  const key = `${partKey(texts.key, first)} ${JSON.stringify(['scores', SCORES, judge.key])}`;
  const found = await results.get(key);
  // Those of a time when fewer texts, or more, were asked for.
  const kept = found instanceof Float64Array ? [...found.subarray(0, tokens.length)] : [];
  if (kept.length === tokens.length) return { scores: kept, fresh: false };
  const scores = [...kept, ...(await judge.score(tokens.slice(kept.length), texts.positions, context))];
  await results.set(key, Float64Array.from(scores));
  return { scores, fresh: true };
}

/** What is known of a point. */
function describe(point: Point, seed: number): EvaluatedPoint {
  const { model, steps, texts, judge, measures, nll, forwardPasses, example } = point;
  return {
    ...{ model: model.info.id, steps, texts: measures.length },
    forwardPasses: forwardPasses / measures.length,
    // The same weights may be open under two names.
    selfScored: judge?.hash === texts.hash,
    ...(judge?.info.retokenised ? { retokenised: true } : {}),
    ...summarise(measures, judge && nll, seed),
    example,
  };
}

/** The judge of all, as one. */
function judgeInfo(judges: readonly (TextJudge | undefined)[]): { judge?: JudgeInfo } {
  const infos = judges.flatMap((judge) => (judge ? [judge.info] : []));
  if (infos.length === 0) return {};
  return { judge: { ...infos[0], retokenised: infos.some(({ retokenised }) => retokenised) } };
}

/** Add texts to a point until it has so many of them. @param tell is told of each part and how many units of work it was */
async function grow(
  point: Point,
  end: number,
  results: ResultStore,
  context: EvaluateContext,
  tell: (stage: 'write' | 'judge', work: number, fresh: boolean) => void,
): Promise<void> {
  const { texts, judge } = point;
  for await (const part of texts.parts(point.measures.length, end)) {
    const { tokens, forwardPasses, kept } = part;
    if (part.first === 0) point.example = texts.text(tokens[0]);
    if (judge) tell('write', tokens.length, false);
    const judged = judge && (await scorePart({ ...point, judge }, part, results, context));
    point.nll.push(...(judged?.scores ?? []));
    point.measures.push(...tokens.map((text) => measureText(text, texts.positions)));
    point.forwardPasses += forwardPasses.reduce((sum, passes) => sum + passes, 0);
    tell(judge ? 'judge' : 'write', tokens.length, !kept || (judged?.fresh ?? false));
  }
}

/**
 * Answer `evaluate`. Models and judge are checked, and set up, before the first text. Texts and scores are kept as they come,
 * so that the same call after a cancel, a lost device or a reload goes on, to the same numbers as one that ran through.
 * @param seat finds the judges
 * @throws UnmaskError 'argument' or 'unknown-model' naming the field; 'aborted'; 'device-lost'
 */
export async function evaluate(
  o: EvaluateOptions,
  services: EvaluateServices,
  context: EvaluateContext,
  seat: typeof seatJudges = seatJudges,
): Promise<Evaluation> {
  const { models: ids } = checkModels(o);
  const counts = checkSteps(o.steps);
  try {
    const models = await openModels(ids, services, context);
    const write = writeSettings(o, models);
    const { backend: _asked, ...settings } = write;
    const judges = await seat(o.judge, models, settings.length, services, context);
    const points: Point[] = [];
    for (const [i, model] of models.entries()) {
      const causal = model.checkpoint.config.kind === 'causal';
      for (const steps of causal ? [0] : counts) {
        const texts = await openTexts(model, steps, write, services, context);
        const none = { measures: [], nll: [], forwardPasses: 0, example: '' };
        points.push({ model, steps, texts, judge: judges[i], ...none });
      }
    }
    await fill(points, settings, services, context);
    const { backend, adapter } = points[0].texts;
    return {
      version: 1,
      settings: { steps: counts, ...settings },
      models: models.map((model) => {
        const { id, title, kind, nativeSteps } = model.info;
        const { hash, weights } = points.find((point) => point.model === model)!.texts;
        return { id, title, kind, ...(nativeSteps === undefined ? {} : { nativeSteps }), hash, weights };
      }),
      ...judgeInfo(judges),
      ...{ backend, adapter, date: new Date().toISOString() },
      points: points.map((point) => point.known!),
    };
  } catch (cause) {
    if (!(cause instanceof UnmaskError && cause.code === 'device-lost')) throw cause;
    throw new UnmaskError('device-lost', evaluateWords.keptSoFar(cause.message), { cause });
  }
}

/** Write and judge all texts of all points. */
async function fill(
  points: readonly Point[],
  { count, seed }: Pick<Evaluation['settings'], 'count' | 'seed'>,
  services: EvaluateServices,
  context: EvaluateContext,
): Promise<void> {
  const results = await services.results();
  const total = points.reduce((sum, { judge }) => sum + count * (judge ? 2 : 1), 0);
  let done = 0;
  const report = (at: Point, stage: EvaluateProgress['stage'], point?: EvaluatedPoint): void => {
    const { model, steps } = at;
    context.onEvaluate?.({ stage, model: model.info.id, steps, done, total, ...(point ? { point } : {}) });
  };
  // A causal model takes a pass for each token.
  const cost = ({ steps }: Point): number => (steps === 0 ? Infinity : steps);
  const inOrder = [...points].sort((a, b) => (cost(a) < cost(b) ? -1 : cost(a) > cost(b) ? 1 : 0));
  for (const end of count < FEWEST ? [count] : [Math.ceil(count * COARSE), count]) {
    for (const point of inOrder) {
      // More than was asked for may have been kept.
      if (point.measures.length >= end) continue;
      report(point, 'write');
      await grow(point, end, results, context, (stage, work, fresh) => {
        done += work;
        // The interval takes a while to compute: not for each of many parts that are there already.
        const whole = point.measures.length >= end;
        if (fresh || whole) point.known = describe(point, seed);
        report(point, stage, fresh || whole ? point.known : undefined);
      });
    }
  }
}
