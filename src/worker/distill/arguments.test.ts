import { beforeAll, describe, expect, it } from 'vitest';
import { fixtureCheckpoint } from '../../../fixtures/load.ts';
import type { ModelConfig } from '../../model/checkpoint/config.ts';
import { UnmaskError } from '../../model/errors.ts';
import { resolveTraining } from '../../model/distill/update-options.ts';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.ts';
import { checkGradients, checkTrain, vocabularyWith } from './arguments.ts';
import type { GradientOptions, TrainOptions } from './result.ts';

let configs: Record<'diffusion' | 'causal', ModelConfig>;
beforeAll(async () => {
  const [student, causal] = ['dit-d64/student', 'dit-d64/causal'] as const;
  configs = {
    diffusion: (await fixtureCheckpoint(student)).config,
    causal: (await fixtureCheckpoint(causal)).config,
  };
});

/** V = 131, the mask is 130. */
const [mask, vocabulary] = [130, 131];
const xt = [
  [1, mask, 3],
  [mask, 5, mask],
];
const x0 = [
  [1, 2, 3],
  [4, 5, 6],
];
const targetLogProbs = new Float32Array(6 * vocabulary).fill(-5);
const whole = { model: 'm', xt, x0, t: [0.25, 1], targetLogProbs };

describe('lossAndGradients', () => {
  it('takes what a loss reads, and leaves alone what it does not', () => {
    const shape = { batch: 2, length: 3 };
    const tokens = Uint32Array.from(xt.flat());
    const t = Float64Array.of(0.25, 1);
    expect(checkGradients({ ...whole, loss: 'kl-bwd' }, configs.diffusion)).toEqual({
      ...{ loss: 'kl-bwd', ...shape, xt: tokens, t, targetLogProbs },
    });
    expect(checkGradients({ ...whole, loss: 'mdlm' }, configs.diffusion)).toEqual({
      ...{ loss: 'mdlm', ...shape, xt: tokens, t, x0: Uint32Array.from(x0.flat()) },
    });
    expect(checkGradients({ ...whole, loss: 'causal' }, configs.causal)).toEqual({
      ...{ loss: 'causal', ...shape, x0: Uint32Array.from(x0.flat()) },
    });
    const { t: _, ...timeless } = whole;
    expect(checkGradients({ ...timeless, loss: 'tvd' }, configs.diffusion)).toMatchObject({
      t: Float64Array.of(1, 1),
    });
  });

  const positive = targetLogProbs.with(7, 0.5);
  const endless = targetLogProbs.with(8, -Infinity);
  it.each<[Record<string, unknown>, RegExp]>([
    [{ loss: 'kl' }, /^loss is "kl": give "kl-bwd", .* or "causal"/],
    [{ loss: 'mdlm', t: undefined }, /^t must hold one time above 0 .* each of the 2 texts/],
    [{ loss: 'mdlm', t: [0, 1] }, /^t must hold/],
    [{ loss: 'kl-bwd', t: [1] }, /^t must hold/],
    [{ loss: 'mse', xt: undefined }, /^xt must be an array of texts/],
    [{ loss: 'mse', xt: [[1, 131]] }, /^xt\[0\]\[1\] is 131: .* from 0 to 130/],
    [{ loss: 'mse', xt: [[1, 2], [1]] }, /^xt\[1\] has 1 ids and xt\[0\] has 2/],
    [{ loss: 'mdlm', x0: undefined }, /^x0 must be an array of texts/],
    [{ loss: 'mdlm', x0: xt }, /^x0\[0\]\[1\] is 130: .* from 0 to 129/],
    [{ loss: 'mdlm', x0: [[1, 2, 3]] }, /^x0 is 1 texts of 3 ids, but xt is 2 of 3/],
    [{ loss: 'mdlm', x0: [x0[0], [4, 9, 6]] }, /^xt\[1\]\[1\] is 5, but x0\[1\]\[1\] is 9/],
    [{ loss: 'tvd', targetLogProbs: undefined }, /^targetLogProbs is missing: .* 2 x 3 x 131 values/],
    [{ loss: 'tvd', targetLogProbs: new Float32Array(131) }, /^targetLogProbs has 131 values: give 786/],
    [{ loss: 'tvd', targetLogProbs: positive }, /^targetLogProbs\[7\] is 0.5: give log-probabilities/],
    [{ loss: 'tvd', targetLogProbs: endless }, /^targetLogProbs\[8\] is -Infinity/],
    [{ loss: 'causal' }, /^model is "m", a diffusion model/],
  ])('refuses %o', (changes, message) => {
    const check = () => checkGradients({ ...whole, ...changes } as GradientOptions, configs.diffusion);
    expect(check).toThrow(UnmaskError);
    expect(check).toThrow(message);
  });

  it('refuses a causal model for losses of diffusion, and a text with nothing to foretell', () => {
    expect(() => checkGradients({ ...whole, loss: 'mdlm' }, configs.causal)).toThrow(
      /^The model m is causal/,
    );
    const short: GradientOptions = { model: 'm', loss: 'causal', x0: [[1]] };
    expect(() => checkGradients(short, configs.causal)).toThrow(/^The length of x0\[0\] is 1: .* from 2/);
  });
});

describe('train', () => {
  const scratch = { config: {}, vocabulary: 11, data: ['1 2'], loss: 'mdlm', updates: 5, batch: 4 };
  const { config: _, vocabulary: __, ...bare } = scratch;

  it('takes a network from scratch, or a model', () => {
    checkTrain(scratch as TrainOptions);
    checkTrain({ ...bare, config: {}, tokenizer: '{}', save: 'a-1' } as TrainOptions);
    checkTrain({ ...bare, init: 'teacher' } as TrainOptions);
    expect(resolveTraining(scratch as TrainOptions, configs.diffusion)).toEqual({
      ...{ loss: 'mdlm', updates: 5, batch: 4, accumulate: 1, length: 24, learningRate: 3e-4, warmup: 20 },
      ...{ clip: 1, weightDecay: 0, ema: 0.9999, seed: 0 },
    });
    const tokenizer = { size: 10 } as Tokenizer;
    expect([vocabularyWith(undefined, 7), vocabularyWith(tokenizer, undefined)]).toEqual([7, 11]);
    expect(vocabularyWith(tokenizer, 11)).toBe(11);
    expect(() => vocabularyWith(tokenizer, 10)).toThrow(/^vocabulary is 10, .* 10 tokens: give 11/);
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ data: 'text' }, /^data is "text": give a list of texts\.$/],
    [{ save: 'a b' }, /^save is "a b"/],
    [{ config: undefined }, /^config is missing/],
    [{ vocabulary: undefined }, /^tokenizer and vocabulary are missing/],
    [{ vocabulary: 1 }, /^vocabulary is 1/],
    [{ tokenizer: 3 }, /^tokenizer is 3/],
    [{ init: 'teacher', vocabulary: undefined }, /^init and config are both given/],
    [{ init: '', config: undefined, vocabulary: undefined }, /^model is ""/],
  ])('refuses %o', (changes, message) => {
    expect(() => {
      checkTrain({ ...scratch, ...changes } as TrainOptions);
    }).toThrow(message);
  });

  it('refuses the loss of another kind of network, and a number of updates that is none', () => {
    const resolve = (changes: object, kind: 'diffusion' | 'causal') => () =>
      resolveTraining({ ...scratch, ...changes } as TrainOptions, configs[kind]);
    expect(resolve({}, 'causal')).toThrow(/^loss is "mdlm", but .* is autoregressive: give "causal"/);
    expect(resolve({ loss: 'causal' }, 'diffusion')).toThrow(/is a diffusion network: give "mdlm"/);
    expect(resolve({ loss: 'kl-bwd' }, 'diffusion')).toThrow(/^loss is "kl-bwd"/);
    expect(resolve({ updates: 0 }, 'diffusion')).toThrow(/^updates is 0/);
    expect(resolve({ length: 25 }, 'diffusion')).toThrow(/^length is 25: .* from 2 to 24/);
  });
});
