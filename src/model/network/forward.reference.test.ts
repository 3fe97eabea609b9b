import { describe, expect, it } from 'vitest';
import { bundledCheckpoint, fixture, fixtureCheckpoint, type Fixture } from '../../../fixtures/load.ts';
import { subsLogProbs } from '../diffusion/reference.ts';
import { loadReference, referenceLogits, referenceScore } from './forward.reference.ts';

/** Largest |a - b|; NaN counts as infinite. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs(a[i] - b[i]);
    if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
  }
  return largest;
}

/** Text `b` of a golden tensor of B texts. */
const text = <T extends Int32Array | Float32Array>(values: T, texts: number, b: number): T =>
  values.subarray((b * values.length) / texts, ((b + 1) * values.length) / texts) as T;

const goldenText = async (golden: Fixture, b: number): Promise<Int32Array> =>
  text(await golden.ints('xt'), golden.shape('xt')[0], b);

// What is left of the bounds is the rounding of the golden values themselves, which were made in fp32.
describe('the reference network', () => {
  it('has the golden logits of the small network', async () => {
    const network = await loadReference(await fixtureCheckpoint('dit-d64/student'));
    const golden = await fixture('dit-d64/golden');
    for (const b of [0, 1]) {
      const logits = referenceLogits(network, await goldenText(golden, b));
      const error = distance(logits, text(await golden.floats('logits'), 2, b));
      expect(error).toBeLessThan(1e-5);
    }
  });

  it('has those with time conditioning, each at its own time', async () => {
    const checkpoint = await fixtureCheckpoint('dit-d64/student');
    const network = await loadReference({
      ...checkpoint,
      config: { ...checkpoint.config, timeConditioning: true },
    });
    const golden = await fixture('dit-d64/golden');
    const more = await fixture('dit-d64/golden_more');
    const times = await more.floats('time_t');
    for (const b of [0, 1]) {
      const tokens = await goldenText(golden, b);
      const wanted = text(await more.floats('logits_time_conditioned'), 2, b);
      const error = distance(referenceLogits(network, tokens, { t: times[b] }), wanted);
      expect(error).toBeLessThan(1e-5);
      expect(distance(referenceLogits(network, tokens, { t: times[1 - b] }), wanted)).toBeGreaterThan(1e-2);
    }
  });

  it.each(['teacher', 'student'] as const)('has the golden logits of the bundled %s', async (id) => {
    const network = await loadReference(await bundledCheckpoint(id));
    const golden = await fixture('bundled');
    const wanted = await golden.floats(`${id}_logits`);
    for (const b of [0, 1]) {
      const logits = referenceLogits(network, await goldenText(golden, b));
      const error = distance(logits, text(wanted, 2, b));
      expect(error).toBeLessThan(3e-5);
    }
  });

  it('gives chosen rows the same bits as all', async () => {
    const network = await loadReference(await fixtureCheckpoint('dit-d64/student'));
    const tokens = await goldenText(await fixture('dit-d64/golden'), 0);
    const { vocabulary } = network.config;
    const all = referenceLogits(network, tokens);
    const rows = [7, 0, 23];
    const some = referenceLogits(network, tokens, { rows });
    const wanted = rows.flatMap((row) => [...all.subarray(row * vocabulary, (row + 1) * vocabulary)]);
    expect([...some]).toEqual(wanted);
    expect(() => referenceLogits(network, tokens, { rows: [0, 24] })).toThrow('rows[1] is 24');
  });

  it.each([
    ['small', () => fixtureCheckpoint('dit-d64/causal'), 'dit-d64/causal_golden', 'log_probs'],
    ['bundled', () => bundledCheckpoint('causal'), 'bundled', 'causal_log_probs'],
  ] as const)('has the golden log-probabilities of the %s causal network', async (...model) => {
    const [, open, file, name] = model;
    const network = await loadReference(await open());
    const golden = await fixture(file);
    const maskId = network.config.vocabulary - 1;
    // The mask's own column is near -1000, where float32 is coarse.
    const real = (values: Float32Array | Float64Array) => values.filter((_, i) => i % (maskId + 1) < maskId);
    for (const b of [0, 1]) {
      const tokens = text(await golden.ints('x0'), 2, b);
      const wanted = text(await golden.floats(name), 2, b);
      const logits = referenceLogits(network, tokens);
      const logProbs = subsLogProbs(logits, new Uint32Array(tokens.length).fill(maskId), maskId);
      expect(distance(real(logProbs), real(wanted))).toBeLessThan(3e-5);
      const nll = Array.from(tokens.subarray(1), (token, i) => -wanted[i * (maskId + 1) + token]);
      expect(distance(referenceScore(network, tokens), nll)).toBeLessThan(3e-5);
    }
  });

  it('reads nothing of what comes behind, where it is causal', async () => {
    const network = await loadReference(await fixtureCheckpoint('dit-d64/causal'));
    const tokens = [...text(await (await fixture('dit-d64/causal_golden')).ints('x0'), 2, 0)];
    const other = tokens.with(-1, (tokens[tokens.length - 1] + 1) % 130);
    const [a, b] = [tokens, other].map((own) => referenceLogits(network, own));
    const length = (tokens.length - 1) * network.config.vocabulary;
    expect(a.subarray(0, length)).toEqual(b.subarray(0, length));
    expect(distance(a.subarray(length), b.subarray(length))).toBeGreaterThan(0.1);
  });
});
