/** Says how good the texts of a lane are. */
import type { CausalModel } from '../../model/backend/denoiser.ts';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.ts';
import { estimate } from '../../model/evaluate/estimate.ts';
import { distinct, perplexity, unigramEntropy } from '../../model/evaluate/measures.ts';
import { checkCausal, refuse } from '../arguments.ts';
import type { Models, OpenModel } from '../models.ts';
import { scoreTexts, setUpCausal } from '../score.ts';
import type { LaneQuality } from './result.ts';

/** Who judges where nobody is named. */
const DEFAULT_JUDGE = 'causal';

/** A judge, set up. */
export interface Judge {
  id: string;
  network: CausalModel;
}

/** What is judged: texts of a model. */
export interface Judged {
  model: OpenModel;
  /** Tokens of each text. */
  length: number;
}

/** Whether ids of two models mean the same text; undefined where one came without a tokenizer, so that nobody knows. */
function sameTokens(a: Checkpoint, b: Checkpoint): boolean | undefined {
  if (a === b) return true;
  if (a.config.vocabulary !== b.config.vocabulary) return false;
  const [one, other] = [a.tokenizer, b.tokenizer];
  if (!one || !other) return undefined;
  if (one.size !== other.size) return false;
  for (let id = 0; id < one.size; id++) if (one.piece(id) !== other.piece(id)) return false;
  return true;
}

/** @throws UnmaskError 'argument' for a judge that cannot judge every lane */
function checkJudge({ info, checkpoint }: OpenModel, lanes: readonly Judged[]): void {
  const { length: longest, vocabulary } = checkpoint.config;
  checkCausal('judge', info.id, checkpoint.config);
  for (const [i, { model, length }] of lanes.entries()) {
    if (sameTokens(checkpoint, model.checkpoint) === false) {
      const sizes = `${vocabulary} and ${model.checkpoint.config.vocabulary} tokens`;
      throw refuse(
        `judge is "${info.id}", whose vocabulary is not that of lanes[${i}] (${sizes}): choose another one, or null for none.`,
      );
    }
    if (length > longest) {
      throw refuse(
        `judge is "${info.id}", which takes ${longest} tokens, but lanes[${i}].length is ${length}: shorten it, or choose another judge.`,
      );
    }
  }
}

/** Set a judge up, for the lanes that it judges. */
async function seat(
  judge: OpenModel,
  judges: (lane: Judged) => boolean,
  lanes: readonly Judged[],
): Promise<(Judge | undefined)[]> {
  const which = lanes.map(judges);
  if (!which.includes(true)) return which.map(() => undefined);
  const seated: Judge = { id: judge.info.id, network: await setUpCausal(judge) };
  return which.map((does) => (does ? seated : undefined));
}

/**
 * Who judges each lane: the one asked for, or where none is the model "causal", as far as it can.
 * @param asked null: nobody
 * @returns for each lane its judge; undefined where nobody judges
 * @throws UnmaskError 'argument' or 'unknown-model' for a judge that was asked for and cannot judge every lane
 */
export async function chooseJudges(
  asked: string | null | undefined,
  lanes: readonly Judged[],
  models: Models,
): Promise<(Judge | undefined)[]> {
  const nobody = lanes.map(() => undefined);
  if (asked === null) return nobody;
  if (asked !== undefined) {
    const judge = await models.open(asked);
    checkJudge(judge, lanes);
    return seat(judge, () => true, lanes);
  }
  const known = (await models.list()).find(({ id, kind }) => id === DEFAULT_JUDGE && kind === 'causal');
  // Its weights are not fetched for nothing.
  if (!lanes.some(({ model }) => model.info.vocabulary === known?.vocabulary)) return nobody;
  const judge = await models.open(DEFAULT_JUDGE);
  const { length: longest } = judge.checkpoint.config;
  return seat(
    judge,
    ({ model, length }) => length <= longest && sameTokens(judge.checkpoint, model.checkpoint) === true,
    lanes,
  );
}

/**
 * Judge the texts of a lane.
 * @param judge a causal model with the tokens of the lane; undefined: nobody
 * @param texts token ids, at least one text, all of one length
 * @param written positions that the lane wrote, the same in all texts: what was given says nothing of it
 * @param on told after each batch how many texts are done; its signal stops the work
 * @throws UnmaskError 'aborted'
 */
export async function judgeTexts(
  judge: Judge | undefined,
  model: string,
  texts: readonly number[][],
  written: readonly number[],
  on: { signal?: AbortSignal; onBatch?: (done: number) => void },
): Promise<LaneQuality> {
  // No causal model has a chance for the first token of a text.
  const positions = written.filter((position) => position > 0);
  const quality: LaneQuality = {
    texts: texts.length,
    selfScored: judge?.id === model,
    entropy: estimate(
      texts.map((text) => unigramEntropy(text, positions)),
      0,
      Math.log(Math.max(1, positions.length)),
    ),
    distinct2: estimate(
      texts.map((text) => distinct(text, 2, positions)),
      0,
      1,
    ),
  };
  if (!judge || positions.length === 0) return quality;
  const nll = await scoreTexts(judge.network, texts, on, positions);
  return { ...quality, judge: judge.id, perplexity: perplexity(nll) };
}
