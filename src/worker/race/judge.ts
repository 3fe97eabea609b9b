/** Says how good the texts of a lane are. */
import type { CausalModel } from '../../model/backend/denoiser.ts';
import { estimate } from '../../model/evaluate/estimate.ts';
import { distinct, perplexity, unigramEntropy } from '../../model/evaluate/measures.ts';
import { checkCausal, refuse } from '../arguments.ts';
import { defaultJudge, sameTokens, type JudgedTexts } from '../judging.ts';
import { raceWords as words } from '../messages/race.ts';
import type { Models, OpenModel } from '../models.ts';
import { scoreTexts, setUpCausal } from '../score.ts';
import type { LaneQuality } from './result.ts';

/** A judge, set up. */
export interface Judge {
  id: string;
  network: CausalModel;
}

/** @throws UnmaskError 'argument' for a judge that cannot judge every lane */
function checkJudge({ info, checkpoint }: OpenModel, lanes: readonly JudgedTexts[]): void {
  const { length: longest, vocabulary } = checkpoint.config;
  checkCausal('judge', info.id, checkpoint.config);
  for (const [i, { model, length }] of lanes.entries()) {
    if (sameTokens(checkpoint, model.checkpoint) === false) {
      const own = model.checkpoint.config.vocabulary;
      throw refuse(words.otherVocabulary(info.id, i, [vocabulary, own]));
    }
    if (length > longest) throw refuse(words.tooLong(info.id, longest, i, length));
  }
}

/** Set a judge up, for the lanes that it judges. */
async function seat(judge: OpenModel, judges: readonly boolean[]): Promise<(Judge | undefined)[]> {
  const seated: Judge = { id: judge.info.id, network: await setUpCausal(judge) };
  return judges.map((does) => (does ? seated : undefined));
}

/**
 * Who judges each lane: the one asked for, or where none is the model "causal", as far as it can.
 * @param asked null: nobody
 * @returns for each lane its judge; undefined where nobody judges
 * @throws UnmaskError 'argument' or 'unknown-model' for a judge that was asked for and cannot judge every lane
 */
export async function chooseJudges(
  asked: string | null | undefined,
  lanes: readonly JudgedTexts[],
  models: Models,
): Promise<(Judge | undefined)[]> {
  const nobody = lanes.map(() => undefined);
  if (asked === null) return nobody;
  if (asked !== undefined) {
    const judge = await models.open(asked);
    checkJudge(judge, lanes);
    return seat(
      judge,
      lanes.map(() => true),
    );
  }
  const found = await defaultJudge(lanes, models);
  return found ? seat(found.judge, found.judges) : nobody;
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
      // Nothing comes twice in a text that has no pair.
      texts.map((text) => distinct(text, 2, positions) ?? 1),
      0,
      1,
    ),
  };
  if (!judge || positions.length === 0) return quality;
  const nll = await scoreTexts(judge.network, texts, on, () => positions);
  return { ...quality, judge: judge.id, perplexity: perplexity(nll) };
}
