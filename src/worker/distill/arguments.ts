/** Checks what the calls of training are given; every refusal names the field and what it may hold. */
import { trainOptionWords } from '../../model/messages/train-options.ts';
import { requestWords } from '../messages/arguments.ts';
import { choice } from '../../model/arguments.ts';
import type { ModelConfig } from '../../model/checkpoint/config.ts';
import type { GradientBatch } from '../../model/distill/gradients.ts';
import { checkTexts } from '../../model/distill/update-options.ts';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.ts';
import {
  checkCausal,
  checkDiffusion,
  checkIds,
  checkModel,
  checkTimes,
  integer,
  refuse,
  show,
} from '../arguments.ts';
import {
  distillArgumentWords,
  gradientWords,
  trainArgumentWords as trainWords,
} from '../messages/distill/arguments.ts';
import type { GradientOptions, TrainOptions } from './result.ts';

/** The name of a saved run. */
export function checkRun(run: unknown): string {
  if (typeof run === 'string' && run !== '') return run;
  throw refuse(distillArgumentWords.run(show(run)));
}

/** Most texts of a batch whose gradients are asked for. */
const MOST_TEXTS = 512;

/** Far above any real vocabulary. */
const MOST_TOKENS = 2 ** 24;

/** A log-probability may be so far above 0, by rounding. */
const ROUNDING = 1e-3;

type Texts = ReturnType<typeof checkIds>;

/** `xt`: ids 0..V - 1. */
function checkMasked(xt: unknown, { vocabulary, length }: ModelConfig): Texts {
  const texts = checkIds('xt', xt, length, vocabulary - 1);
  integer(gradientWords.textsIn('xt'), texts.batch, 1, MOST_TEXTS);
  return texts;
}

/** `x0`: ids of real tokens. */
function checkClean(x0: unknown, { vocabulary, length }: ModelConfig): Texts {
  const texts = checkIds('x0', x0, length, vocabulary - 2);
  integer(gradientWords.textsIn('x0'), texts.batch, 1, MOST_TEXTS);
  return texts;
}

/** `x0` beside `xt`: what is not masked is the same in both. */
function checkPair(x0: unknown, xt: Texts, config: ModelConfig): Uint32Array {
  const { tokens, batch, length } = checkClean(x0, config);
  if (batch !== xt.batch || length !== xt.length) {
    throw refuse(gradientWords.otherShape({ batch, length }, xt));
  }
  const maskId = config.vocabulary - 1;
  const wrong = xt.tokens.findIndex((id, row) => id !== maskId && id !== tokens[row]);
  if (wrong < 0) return tokens;
  const place = `[${Math.floor(wrong / length)}][${wrong % length}]`;
  throw refuse(gradientWords.otherToken(place, xt.tokens[wrong], tokens[wrong], maskId));
}

/** `targetLogProbs` beside `xt`. */
function checkTargets(targets: unknown, { batch, length }: Texts, { vocabulary }: ModelConfig): Float32Array {
  const shape = `${batch} x ${length} x ${vocabulary}`;
  if (!(targets instanceof Float32Array)) {
    throw refuse(gradientWords.notTargets(show(targets), shape));
  }
  const wanted = batch * length * vocabulary;
  if (targets.length !== wanted) {
    throw refuse(gradientWords.countOfTargets(targets.length, wanted, shape));
  }
  const wrong = targets.findIndex((value) => !(value <= ROUNDING && value > -Infinity));
  if (wrong < 0) return targets;
  throw refuse(gradientWords.target(wrong, targets[wrong]));
}

/**
 * Check the options of `lossAndGradients` against a model.
 * @throws UnmaskError 'argument'
 */
export function checkGradients(o: GradientOptions, config: ModelConfig): GradientBatch {
  const loss = choice('loss', o.loss, ['kl-bwd', 'kl-fwd', 'mse', 'tvd', 'mdlm', 'causal']);
  if (loss === 'causal') {
    checkCausal('model', o.model, config);
    const { tokens: x0, batch, length } = checkClean(o.x0, config);
    integer(requestWords.lengthOf('x0[0]'), length, 2, config.length);
    return { loss, batch, length, x0 };
  }
  checkDiffusion(o.model, config, gradientWords.trainedBy(loss));
  const xt = checkMasked(o.xt, config);
  const { tokens, batch, length } = xt;
  if (loss === 'mdlm') {
    const x0 = checkPair(o.x0, xt, config);
    const t = Float64Array.from(checkTimes(o.t, batch));
    return { loss, batch, length, xt: tokens, x0, t };
  }
  const targetLogProbs = checkTargets(o.targetLogProbs, xt, config);
  const t = Float64Array.from(checkTimes(o.t ?? new Array<number>(batch).fill(1), batch));
  return { loss, batch, length, xt: tokens, t, targetLogProbs };
}

/** Options of `train`, as far as no model is needed for that; `resolveTraining` has the rest. @throws UnmaskError 'argument' */
export function checkTrain(o: TrainOptions): void {
  const { init, config, tokenizer, vocabulary, save } = o as Partial<Record<keyof TrainOptions, unknown>>;
  checkTexts(o.data, trainOptionWords.giveTexts.needed);
  if (save !== undefined && !(typeof save === 'string' && /^[\w-]{1,64}$/.test(save))) {
    throw refuse(trainWords.save(show(save)));
  }
  if (init !== undefined) {
    for (const [field, value] of Object.entries({ config, tokenizer, vocabulary })) {
      if (value === undefined) continue;
      throw refuse(trainWords.withInit(field));
    }
    checkModel(init);
    return;
  }
  if (typeof config !== 'object' || config === null) {
    throw refuse(trainWords.config(show(config)));
  }
  if (tokenizer === undefined && vocabulary === undefined) {
    throw refuse(trainWords.noVocabulary);
  }
  const object = typeof tokenizer === 'object' && tokenizer !== null;
  if (tokenizer !== undefined && typeof tokenizer !== 'string' && !object) {
    throw refuse(requestWords.tokenizer(show(tokenizer)));
  }
  if (vocabulary !== undefined) integer('vocabulary', vocabulary, 2, MOST_TOKENS);
}

/** `vocabulary` beside a tokenizer. @returns V */
export function vocabularyWith(tokenizer: Tokenizer | undefined, given: number | undefined): number {
  if (!tokenizer) return given!;
  const { size } = tokenizer;
  if (given === undefined || given === size + 1) return size + 1;
  throw refuse(trainWords.vocabulary(given, size));
}
