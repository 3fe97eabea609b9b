/** Checks what the calls of training are given; every refusal names the field and what it may hold. */
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
import type { GradientOptions, TrainOptions } from './result.ts';

/** The name of a saved run. */
export function checkRun(run: unknown): string {
  if (typeof run === 'string' && run !== '') return run;
  throw refuse(`run is ${show(run)}: give the name of a run, as distillSaved() lists them.`);
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
  integer('The number of texts in xt', texts.batch, 1, MOST_TEXTS);
  return texts;
}

/** `x0`: ids of real tokens. */
function checkClean(x0: unknown, { vocabulary, length }: ModelConfig): Texts {
  const texts = checkIds('x0', x0, length, vocabulary - 2);
  integer('The number of texts in x0', texts.batch, 1, MOST_TEXTS);
  return texts;
}

/** `x0` beside `xt`: what is not masked is the same in both. */
function checkPair(x0: unknown, xt: Texts, config: ModelConfig): Uint32Array {
  const { tokens, batch, length } = checkClean(x0, config);
  if (batch !== xt.batch || length !== xt.length) {
    throw refuse(
      `x0 is ${batch} texts of ${length} ids, but xt is ${xt.batch} of ${xt.length}: give the same shape.`,
    );
  }
  const wrong = xt.tokens.findIndex((id, row) => id !== config.vocabulary - 1 && id !== tokens[row]);
  if (wrong < 0) return tokens;
  const place = `[${Math.floor(wrong / length)}][${wrong % length}]`;
  throw refuse(
    `xt${place} is ${xt.tokens[wrong]}, but x0${place} is ${tokens[wrong]}: where xt is not masked (${config.vocabulary - 1}) both are the same.`,
  );
}

/** `targetLogProbs` beside `xt`. */
function checkTargets(targets: unknown, { batch, length }: Texts, { vocabulary }: ModelConfig): Float32Array {
  const shape = `${batch} x ${length} x ${vocabulary}`;
  if (!(targets instanceof Float32Array)) {
    throw refuse(`targetLogProbs is ${show(targets)}: give one Float32Array of ${shape} values, row-major.`);
  }
  const wanted = batch * length * vocabulary;
  if (targets.length !== wanted) {
    throw refuse(`targetLogProbs has ${targets.length} values: give ${wanted}, ${shape}, row-major.`);
  }
  const wrong = targets.findIndex((value) => !(value <= ROUNDING && value > -Infinity));
  if (wrong < 0) return targets;
  throw refuse(
    `targetLogProbs[${wrong}] is ${targets[wrong]}: give log-probabilities, finite and at most 0; what has no chance may be -1e6.`,
  );
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
    integer('The length of x0[0]', length, 2, config.length);
    return { loss, batch, length, x0 };
  }
  checkDiffusion(o.model, config, `trained by the loss ${loss}`);
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
  checkTexts(o.data, 'give a list of texts');
  if (save !== undefined && !(typeof save === 'string' && /^[\w-]{1,64}$/.test(save))) {
    throw refuse(`save is ${show(save)}: give a name of at most 64 letters, digits, - and _.`);
  }
  if (init !== undefined) {
    for (const [field, value] of Object.entries({ config, tokenizer, vocabulary })) {
      if (value === undefined) continue;
      throw refuse(`init and ${field} are both given: a model has its own, so leave ${field} out.`);
    }
    checkModel(init);
    return;
  }
  if (typeof config !== 'object' || config === null) {
    throw refuse(
      `config is ${show(config)}: give the parsed config.json of a network from scratch, or a model as init.`,
    );
  }
  if (tokenizer === undefined && vocabulary === undefined) {
    throw refuse(
      'tokenizer and vocabulary are missing: give a tokenizer.json, or the size of the vocabulary, mask included.',
    );
  }
  const object = typeof tokenizer === 'object' && tokenizer !== null;
  if (tokenizer !== undefined && typeof tokenizer !== 'string' && !object) {
    throw refuse(`tokenizer is ${show(tokenizer)}: give the parsed tokenizer.json, its text, or its URL.`);
  }
  if (vocabulary !== undefined) integer('vocabulary', vocabulary, 2, MOST_TOKENS);
}

/** `vocabulary` beside a tokenizer. @returns V */
export function vocabularyWith(tokenizer: Tokenizer | undefined, given: number | undefined): number {
  if (!tokenizer) return given!;
  const { size } = tokenizer;
  if (given === undefined || given === size + 1) return size + 1;
  throw refuse(
    `vocabulary is ${given}, but the tokenizer has ${size} tokens: give ${size + 1}, or leave it out.`,
  );
}
