import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../model/checkpoint/config.ts';
import { checkInspect } from './arguments.ts';
import { inspect } from './inspect.ts';
import type { Candidates, InspectOptions } from './protocol.ts';
import { FakeDenoiser } from './testing.ts';

/** Five real tokens and the mask. */
const MASK = 5;
const config: ModelConfig = {
  ...{ name: 'fake', kind: 'diffusion', hidden: 8, heads: 1, blocks: 1, condDim: 4, length: 8 },
  ...{ vocabulary: MASK + 1, timeConditioning: false, samplingEps: 1e-5 },
};

/** Chances 0.4, 0.3, 0.2, 0.05, 0.05 from the likeliest down; the mask's own logit is the largest of all. */
const CHANCES = [0.2, 0.05, 0.4, 0.05, 0.3];
const logits = [...CHANCES.map(Math.log), 9];

const look = async (options: Partial<InspectOptions>, rows = () => logits): Promise<Candidates[]> => {
  const denoiser = new FakeDenoiser(config);
  denoiser.rowLogits = rows;
  const given = { model: 'fake', tokens: [1, MASK, 2, MASK], positions: [3], ...options };
  return inspect(denoiser, checkInspect(given, config));
};

const entropy = (chances: number[]): number => chances.reduce((sum, p) => sum - p * Math.log(p), 0);
const near = (value: number): unknown => expect.closeTo(value, 6);

describe('inspect', () => {
  it('gives candidates from the likeliest down, ties by id, never the mask, and the entropy of the law', async () => {
    const [{ position, entropy: e, candidates }] = await look({});
    expect(position).toBe(3);
    expect(candidates.map(({ token }) => token)).toEqual([2, 4, 0, 1, 3]);
    expect(candidates.map(({ probability }) => probability)).toEqual([0.4, 0.3, 0.2, 0.05, 0.05].map(near));
    expect(e).toEqual(near(entropy(CHANCES)));
    expect((await look({ top: 4 }))[0].candidates.map(({ token }) => token)).toEqual([2, 4, 0, 1]);
  });

  it('looks at the slots asked for, each by its own row, in their order', async () => {
    const denoiser = new FakeDenoiser(config);
    denoiser.rowLogits = (row) => Array.from({ length: MASK }, (_, id) => (id === row ? 20 : 0));
    const options = { model: 'fake', tokens: [MASK, MASK, 0, MASK], positions: [3, 0] };
    const found = await inspect(denoiser, checkInspect(options, config));
    expect(found.map(({ position, candidates }) => [position, candidates[0].token])).toEqual([
      [3, 3],
      [0, 0],
    ]);
  });

  it('leaves out what top-p cuts off, and measures the law that is left', async () => {
    const [{ candidates, entropy: e }] = await look({ topP: 0.6 });
    expect(candidates).toEqual([
      { token: 2, probability: near(4 / 7) },
      { token: 4, probability: near(3 / 7) },
    ]);
    expect(e).toEqual(near(entropy([4 / 7, 3 / 7])));
  });

  it('divides by the temperature', async () => {
    const [{ candidates }] = await look({ temperature: 0.5, top: 1 });
    const squares = CHANCES.reduce((sum, p) => sum + p * p, 0);
    expect(candidates[0]).toEqual({ token: 2, probability: near(0.16 / squares) });
  });

  it('ranks the token that was drawn, ties by id', async () => {
    const drawn = async (token: number, options: Partial<InspectOptions> = {}) =>
      (await look({ drawn: [token], ...options }))[0].drawn;
    expect(await drawn(2)).toEqual({ token: 2, probability: near(0.4), rank: 1 });
    expect(await drawn(1)).toEqual({ token: 1, probability: near(0.05), rank: 4 });
    expect(await drawn(3)).toEqual({ token: 3, probability: near(0.05), rank: 5 });
    // Outside the nucleus: no chance, and the rank that it has without top-p.
    expect(await drawn(3, { topP: 0.6 })).toEqual({ token: 3, probability: 0, rank: 5 });
    expect(await drawn(0, { topP: 0.6 })).toEqual({ token: 0, probability: 0, rank: 3 });
    expect((await look({}))[0]).not.toHaveProperty('drawn');
  });

  it('keeps the order of logits whose chances are 0 in float64', async () => {
    const rows = () => [-2000, 0, -3000, -1000, -4000, 0];
    const [{ candidates, drawn }] = await look({ drawn: [2] }, rows);
    expect(candidates).toEqual([{ token: 1, probability: 1 }]);
    expect(drawn).toEqual({ token: 2, probability: 0, rank: 4 });
  });

  it.each<[Partial<Record<keyof InspectOptions, unknown>>, RegExp]>([
    [{ positions: undefined }, /^positions is missing: give an array of masked slots/],
    [{ positions: [] }, /^positions is an array/],
    [{ positions: [4] }, /^positions\[0\] is 4: .* 0 to 3/],
    [{ positions: [1, -1] }, /^positions\[1\] is -1/],
    [{ positions: [0] }, /^positions\[0\] is 0, which is not masked/],
    [{ positions: [1, 3, 1] }, /^positions\[2\] is 1, as positions\[0\] is: name each slot once\.$/],
    [{ drawn: [1, 2] }, /^drawn must hold one token for each of the 1 positions/],
    [{ drawn: [MASK] }, /^drawn\[0\] is 5: .* 0 to 4/],
    [{ top: 0 }, /^top is 0: .* 1 to 100/],
    [{ topP: 0 }, /^topP is 0/],
    [{ temperature: -1 }, /^temperature is -1/],
    [{ t: 0 }, /^t must hold/],
    [{ tokens: [9] }, /is 9: .* 0 to 5/],
  ])('refuses %j', async (options, message) => {
    await expect(look(options as Partial<InspectOptions>)).rejects.toMatchObject({
      code: 'argument',
      message: expect.stringMatching(message) as unknown,
    });
  });
});
