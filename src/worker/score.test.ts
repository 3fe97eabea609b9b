import { describe, expect, it } from 'vitest';
import type { ScoreOptions } from './protocol.ts';
import { fakeModels, refusal } from './race/race.testing.ts';
import { score } from './score.ts';

const near = (value: number): number => expect.closeTo(value, 5) as number;
const fakes = () => fakeModels({ causal: { length: 8 }, student: {} });

describe('score', () => {
  it('means -log p over the tokens 2 to L of each text, and then over texts', async () => {
    const { models } = fakes();
    // -log p is a tenth of the id, whatever the first token is.
    const { nll, ...means } = await score(
      {
        model: 'causal',
        tokens: [
          [99, 10, 20, 30],
          [0, 40, 40, 40],
        ],
      },
      models,
    );
    expect([...nll]).toEqual([2, 4].map(near));
    expect(nll).toBeInstanceOf(Float32Array);
    expect(means).toEqual({ perplexity: near(Math.exp(3)), entropy: near(Math.log(3) / 2) });
  });

  it('takes texts of different lengths, those of one length together, and keeps their order', async () => {
    const { models, judge } = fakes();
    const tokens = [
      [0, 10],
      [0, 20, 40],
      [0, 50],
      [0, 70, 70, 70, 70],
      [0, 10, 30],
    ];
    const { nll } = await score({ model: 'causal', tokens }, models);
    expect([...nll]).toEqual([1, 3, 5, 7, 2].map(near));
    expect(judge().scored).toEqual(['2 x 2', '2 x 3', '1 x 5']);
  });

  it('cuts many texts into batches', async () => {
    const { models, judge } = fakes();
    const tokens = Array.from({ length: 1025 }, (_, i) => [0, i % 50, i % 50, i % 50]);
    const { nll } = await score({ model: 'causal', tokens }, models);
    expect(judge().scored).toEqual(['1024 x 4', '1 x 4']);
    expect([...nll]).toEqual(tokens.map(([, id]) => near(id / 10)));
  });

  it.each<[Partial<Record<keyof ScoreOptions, unknown>>, RegExp]>([
    [{ model: 'student' }, /^model is "student", a diffusion model: give a causal one/],
    [{ tokens: undefined }, /^tokens must be an array of texts/],
    [{ tokens: [] }, /^tokens must be/],
    [{ tokens: [[0, 1], 5] }, /^tokens must be/],
    [{ tokens: [[0, 1], [0]] }, /^The length of tokens\[1\] is 1: .* 2 to 8/],
    [{ tokens: [Array(9).fill(1)] }, /^The length of tokens\[0\] is 9: .* 2 to 8/],
    [
      {
        tokens: [
          [0, 1],
          [0, 100],
        ],
      },
      /^tokens\[1\]\[1\] is 100: .* 0 to 99/,
    ],
    [{ tokens: [[0, 'a']] }, /^tokens\[0\]\[1\] is "a"/],
    [{ tokens: Array(4097).fill([0, 1]) }, /^The number of texts is 4097: .* 1 to 4096/],
    [{ backend: 'wasm' }, /^backend "wasm"/],
  ])('refuses %j', async (options, message) => {
    const { models, judge } = fakes();
    const request = score({ model: 'causal', tokens: [[0, 1]], ...options } as ScoreOptions, models);
    await expect(request).rejects.toMatchObject(refusal('argument', message));
    expect(judge().scored).toEqual([]);
  });

  it('stops between batches, and lets the model stop within one', async () => {
    const { models, judge } = fakes();
    const controller = new AbortController();
    const options = {
      model: 'causal',
      tokens: [
        [0, 10],
        [0, 20, 40],
        [0, 2, 3, 4],
      ],
    };
    judge().gate = () => {
      if (judge().scored.length === 1) controller.abort();
      return Promise.resolve();
    };
    await expect(score(options, models, controller.signal)).rejects.toMatchObject(
      refusal('aborted', /stopped within/),
    );
    expect(judge().scored).toEqual(['1 x 2']);
    await expect(score(options, models, controller.signal)).rejects.toMatchObject(
      refusal('aborted', /cancelled/),
    );
    expect(judge().scored).toEqual(['1 x 2']);
  });
});
