import { expect, it } from 'vitest';
import { bundledCheckpoint } from '../fixtures/load.ts';
import { drawToken, entropyOf, tokenProbabilities } from '../src/gpu/kernels/sample/sample.reference.ts';
import { loadReference, referenceLogits } from '../src/model/network/forward.reference.ts';
import { tokensAfter } from '../src/trace/trace.ts';
import { recorded } from '../src/ui/watch/recorded.ts';

it('holds up to an audit without a GPU: every chance, every entropy and every draw', async () => {
  const network = await loadReference(await bundledCheckpoint('student'));
  const { trace, seed, sample, maskId, temperature, topP } = recorded.trace;
  let audited = 0;
  for (const [i, { t, positions, tokens, probabilities, entropies }] of trace.entries()) {
    const text = tokensAfter(recorded.trace, i);
    const logits = referenceLogits(network, text, { t, rows: positions });
    for (const [j, position] of positions.entries()) {
      const row = logits.subarray(j * (maskId + 1), (j + 1) * (maskId + 1));
      const law = tokenProbabilities(row, maskId, temperature, topP);
      // Kept to 6 digits, of f32 sums.
      expect(Math.abs(probabilities[j] - law[tokens[j]])).toBeLessThan(1e-5);
      expect(Math.abs(entropies[j] - entropyOf(law))).toBeLessThan(1e-4);
      expect(drawToken(law, { seed, sample, position })).toBe(tokens[j]);
      audited += 1;
    }
  }
  expect(audited).toBe(32);
});
