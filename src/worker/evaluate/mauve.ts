/** MAUVE of what models write against a reference: see `src/model/evaluate/mauve.ts` for the measure itself. */
import { requestWords } from '../messages/arguments.ts';
import { cancelledWords } from '../../model/messages/cancelled.ts';
import { derivedSeed, orderBits } from '../../gpu/random.ts';
import { Breath } from '../../model/breath.ts';
import { encodeInPieces } from '../../model/evaluate/pieces.ts';
import { mauveOf } from '../../model/evaluate/mauve.ts';
import { UnmaskError } from '../../model/errors.ts';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.ts';
import { checkCausal, checkModel, integer, refuse, show } from '../arguments.ts';
import { sameTokens } from '../judging.ts';
import { mauveWords as words } from '../messages/evaluate/mauve.ts';
import type { OpenModel } from '../models.ts';
import { openReader } from './features.ts';
import { checkModels, checkSteps, openModels, placeAndDate } from './models.ts';
import {
  LEAST_MAUVE_TEXTS,
  MAX_SWEEP_TEXTS,
  type EvaluateProgress,
  type MauveOptions,
  type MauveResult,
  type MauveRow,
} from './result.ts';
import type { EvaluateContext, EvaluateServices } from './services.ts';
import { writeSettings, writtenTexts, type WriteSettings } from './written.ts';

/** Clusterings, each with a seed of its own. */
const RUNS = 5;
/** Texts for a cluster, where their number is not given. */
const TEXTS_PER_CLUSTER = 10;
/** What a seed is used for: the draw of the reference is not the order of a training with the same seed. */
const REFERENCE = 0x10002;

/** Texts of one model at one number of steps, in the tokens of the model that reads them. */
interface Side {
  model: OpenModel;
  steps: number;
  texts: number[][];
}

/** `reference`. @throws UnmaskError 'argument' */
function checkReference(reference: unknown): string[] {
  if (!Array.isArray(reference)) throw refuse(words.notReference(show(reference), LEAST_MAUVE_TEXTS));
  reference.forEach((text, i) => {
    if (typeof text !== 'string') throw refuse(requestWords.text(`reference[${i}]`, show(text)));
  });
  if (reference.length < LEAST_MAUVE_TEXTS) {
    throw refuse(words.fewTexts(reference.length, LEAST_MAUVE_TEXTS));
  }
  return reference as string[];
}

/** Open a model that must be causal. @throws UnmaskError naming the field */
async function openCausal(
  field: string,
  id: string,
  services: EvaluateServices,
  context: EvaluateContext,
): Promise<OpenModel> {
  try {
    const model = await services.turn(context, () => services.models(context).open(id));
    checkCausal(field, id, model.checkpoint.config);
    return model;
  } catch (cause) {
    if (!(cause instanceof UnmaskError && cause.code === 'unknown-model')) throw cause;
    throw new UnmaskError('unknown-model', `${field}: ${cause.message}`, { cause });
  }
}

/** The tokenizer of the model that reads. @throws UnmaskError 'argument' where it has none */
function tokenizerOf({ info, checkpoint }: OpenModel): Tokenizer {
  if (checkpoint.tokenizer) return checkpoint.tokenizer;
  throw refuse(words.noTokenizer(info.id));
}

/**
 * Whether the texts of a model are in the tokens of the one that reads them; if not, they are decoded and tokenised again.
 * @throws UnmaskError 'argument' where that cannot be
 */
function readsIds(reader: OpenModel, model: OpenModel, field: string): boolean {
  const same = sameTokens(reader.checkpoint, model.checkpoint);
  if (same === true) return true;
  if (model.checkpoint.tokenizer) return false;
  throw refuse(words.unreadable(field, model.info.id, reader.info.id));
}

/**
 * The beginnings of as many texts of the reference as are asked for, drawn by the seed. Only texts that are drawn are tokenised,
 * and no more of them than is read.
 * @param options.length tokens of a beginning; shorter texts are passed over
 * @throws UnmaskError 'argument' for a text that has no tokens; 'aborted'
 */
async function drawReference(
  given: readonly string[],
  { checkpoint: { config, tokenizer } }: OpenModel,
  beginning: readonly number[],
  { count, length, seed }: { count: number; length: number; seed: number },
  signal: AbortSignal | undefined,
): Promise<{ texts: number[][]; leftOut: number }> {
  const breath = new Breath(cancelledWords.mauve, signal);
  const own = derivedSeed(seed, REFERENCE);
  const bits = given.map((_, i) => orderBits(own, 0, i));
  const order = [...given.keys()].sort((a, b) => bits[a] - bits[b] || a - b);
  const drawn: { i: number; text: number[] }[] = [];
  let leftOut = 0;
  for (const i of order) {
    if (drawn.length === count) break;
    let tokens = [...beginning];
    for await (const ids of encodeInPieces(given[i], i + 1, tokenizer, config.vocabulary - 1, breath)) {
      tokens = tokens.concat(ids);
      if (tokens.length >= length) break;
    }
    if (tokens.length >= length) drawn.push({ i, text: tokens.slice(0, length) });
    else leftOut += 1;
  }
  // As they stood: features of the same texts in the same order are kept as one.
  drawn.sort((a, b) => a.i - b.i);
  return { texts: drawn.map(({ text }) => text), leftOut };
}

/** The length that nine in ten texts reach, and as many as a side needs. */
function commonLength(texts: readonly number[][]): number {
  const lengths = texts.map(({ length }) => length).sort((a, b) => a - b);
  return lengths[Math.min(Math.floor(lengths.length / 10), lengths.length - LEAST_MAUVE_TEXTS)];
}

/** The first `length` tokens of every text that has so many. */
const cut = (texts: readonly number[][], length: number): number[][] =>
  texts.filter((text) => text.length >= length).map((text) => text.slice(0, length));

/**
 * Answer `mauve`. Texts and their features are kept, so that a call that was stopped goes on where it was. Both sides are cut to
 * one length in tokens of the model that reads; shorter texts are left out.
 * @param writing has models write, see written.ts
 * @throws UnmaskError 'argument' or 'unknown-model' naming the field; 'aborted'
 */
export async function mauve(
  o: MauveOptions,
  services: EvaluateServices,
  context: EvaluateContext,
  writing: { settings: typeof writeSettings; texts: typeof writtenTexts } = {
    settings: writeSettings,
    texts: writtenTexts,
  },
): Promise<MauveResult> {
  const { models: ids, backend } = checkModels(o);
  const counts = checkSteps(o.steps);
  const given = checkReference(o.reference);
  const features = checkModel(o.features ?? 'causal');
  const models = await openModels(ids, services, context);
  const readerModel = await openCausal('features', features, services, context);
  const tokenizer = tokenizerOf(readerModel);
  const asIs = models.map((model, i) => readsIds(readerModel, model, `models[${i}]`));
  const settings = writing.settings(o, models);
  integer('count', settings.count, LEAST_MAUVE_TEXTS, MAX_SWEEP_TEXTS);

  const beginning = settings.bos && tokenizer.bos !== undefined ? [tokenizer.bos] : [];
  const encode = (text: string): number[] => [...beginning, ...tokenizer.encode(text)];
  const longest = Math.min(settings.length, readerModel.checkpoint.config.length);
  const { count, seed } = settings;
  const drawing = { count, length: longest, seed };
  const { texts: reference, leftOut } = await drawReference(
    given,
    readerModel,
    beginning,
    drawing,
    context.signal,
  );
  const enough = reference.length;
  if (enough < LEAST_MAUVE_TEXTS) {
    throw refuse(words.shortReference(enough, given.length, longest, LEAST_MAUVE_TEXTS));
  }
  if (o.clusters !== undefined) integer('clusters', o.clusters, 2, Math.min(count, enough));
  const reader = await openReader(readerModel, backend, services, context);

  const points = models.flatMap((model, i) => {
    const steps = model.checkpoint.config.kind === 'causal' ? [0] : counts;
    return steps.map((count) => ({ model, steps: count, asIs: asIs[i] }));
  });
  const progress = follow(2 * points.length * count + enough, context);
  const sides: Side[] = [];
  let length = longest;
  for (const { model, steps, asIs } of points) {
    const tell = progress('write', settings.count, { model: model.info.id, steps });
    const all = await writing.texts(model, steps, settings, services, context, ({ tokens }) => {
      tell(tokens.length);
    });
    tell(settings.count);
    const texts = asIs ? all.tokens : all.text.map(encode);
    if (!asIs) length = Math.min(length, commonLength(texts));
    if (length < 2) {
      throw refuse(words.shortTexts(model.info.id, readerModel.info.id));
    }
    sides.push({ model, steps, texts });
  }

  const kept = cut(reference, length);
  const referenceFeatures = await reader.read(kept, progress('features', enough, {}));
  const written: Float32Array[] = [];
  for (const side of sides) {
    side.texts = cut(side.texts, length);
    const { model, steps, texts } = side;
    const tell = progress('features', settings.count, { model: model.info.id, steps });
    written.push(await reader.read(texts, tell));
    tell(settings.count);
  }

  const fewest = Math.min(...sides.map(({ texts }) => texts.length));
  const smaller = Math.min(fewest, kept.length);
  const clusters = Math.min(o.clusters ?? Math.max(2, Math.round(smaller / TEXTS_PER_CLUSTER)), smaller);
  const { dimensions } = reader;
  const rows: MauveRow[] = [];
  let components = 0;
  for (const [i, { model, steps, texts }] of sides.entries()) {
    const about = { clusters, seed: settings.seed, signal: context.signal };
    const found = await compare(written[i], referenceFeatures, dimensions, about);
    components = Math.max(components, found.kept);
    rows.push({ model: model.info.id, steps, texts: texts.length, ...found.row });
  }
  return {
    ...{ version: 1, rows, settings: told(settings, counts) },
    texts: { written: fewest, reference: enough, given: given.length, leftOut, length },
    features: {
      ...{ model: reader.id, dimensions, kept: components },
      what: `hidden state behind the final norm at token ${length}`,
    },
    clusters,
    ...(await placeAndDate(backend, services)),
  };
}

/** How texts were written, for whoever repeats it. */
const told = (
  { count, length, prompt, sampler, temperature, topP, seed, bos }: WriteSettings,
  steps: number[],
): MauveResult['settings'] => ({ steps, count, length, prompt, sampler, temperature, topP, seed, bos });

/** Progress over parts, each of which says how much of itself is done. @param total of all parts */
function follow(total: number, { onEvaluate }: EvaluateContext) {
  let before = 0;
  return (
    stage: EvaluateProgress['stage'],
    size: number,
    of: Pick<EvaluateProgress, 'model' | 'steps'>,
  ): ((done: number) => void) => {
    const from = before;
    before += size;
    return (done) => onEvaluate?.({ stage, ...of, done: from + Math.min(done, size), total });
  };
}

/** MAUVE of one set of features against another, over clusterings with other seeds. */
async function compare(
  written: Float32Array,
  reference: Float32Array,
  dimensions: number,
  { clusters, seed, signal }: { clusters: number; seed: number; signal: AbortSignal | undefined },
): Promise<{ row: Pick<MauveRow, 'mauve' | 'spread'>; kept: number }> {
  // With its libraries, which nothing else needs.
  const { commonSpace, histograms } = await import('../../model/evaluate/clusters.ts');
  const breath = new Breath(cancelledWords.mauve, signal);
  await breath.take();
  const space = commonSpace(written, reference, dimensions);
  const values: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const { p, q } = await histograms(space, clusters, derivedSeed(seed, run), breath);
    values.push(mauveOf(p, q));
  }
  const spread = { least: Math.min(...values), most: Math.max(...values), runs: RUNS };
  return { row: { mauve: values.reduce((sum, value) => sum + value, 0) / RUNS, spread }, kept: space.kept };
}
