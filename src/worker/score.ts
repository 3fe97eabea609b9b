/** How likely texts are under a causal model. */
import { cancelledWords } from '../model/messages/cancelled.ts';
import type { CausalModel } from '../model/backend/denoiser.ts';
import { UnmaskError } from '../model/errors.ts';
import { estimate } from '../model/evaluate/estimate.ts';
import { perplexity, unigramEntropy } from '../model/evaluate/measures.ts';
import { checkScore } from './arguments.ts';
import type { Models, OpenModel } from './models.ts';
import type { Backend, ScoreOptions, ScoreResult } from './protocol.ts';
import { MAX_SLOTS } from './sample.ts';

/**
 * Indices of texts, in batches of one length each: no text is padded.
 * @param slots most tokens of a batch; a longer text is one by itself
 */
export function batchesByLength(texts: readonly (readonly number[])[], slots = MAX_SLOTS): number[][] {
  const byLength = new Map<number, number[]>();
  for (const [i, { length }] of texts.entries()) {
    const alike = byLength.get(length);
    if (alike) alike.push(i);
    else byLength.set(length, [i]);
  }
  return [...byLength].flatMap(([length, indices]) => {
    const batch = Math.max(1, Math.floor(slots / length));
    const count = Math.ceil(indices.length / batch);
    return Array.from({ length: count }, (_, i) => indices.slice(i * batch, (i + 1) * batch));
  });
}

/** The network of a model that is known to be causal, set up. */
export async function setUpCausal(model: OpenModel, backend?: Backend): Promise<CausalModel> {
  return (await model.denoiser(backend)) as CausalModel;
}

/**
 * Score texts, which may differ in length.
 * @param texts real token ids that the model takes, 2 or more in each text
 * @param on told after each batch how many texts are done; its signal stops the work between batches, if not before
 * @param positions tokens of a text that count, none of them the first, at least one (default: 2 to L)
 * @returns mean of -log p(token | those before) over the tokens that count, nats; one for each text
 * @throws UnmaskError 'aborted'
 */
export async function scoreTexts(
  model: CausalModel,
  texts: readonly (readonly number[])[],
  on: { signal?: AbortSignal; onBatch?: (done: number) => void } = {},
  positions?: (text: number) => readonly number[],
): Promise<number[]> {
  const means = new Array<number>(texts.length);
  let done = 0;
  for (const indices of batchesByLength(texts)) {
    if (on.signal?.aborted) throw new UnmaskError('aborted', cancelledWords.scoring);
    const { length } = texts[indices[0]];
    const tokens = Uint32Array.from(indices.flatMap((i) => texts[i]));
    const nll = await model.score(tokens, { batch: indices.length, length }, on.signal);
    indices.forEach((text, row) => {
      const all = nll.subarray(row * (length - 1), (row + 1) * (length - 1));
      const own = positions ? positions(text).map((position) => all[position - 1]) : [...all];
      means[text] = own.reduce((sum, value) => sum + value, 0) / own.length;
    });
    done += indices.length;
    on.onBatch?.(done);
  }
  return means;
}

/**
 * Answer `score`.
 * @throws UnmaskError 'argument' for a model that is not causal, or texts that it does not take; 'aborted'
 */
export async function score(o: ScoreOptions, models: Models, signal?: AbortSignal): Promise<ScoreResult> {
  const model = await models.open(o.model);
  const texts = checkScore(o, model.checkpoint.config);
  const causal = await setUpCausal(model, o.backend);
  const nll = await scoreTexts(causal, texts, signal ? { signal } : {});
  return {
    nll: Float32Array.from(nll),
    perplexity: perplexity(nll).mean,
    entropy: estimate(texts.map((text) => unigramEntropy(text))).mean,
  };
}
