/** Answers `lastWord`. */
import { derivedSeed } from '../../gpu/random.ts';
import { choice } from '../../model/arguments.ts';
import { UnmaskError } from '../../model/errors.ts';
import { readTextLines } from '../../model/distill/text-file.ts';
import { bootstrapMeans } from '../../model/evaluate/bootstrap.ts';
import { expOf, wilson } from '../../model/evaluate/estimate.ts';
import {
  causalPlan,
  drawMaskings,
  lastWord as inTokens,
  maskedPlan,
  scoreLastWord,
  splitLastWord,
  type LastWord,
  type LastWordPlan,
  type LastWordScore,
} from '../../model/evaluate/last-word.ts';
import { readTexts, type Answer } from '../../model/evaluate/reading.ts';
import { keptCopy } from '../../offline/copy.ts';
import { integer, LARGEST_SEED, refuse, show } from '../arguments.ts';
import { lastWordWords } from '../messages/evaluate/given.ts';
import { evaluateWords } from '../messages/evaluate/shared.ts';
import type { OpenModel } from '../models.ts';
import { fetchRemote } from '../remote.ts';
import { checkModels, openModels, placeAndDate } from './models.ts';
import {
  ENDINGS,
  USUAL_ENDING,
  type LastWordExample,
  type LastWordOptions,
  type LastWordResult,
  type LastWordRow,
} from './result.ts';
import type { EvaluateContext, EvaluateServices } from './services.ts';
import { readInTurns, type TurnPlace } from './turns.ts';

const MOST_DRAWS = 1024;
const DEFAULT_DRAWS = 64;
/** Items of which it is told what was guessed. */
const EXAMPLES = 6;

/** Where the items that come with the page lie, seen from the folder of its weights. */
const BUNDLED = '../evaluate/last-words.jsonl';

/** What a seed is used for: maskings are not those of a training with the same seed. */
const MASKINGS = 0x10000;

/** Items of a list. @throws UnmaskError 'argument' naming the place in it */
function checkItems(items: unknown): string[] {
  if (!Array.isArray(items) || items.length === 0) {
    throw refuse(lastWordWords.notItems(Array.isArray(items) ? evaluateWords.empty : show(items)));
  }
  return items.map((item: unknown, i) => {
    if (typeof item === 'string' && splitLastWord(item)) return item;
    throw refuse(lastWordWords.tooShort(`items[${i}]`, show(item)));
  });
}

/** Items of a file. @throws UnmaskError 'argument' naming the line */
async function itemsOfFile(file: Blob, name: string): Promise<string[]> {
  const lines = readTextLines(new Uint8Array(await file.arrayBuffer()), name);
  if (lines.length === 0) throw refuse(lastWordWords.noLines(name));
  return lines.map(({ text, line }) => {
    if (splitLastWord(text)) return text;
    throw refuse(lastWordWords.lineTooShort(line, name));
  });
}

/** The items that come with the page. @throws UnmaskError 'not-found' where it was deployed without them; 'network' */
async function bundledItems(services: EvaluateServices, signal: AbortSignal | undefined): Promise<string[]> {
  const url = new URL(BUNDLED, services.base());
  const stop = signal ?? new AbortController().signal;
  try {
    // A tab that is older than what the host has by now goes on with its own.
    const scope = new URL('../', services.base()).href;
    const ours: typeof services.fetcher = async (at, init) =>
      (await keptCopy(url.href, scope)) ?? services.fetcher(at, init);
    const file = await fetchRemote(url, ours, () => undefined, stop);
    return await itemsOfFile(file, 'last-words.jsonl');
  } catch (cause) {
    if (!(cause instanceof UnmaskError && cause.code === 'not-found')) throw cause;
    throw new UnmaskError('not-found', lastWordWords.noneBundled, { cause });
  }
}

/** The items asked for, and what they are called. */
async function itemsOf(
  { items, file = 'items.jsonl' }: LastWordOptions,
  services: EvaluateServices,
  signal: AbortSignal | undefined,
): Promise<{ texts: string[]; source: string }> {
  if (items === undefined) return { texts: await bundledItems(services, signal), source: 'bundled' };
  if (items instanceof Blob) return { texts: await itemsOfFile(items, file), source: file };
  return { texts: checkItems(items), source: 'items' };
}

/** What a model is asked about each item. */
function planItems(
  words: readonly LastWord[],
  { checkpoint: { config } }: OpenModel,
  { draws, seed }: { draws: number; seed: number },
): LastWordPlan[] {
  if (config.kind === 'causal') return words.map(causalPlan);
  return words.map((word, item) =>
    maskedPlan(word, drawMaskings(word, config, { draws, seed, item }), config),
  );
}

/** Have a model guess. @param tell told how many items are done */
async function guess(
  plans: readonly LastWordPlan[],
  place: TurnPlace,
  tell: (done: number) => void,
): Promise<LastWordScore[]> {
  const answers = plans.map((): Answer[] => []);
  const scores: LastWordScore[] = [];
  const asked = plans.flatMap(({ readings }, item) =>
    readings.map((reading, k) => {
      const { tokens, rows } = reading;
      return { tokens, rows: rows.length, reading, item, k };
    }),
  );
  tell(0);
  let done = 0;
  await readInTurns(
    asked,
    place,
    (denoiser, batch) =>
      readTexts(
        denoiser,
        batch.map(({ reading }) => reading),
      ),
    (index, answer) => {
      const { item, k } = asked[index];
      answers[item][k] = answer;
      // Readings of an item have one length, so they come in their order.
      if (k + 1 < plans[item].readings.length) return;
      scores[item] = scoreLastWord(plans[item], answers[item]);
      tell((done += 1));
    },
  );
  return scores;
}

/** What a model guessed of the first items. */
function examplesOf(
  texts: readonly string[],
  scores: readonly LastWordScore[],
  { checkpoint: { tokenizer } }: OpenModel,
): LastWordExample[] {
  return scores.slice(0, EXAMPLES).map(({ guess, correct }, i) => {
    const [text, expected] = splitLastWord(texts[i]) ?? ['', texts[i]];
    const says = tokenizer ? tokenizer.decode(guess) : guess.join(' ');
    return { text, expected: expected.trim(), guess: says.trim(), right: correct };
  });
}

/** How a model did. */
function describe(
  model: OpenModel,
  texts: readonly string[],
  scores: readonly LastWordScore[],
  seed: number,
): LastWordRow {
  const { info, checkpoint } = model;
  const [nll] = bootstrapMeans([scores.map((score) => score.nll)], { seed });
  return {
    ...{ model: info.id, items: scores.length, bound: checkpoint.config.kind !== 'causal' },
    accuracy: wilson(scores.filter(({ correct }) => correct).length, scores.length),
    perplexity: expOf(nll),
    examples: examplesOf(texts, scores, model),
  };
}

/**
 * Answer `lastWord`. Everything is checked, for all models, before the first pass.
 * @throws UnmaskError 'argument' or 'unknown-model' naming the field, the item or the line; 'aborted'
 */
export async function lastWord(
  o: LastWordOptions,
  services: EvaluateServices,
  context: EvaluateContext,
): Promise<LastWordResult> {
  const { models: ids, backend } = checkModels(o);
  const draws = integer('draws', o.draws ?? DEFAULT_DRAWS, 1, MOST_DRAWS);
  const seed = integer('seed', o.seed ?? 0, 0, LARGEST_SEED);
  if (o.ending !== undefined) choice('ending', o.ending, ENDINGS);
  const ending = o.ending ?? USUAL_ENDING[o.items === undefined ? 'bundled' : 'given'];
  if (o.count !== undefined) integer('count', o.count, 1, Number.MAX_SAFE_INTEGER);
  const { texts: all, source } = await itemsOf(o, services, context.signal);
  const texts = all.slice(0, o.count);
  const models = await openModels(ids, services, context);
  const words = models.map(({ checkpoint: { config, tokenizer } }) =>
    texts.map((text, i) => inTokens(text, i + 1, tokenizer, config, ending)),
  );

  const rows: LastWordRow[] = [];
  const total = models.length * texts.length;
  for (const [i, model] of models.entries()) {
    const tell = (done: number): void =>
      context.onEvaluate?.({ stage: 'read', model: ids[i], done: i * texts.length + done, total });
    const plans = planItems(words[i], model, { draws, seed: derivedSeed(seed, MASKINGS) });
    const scores = await guess(plans, { model, backend, services, context }, tell);
    rows.push(describe(model, texts, scores, seed));
  }
  const place = await placeAndDate(backend, services);
  return { version: 1, rows, items: texts.length, source, ending, draws, seed, ...place };
}
