/** Who says how likely texts are. */
import { retokenise, type ScoredText } from '../../model/evaluate/retokenise.ts';
import { checkCausal, refuse, show } from '../arguments.ts';
import { defaultJudge, sameTokenizer, sameTokens } from '../judging.ts';
import { judgeWords as words } from '../messages/evaluate/judge.ts';
import type { OpenModel } from '../models.ts';
import { tokenizerHash } from './hash.ts';
import { hubScorer } from './hub-judge.ts';
import type { EvaluateOptions, JudgeInfo } from './result.ts';
import { causalScorer, isMarked, type Scorer } from './scorer.ts';
import type { EvaluateContext, EvaluateServices } from './services.ts';

/** A judge, set up for the texts of a model. */
export interface TextJudge {
  info: JudgeInfo;
  /** Of its weights and its configuration: it is the model that has the same. */
  hash: string;
  /** Scores are kept by it: says the judge, how it reads the texts, its tokenizer and that of whoever wrote them, and on what it runs. */
  key: string;
  /**
   * Takes turns of the engine, so it is called outside of any.
   * @param texts token ids of the model that wrote them, all of one length
   * @param positions that count, rising, none of them 0, at least one; where it retokenises, all from the first of them on
   * @returns of each text the mean of -log p(token | those before) over what counts, nats per token of the judge
   * @throws UnmaskError 'aborted'; 'argument' for a text that has nothing to be judged
   */
  score(
    texts: readonly number[][],
    positions: readonly number[],
    context: EvaluateContext,
  ): Promise<number[]>;
}

/** A text as it is, behind the token that its judge begins texts with. */
function asItIs(tokens: number[], positions: readonly number[], begins: number | undefined): ScoredText {
  if (begins === undefined || tokens[0] === begins) return { tokens, positions: [...positions] };
  return { tokens: [begins, ...tokens], positions: positions.map((position) => position + 1) };
}

/** A text that may have more tokens than its judge takes, which then judges its beginning. */
function fitted({ tokens, positions }: ScoredText, { longest, info }: Scorer): ScoredText {
  const own = positions.filter((position) => position < longest);
  if (own.length > 0) return { tokens: tokens.slice(0, longest), positions: own };
  throw refuse(
    positions.length === 0 ? words.nothingWritten(info.id) : words.writtenBehind(info.id, longest),
  );
}

/** How a judge reads what a model wrote. @throws UnmaskError 'argument' where it cannot */
function reader(
  scorer: Scorer,
  same: boolean,
  { info: { id }, checkpoint }: OpenModel,
  length: number,
): (text: number[], positions: readonly number[]) => ScoredText {
  const judge = scorer.info.id;
  const { tokenizer, begins, longest } = scorer;
  if (same) {
    const most = begins === undefined || begins === checkpoint.tokenizer?.bos ? longest : longest - 1;
    if (length > most) {
      throw refuse(words.tooLong(judge, most, length));
    }
    return (text, positions) => asItIs(text, positions, begins);
  }
  const writer = checkpoint.tokenizer;
  if (!writer) throw refuse(words.modelWithoutTokenizer(judge, id));
  if (!tokenizer) throw refuse(words.judgeWithoutTokenizer(judge, id));
  if (!isMarked(tokenizer)) throw refuse(words.noBegin(judge));
  return (text, positions) => {
    if (positions.at(-1) !== text.length - 1 || positions.length !== text.length - positions[0]) {
      throw refuse(words.notAtEnd(judge));
    }
    return retokenise(text, positions[0], writer, tokenizer);
  };
}

/** Seat a judge for the texts of a model. @throws UnmaskError 'argument' where it cannot judge them */
async function seat(scorer: Scorer, same: boolean, model: OpenModel, length: number): Promise<TextJudge> {
  const read = reader(scorer, same, model, length);
  return {
    info: { ...scorer.info, retokenised: !same },
    hash: scorer.hash,
    key: JSON.stringify([
      scorer.key,
      await tokenizerHash(model.checkpoint),
      same ? 'as it is' : 'retokenised',
    ]),
    score: (texts, positions, context) =>
      Promise.resolve().then(() =>
        scorer.score(
          texts.map((text) => fitted(read(text, positions), scorer)),
          context,
        ),
      ),
  };
}

/**
 * Find who judges the texts of models, and set it up. Takes turns of the engine, so it is called outside of any.
 * @param asked undefined: the model 'causal' where its tokenizer is theirs; null: nobody
 * @param length tokens of a text
 * @returns for each model its judge; undefined where nobody judges
 * @throws UnmaskError 'argument' for a judge that was asked for and cannot judge
 */
export async function seatJudges(
  asked: EvaluateOptions['judge'],
  models: readonly OpenModel[],
  length: number,
  services: EvaluateServices,
  context: EvaluateContext,
): Promise<(TextJudge | undefined)[]> {
  const nobody = models.map(() => undefined);
  if (asked === null) return nobody;
  if (asked === undefined) {
    const texts = models.map((model) => ({ model, length }));
    const found = await services.turn(context, () => defaultJudge(texts, services.models(context)));
    if (!found) return nobody;
    const scorer = await causalScorer(found.judge, services, context);
    return await Promise.all(
      models.map(async (model, i) => (found.judges[i] ? await seat(scorer, true, model, length) : undefined)),
    );
  }
  if (typeof asked === 'string') {
    const judge = await services.turn(context, () => services.models(context).open(asked));
    checkCausal('judge', asked, judge.checkpoint.config);
    const same = ({ checkpoint }: OpenModel): boolean => sameTokens(judge.checkpoint, checkpoint) !== false;
    const scorer = await causalScorer(judge, services, context);
    return await Promise.all(models.map((model) => seat(scorer, same(model), model, length)));
  }
  if (typeof asked !== 'object') {
    throw refuse(words.nobody(show(asked)));
  }
  // Before anything large is fetched.
  const mute = models.find(({ checkpoint }) => !checkpoint.tokenizer);
  if (mute) throw refuse(words.modelWithoutTokenizer(show(asked.repo).replaceAll('"', ''), mute.info.id));
  const scorer = await hubScorer(asked, services, context);
  return await Promise.all(
    models.map((model) => {
      const { tokenizer } = model.checkpoint;
      return seat(
        scorer,
        tokenizer !== undefined && sameTokenizer(tokenizer, scorer.tokenizer),
        model,
        length,
      );
    }),
  );
}
