import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../model/checkpoint/config.ts';
import { checkPair, pair } from './pair.ts';
import type { PairOptions } from './protocol.ts';
import { FakeDenoiser } from './testing.ts';

const MASK = 4;
const LENGTH = 5;
const config: ModelConfig = {
  ...{ name: 'micro', kind: 'diffusion', hidden: 8, heads: 1, blocks: 1, condDim: 4, length: 2048 },
  ...{ vocabulary: MASK + 1, timeConditioning: false, samplingEps: 1e-5 },
};

/** A joint law of slots 1 and 3: token i goes with i, most of the time; rows are a's tokens. */
const JOINT = [
  [0.28, 0.04, 0.02, 0.01],
  [0.03, 0.21, 0.02, 0.04],
  [0.01, 0.02, 0.15, 0.02],
  [0.02, 0.01, 0.01, 0.11],
];
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
const column = (j: number): number[] => JOINT.map((row) => row[j]);
const pA = JOINT.map(sum);
const pB = JOINT.map((_, j) => sum(column(j)));
const near = (values: number[]): unknown[] => values.map((value) => expect.closeTo(value, 6) as number);

/** A model whose conditional laws are those of the joint one; it notes the batches that it is asked for. */
class Micro extends FakeDenoiser {
  readonly asked: string[] = [];

  override logits(
    tokens: Uint32Array,
    shape: { batch: number; length: number },
    _t?: Float32Array,
    rows = new Uint32Array(),
  ): Promise<Float32Array> {
    this.asked.push(`${shape.batch} x ${shape.length}`);
    const { length } = shape;
    return Promise.resolve(
      Float32Array.from(
        [...rows].flatMap((row) => {
          const text = tokens.subarray(row - (row % length), row - (row % length) + length);
          const [a, b] = [text[1], text[3]];
          if (row % length === 3) return [...(a === MASK ? pB : JOINT[a]).map(Math.log), 9];
          return [...(b === MASK ? pA : column(b)).map(Math.log), 9];
        }),
      ),
    );
  }
}

const X_T = [0, MASK, 2, MASK, MASK];
const look = async (options: Partial<PairOptions> = {}, denoiser = new Micro(config)) => {
  const given: PairOptions = { model: 'micro', tokens: X_T, positions: [1, 3], ...options };
  return pair(denoiser, checkPair(given, config));
};
const tv = (i: number): number => sum(JOINT[i].map((p, j) => Math.abs(p / pA[i] - pB[j]))) / 2;

describe('pair', () => {
  it('holds p(a) p(b | a) against p(a) p(b)', async () => {
    const found = await look();
    expect(found.positions).toEqual([1, 3]);
    expect(found.rows.map(({ token }) => token)).toEqual([0, 1, 2, 3]);
    expect(found.rows.map(({ probability }) => probability)).toEqual(near(pA));
    const columns = found.columns.map(({ token }) => token);
    expect(columns).toEqual([0, 1, 2, 3]);
    expect(found.columns.map(({ probability }) => probability)).toEqual(near(pB));
    expect(found.joint).toEqual(JOINT.map(near));
    expect(found.product).toEqual(pA.map((p) => near(pB.map((q) => p * q))));
    expect(found.joint).not.toEqual(found.product.map(near));
    expect(found.held).toBeCloseTo(1, 6);
    expect(found.rows.map(({ distance }) => distance)).toEqual(near([0, 1, 2, 3].map(tv)));
    expect(found.distance).toBeCloseTo(sum([0, 1, 2, 3].map((i) => pA[i] * tv(i))), 6);
    expect(found).not.toHaveProperty('reverse');
  });

  it('shows the likeliest tokens of a, and the columns of the greatest cells', async () => {
    const { rows, columns, joint, held, distance } = await look({ top: 1 });
    expect(rows.map(({ token }) => token)).toEqual([0]);
    expect(columns.map(({ token }) => token)).toEqual([0]);
    expect(joint).toEqual([near([0.28])]);
    expect(held).toBeCloseTo(0.35, 6);
    expect(distance).toBeCloseTo(tv(0), 6);
    const two = await look({ top: 2 });
    // The second of b once a holds 1 is 3.
    expect(two.columns.map(({ token }) => token)).toEqual([0, 1, 3]);
  });

  it('names the likeliest pair by either, which may differ', async () => {
    const swapped = new Micro(config);
    // Each slot likes token 0 best, but once a holds it, b is another.
    swapped.logits = (tokens, { length }, _t, rows) =>
      Promise.resolve(
        Float32Array.from(
          [...rows!].flatMap((row) => {
            const a = tokens[row - (row % length) + 1];
            const law = row % length === 3 && a === 0 ? [0.01, 0.9, 0.05, 0.04] : [0.5, 0.3, 0.1, 0.1];
            return [...law.map(Math.log), 0];
          }),
        ),
      );
    expect((await look({}, swapped)).likeliest).toEqual({ joint: [0, 1], product: [0, 0] });
  });

  it('gives the other order too where it is asked for: of a joint law the same, else not', async () => {
    const { joint, reverse } = await look({ order: 'both' });
    expect(reverse).toEqual(joint.map(near));
    const flipped = await look({ order: 'both', positions: [3, 1] });
    expect(flipped.joint).toEqual(JOINT.map((_, j) => near(column(j))));
    // A model of conditionals need not have a joint law.
    const loose = new Micro(config);
    const strict = new Micro(config);
    loose.logits = async (tokens, shape, t, rows) => {
      const data = await strict.logits(tokens, shape, t, rows);
      if (rows!.every((row) => row % shape.length === 1)) data[0] += 1;
      return data;
    };
    const found = await look({ order: 'both' }, loose);
    expect(found.reverse![0][0]).toBeGreaterThan(found.joint[0][0] + 0.01);
  });

  it('heeds temperature and top-p', async () => {
    const { rows, columns, joint } = await look({ topP: 0.5 });
    // Of a: 0.35 and 0.30; of b given 0: 0.28 alone, given 1: 0.21 alone.
    expect(rows.map(({ probability }) => probability)).toEqual(near([0.35 / 0.65, 0.3 / 0.65]));
    expect(columns.map(({ token }) => token)).toEqual([0, 1]);
    expect(joint).toEqual([near([0.35 / 0.65, 0]), near([0, 0.3 / 0.65])]);
    const cold = await look({ temperature: 0.5, top: 1 });
    expect(cold.rows[0].probability).toBeCloseTo(0.35 ** 2 / sum(pA.map((p) => p * p)), 6);
  });

  it('takes one pass and one batch, cut where texts are long', async () => {
    const short = new Micro(config);
    await look({}, short);
    expect(short.asked).toEqual([`1 x ${LENGTH}`, `4 x ${LENGTH}`]);
    const long = new Micro(config);
    const found = await look({ tokens: [...X_T, ...new Array<number>(2043).fill(MASK)], top: 3 }, long);
    expect(long.asked).toEqual(['1 x 2048', '2 x 2048', '1 x 2048']);
    expect(found.joint).toEqual((await look({ top: 3 })).joint);
  });

  it.each<[Partial<Record<keyof PairOptions, unknown>>, RegExp]>([
    [{ positions: [1] }, /^positions holds 1 slots: give two masked ones/],
    [{ positions: [1, 3, 4] }, /^positions holds 3 slots/],
    [{ positions: [1, 1] }, /^positions\[1\] is 1, as positions\[0\] is/],
    [{ positions: [0, 1] }, /^positions\[0\] is 0, which is not masked/],
    [{ top: 33 }, /^top is 33: .* 1 to 32/],
    [{ order: 'reverse' }, /^order is "reverse": give "first" or "both"/],
    [{ t: 2 }, /^t must hold/],
  ])('refuses %j', async (options, message) => {
    await expect(look(options as Partial<PairOptions>)).rejects.toThrow(message);
  });

  it('says in one sentence that the logits are no numbers', async () => {
    class Broken extends Micro {
      override async logits(...given: Parameters<Micro['logits']>): Promise<Float32Array> {
        return (await super.logits(...given)).fill(NaN, 1, 2);
      }
    }
    await expect(look({}, new Broken(config))).rejects.toThrow(/NaN.*run the self-test/);
  });

  it('stops when it is told to', async () => {
    const checked = checkPair({ model: 'micro', tokens: X_T, positions: [1, 3] }, config);
    await expect(pair(new Micro(config), checked, AbortSignal.abort())).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});
