/** Answers `bound`. */
import { requestWords } from '../messages/arguments.ts';
import { cancelledWords } from '../../model/messages/cancelled.ts';
import { derivedSeed } from '../../gpu/random.ts';
import {
  boundOf,
  cutWindows,
  drawTimes,
  mdlmLoss,
  readDraw,
  type WindowLoss,
} from '../../model/evaluate/bound.ts';
import { readTexts } from '../../model/evaluate/reading.ts';
import type { CausalModel } from '../../model/backend/denoiser.ts';
import { Breath } from '../../model/breath.ts';
import { integer, LARGEST_SEED, refuse, show } from '../arguments.ts';
import { boundWords } from '../messages/evaluate/given.ts';
import { evaluateWords } from '../messages/evaluate/shared.ts';
import type { OpenModel } from '../models.ts';
import { tokenizerHash } from './hash.ts';
import { checkModels, openModels, placeAndDate } from './models.ts';
import type { BoundOptions, BoundResult, BoundRow } from './result.ts';
import type { EvaluateContext, EvaluateServices } from './services.ts';
import { readInOrder, readInTurns, shortestFirst, type TurnPlace } from './turns.ts';

/** One draw would leave nothing to tell the noise of the draws by. */
const FEWEST_DRAWS = 2;
const MOST_DRAWS = 1024;
const DEFAULT_DRAWS = 16;
const DEFAULT_LENGTH = 128;
/** More windows take seconds to resample, of each model; more passes take hours on any device. */
const MOST_WINDOWS = 2 ** 15;
const MOST_PASSES = 2 ** 20;

/** What a seed is used for: masks are not those of a training with the same seed, nor those of last words. */
const MASKS = 0x10001;

/** @throws UnmaskError 'argument' */
function checkTexts(texts: unknown): string[] {
  if (!Array.isArray(texts) || texts.length === 0) {
    throw refuse(boundWords.notTexts(Array.isArray(texts) ? evaluateWords.empty : show(texts)));
  }
  texts.forEach((text: unknown, i) => {
    if (typeof text !== 'string') throw refuse(requestWords.text(`texts[${i}]`, show(text)));
  });
  return texts as string[];
}

/** `length`, against the models. @throws UnmaskError 'argument' */
function checkLength(length: unknown, models: readonly OpenModel[]): number {
  const shortest = Math.min(...models.map(({ checkpoint }) => checkpoint.config.length));
  return integer('length', length ?? Math.min(shortest, DEFAULT_LENGTH), 2, shortest);
}

/**
 * Windows of all models, cut once for each tokenizer.
 * @throws UnmaskError 'argument' for texts that have no tokens, or so many that nobody would wait; 'aborted'
 */
async function cutForAll(
  texts: readonly string[],
  models: readonly OpenModel[],
  { length, draws }: { length: number; draws: number },
  { signal }: EvaluateContext,
): Promise<Uint32Array[][]> {
  const breath = new Breath(cancelledWords.evaluation, signal);
  const known = new Map<string, Uint32Array[]>();
  const cut: Uint32Array[][] = [];
  let passes = 0;
  for (const { checkpoint } of models) {
    const { config, tokenizer } = checkpoint;
    const each = config.kind === 'causal' ? 1 : draws;
    const check = (windows: number): void => {
      if (windows > MOST_WINDOWS) throw refuse(boundWords.tooManyWindows(MOST_WINDOWS, length));
      if (passes + windows * each > MOST_PASSES) throw refuse(boundWords.tooManyPasses(MOST_PASSES));
    };
    // Without a tokenizer texts are ids, of which the mask is none.
    const name = tokenizer ? await tokenizerHash(checkpoint) : `ids below ${config.vocabulary - 1}`;
    const windows =
      known.get(name) ?? (await cutWindows(texts, length, tokenizer, config.vocabulary - 1, breath, check));
    check(windows.length);
    known.set(name, windows);
    passes += windows.length * each;
    cut.push(windows);
  }
  return cut;
}

/** Losses of all windows under a causal model, which says exactly how likely they are. */
async function scoreWindows(
  windows: readonly Uint32Array[],
  place: TurnPlace,
  tell: () => void,
): Promise<WindowLoss[]> {
  const losses: WindowLoss[] = [];
  const { signal } = place.context;
  await readInTurns(
    windows.map((tokens) => ({ tokens, rows: 0 })),
    place,
    async (denoiser, batch) => {
      const { length } = batch[0].tokens;
      const tokens = Uint32Array.from(batch.flatMap((text) => [...text.tokens]));
      const nll = await (denoiser as CausalModel).score(tokens, { batch: batch.length, length }, signal);
      return batch.map((_, text) => nll.subarray(text * (length - 1), (text + 1) * (length - 1)));
    },
    (window, nll) => {
      losses[window] = { tokens: nll.length, draws: [nll.reduce((sum, value) => sum + value, 0)] };
      tell();
    },
  );
  return losses;
}

/** Losses of all windows under a masked model, of each at several times. */
async function drawWindows(
  windows: readonly Uint32Array[],
  { draws, seed }: { draws: number; seed: number },
  place: TurnPlace,
  tell: () => void,
): Promise<WindowLoss[]> {
  const { config } = place.model.checkpoint;
  const losses = windows.map(({ length }) => ({ tokens: length - 1, draws: [] as number[] }));
  /** The draws of all windows, made as they are read: there may be hundreds of thousands. */
  function* all() {
    for (const window of shortestFirst(windows)) {
      const tokens = windows[window];
      for (const draw of drawTimes(tokens, config, { draws, seed, window })) {
        // As many rows come back as are masked, on average.
        yield { ...draw, window, rows: Math.ceil(draw.t * tokens.length) };
      }
    }
  }
  await readInOrder(
    all(),
    place,
    async (denoiser, batch) => {
      const readings = batch.map((draw) => readDraw(draw, config, seed));
      const answers = await readTexts(denoiser, readings);
      return readings.map((reading, i) => mdlmLoss(reading, answers[i]));
    },
    ({ window }, loss) => {
      const own = losses[window].draws;
      // A window's draws have one length, so they come in the order of their times.
      own.push(loss);
      if (own.length === draws) tell();
    },
  );
  return losses;
}

/**
 * Answer `bound`. Everything is checked, for all models, before the first pass.
 * @throws UnmaskError 'argument' or 'unknown-model' naming the field or the text; 'aborted'
 */
export async function bound(
  o: BoundOptions,
  services: EvaluateServices,
  context: EvaluateContext,
): Promise<BoundResult> {
  const { models: ids, backend } = checkModels(o);
  const texts = checkTexts(o.texts);
  const draws = integer('draws', o.draws ?? DEFAULT_DRAWS, FEWEST_DRAWS, MOST_DRAWS);
  const seed = integer('seed', o.seed ?? 0, 0, LARGEST_SEED);
  const models = await openModels(ids, services, context);
  const length = checkLength(o.length, models);
  const cut = await cutForAll(texts, models, { length, draws }, context);
  if (cut.some((windows) => windows.length === 0)) throw refuse(boundWords.nothing);
  const total = cut.reduce((sum, windows) => sum + windows.length, 0);

  const rows: BoundRow[] = [];
  let done = 0;
  for (const [i, model] of models.entries()) {
    const windows = cut[i];
    const tell = (more = 1): void =>
      context.onEvaluate?.({ stage: 'read', model: ids[i], done: (done += more), total });
    tell(0);
    const causal = model.checkpoint.config.kind === 'causal';
    const place = { model, backend, services, context };
    const losses = causal
      ? await scoreWindows(windows, place, tell)
      : await drawWindows(windows, { draws, seed: derivedSeed(seed, MASKS) }, place, tell);
    rows.push({
      ...{ model: ids[i], windows: windows.length },
      tokens: losses.reduce((sum, { tokens }) => sum + tokens, 0),
      ...boundOf(losses, seed),
      bound: !causal,
    });
  }
  return { version: 1, rows, length, draws, seed, ...(await placeAndDate(backend, services)) };
}
