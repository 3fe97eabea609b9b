import { describe, expect, it } from 'vitest';
import {
  argmax,
  drawToken,
  entropyOf,
  logSumExp,
  tokenProbabilities,
} from '../../gpu/kernels/sample/sample.reference.ts';
import { threefry2x32 } from '../../gpu/random.ts';
import { TokenDraw } from './draw.ts';

const MASK = 300;

/** Logits of a vocabulary whose mask would win if it were looked at; some are equal to others. */
function logitsOf(seed: number, spread: number): Float32Array {
  return Float32Array.from({ length: MASK + 1 }, (_, v) =>
    v === MASK ? 1e4 : spread * (threefry2x32([seed, 0], [v, 0])[0] % 200) * 0.01,
  );
}

const cases = [1, 0.3, 2.5].flatMap((temperature) =>
  [1, 0.95, 0.5, 1e-6].flatMap((topP) => [0.5, 5, 80].map((spread) => ({ temperature, topP, spread }))),
);

describe('a token drawn in one go', () => {
  it.each(cases)('is that of the reference: $temperature, $topP, spread $spread', (c) => {
    const { temperature, topP, spread } = c;
    const one = new TokenDraw(MASK);
    for (let seed = 0; seed < 60; seed++) {
      const logits = logitsOf(seed, spread);
      const address = { seed, sample: seed % 3, position: seed % 7, draw: seed % 5 };
      const law = tokenProbabilities(logits, MASK, temperature, topP);
      const drawn = one.draw(logits, temperature, topP, address);
      expect(drawn.token).toBe(drawToken(law, address));
      expect(Math.abs(drawn.probability - law[drawn.token])).toBeLessThan(1e-12);
      expect(Math.abs(drawn.entropy - entropyOf(law))).toBeLessThan(1e-12);
    }
  });

  it('is the likeliest one where asked, the first of equal ones, with its chance among all', () => {
    const one = new TokenDraw(MASK);
    for (let seed = 0; seed < 20; seed++) {
      const logits = logitsOf(seed, 5);
      const law = tokenProbabilities(logits, MASK, 0.7, 1);
      const drawn = one.likeliest(logits, 0.7);
      expect(drawn.token).toBe(argmax(MASK, (v) => logits[v]));
      expect(Math.abs(drawn.probability - law[drawn.token])).toBeLessThan(1e-12);
      expect(Math.abs(drawn.entropy - entropyOf(law))).toBeLessThan(1e-12);
    }
  });

  it('is right at extreme values, and of a vocabulary of odd size', () => {
    const one = new TokenDraw(3);
    const address = { seed: 1, sample: 0, position: 0 };
    const drawn = one.draw(Float32Array.of(-1e30, 3e30, 0, 5e30), 1e-3, 1, address);
    expect(drawn).toEqual({ token: 1, probability: 1, entropy: 0 });
    const even = Float32Array.of(-9, -9, -9, 0);
    expect(one.draw(even, 1, 0.5, address).token).toBe(
      drawToken(tokenProbabilities(even, 3, 1, 0.5), address),
    );
    expect(one.draw(even, 1, 1, address).entropy).toBeCloseTo(logSumExp([0, 0, 0], 0, 3), 12);
  });
});
