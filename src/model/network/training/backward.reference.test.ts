import { describe, expect, it } from 'vitest';
import { fixture, fixtureCheckpoint } from '../../../../fixtures/load.ts';
import golden from '../../../../fixtures/golden/dit-d64/golden.json' with { type: 'json' };
import { integers, largestError, normals } from '../../../gpu/checks/numbers.ts';
import { targetOf } from '../../../gpu/kernels/target/target.reference.ts';
import { centralDifferences } from '../../../testing/differences.ts';
import type { ModelConfig } from '../../checkpoint/config.ts';
import { goldenBatch, goldenErrors, referenceBatch } from '../../distill/gradients.testing.ts';
import type { GradientBatch } from '../../distill/gradients.ts';
import { loadReference, referenceLogits } from '../forward.reference.ts';
import { tinyNetwork } from '../testing.ts';
import { referenceGradients, referenceLoss, type ReferenceParameters } from './backward.reference.ts';

describe('the reference of the backward pass', () => {
  // The golden gradients were made in fp32, which rounds the mask's column of mse and tvd to steps of 0.0625. Of tvd only the
  // signs of the differences count, and they are the same; the slopes of mse are off by the rounding itself.
  it.each([
    { loss: 'kl-bwd', wanted: golden.losses_float64.with_mask_column['kl-bwd'], bound: 5e-6 },
    { loss: 'kl-fwd', wanted: golden.losses_float64.with_mask_column['kl-fwd'], bound: 5e-6 },
    { loss: 'mse', wanted: golden.losses_float64.with_mask_column.mse, bound: 5e-4 },
    { loss: 'tvd', wanted: golden.losses_float64.with_mask_column.tvd, bound: 5e-6 },
    { loss: 'mdlm', wanted: golden.losses.mdlm_nelbo, bound: 5e-6 },
  ] as const)('has loss and gradients of the golden $loss', async ({ loss, wanted, bound }) => {
    const network = await loadReference(await fixtureCheckpoint('dit-d64/student'));
    const batch = referenceBatch(await goldenBatch(loss), network.config.vocabulary);
    const found = referenceGradients(network, batch);
    expect(Math.abs(found.loss / wanted - 1)).toBeLessThan(1e-6);
    const errors = await goldenErrors(`grads_${loss}`, found.gradients);
    expect(errors).toHaveLength(30);
    expect(errors.filter(({ error }) => !(error <= bound))).toEqual([]);
  });

  it.each(['dit-d64/student', 'dit-d64/causal'] as const)('has the logits of %s', async (name) => {
    const opened = await fixtureCheckpoint(name);
    const timeConditioning = opened.config.kind === 'diffusion';
    const network = await loadReference({ ...opened, config: { ...opened.config, timeConditioning } });
    const tokens = await (await fixture('dit-d64/golden')).ints('xt');
    const [length, times, rows] = [24, [0.9, 0.2], [3, 7, 24, 40]];
    const found: Float64Array[] = [];
    const lossOf = (logits: Float64Array) => {
      found.push(logits);
      return { loss: 0, gradient: logits };
    };
    referenceLoss(network, { tokens, length, times, rows, lossOf, scale: 1 });
    rows.forEach((row, slot) => {
      const text = Math.floor(row / length);
      const own = tokens.subarray(text * length, (text + 1) * length);
      const wanted = referenceLogits(network, own, { t: times[text], rows: [row % length] });
      expect(largestError(found[slot], wanted)).toBeLessThan(1e-12);
    });
  });

  /** A network of a few hundred parameters, in float64. */
  function small(changes: Partial<ModelConfig>): {
    network: ReferenceParameters;
    tensors: Record<string, Float64Array>;
  } {
    const sizes = { hidden: 8, condDim: 4, vocabulary: 6, blocks: 2, ...changes };
    const { layout, parameters } = tinyNetwork(sizes, 3);
    const tensors = Object.fromEntries(
      Object.entries(layout.tensors(parameters)).map(([name, values]) => [name, Float64Array.from(values)]),
    );
    return { network: { config: layout.config, tensor: (name) => tensors[name] }, tensors };
  }

  const [batch, length, vocabulary] = [2, 3, 6];
  const x0 = integers(4, batch * length, vocabulary - 1);
  const xt = x0.map((token, row) => ([0, 2, 4].includes(row) ? vocabulary - 1 : token));
  const laws = Array.from(x0, (_, row) => [...targetOf(normals(50 + row, vocabulary))]);
  const t = Float64Array.of(0.8, 0.3);

  it.each<[string, Partial<ModelConfig>, GradientBatch]>([
    ['mdlm, times', { timeConditioning: true }, { batch, length, loss: 'mdlm', xt, x0, t }],
    [
      'kl-bwd, no times',
      {},
      { batch, length, loss: 'kl-bwd', xt, t, targetLogProbs: Float32Array.from(laws.flat()) },
    ],
    ['causal', { kind: 'causal', condDim: 0 }, { batch, length, loss: 'causal', x0 }],
  ])('agrees with central differences: %s', (_, changes, given) => {
    const { network, tensors } = small(changes);
    const own = referenceBatch(given, vocabulary);
    const { gradients } = referenceGradients(network, own);
    expect(Object.keys(gradients).sort()).toEqual(Object.keys(tensors).sort());
    Object.entries(tensors).forEach(([name, values], i) => {
      const places = [...new Set(integers(60 + i, 4, values.length))];
      const differences = centralDifferences(
        (x) => {
          const kept = Float64Array.from(places, (place) => values[place]);
          places.forEach((place, j) => (values[place] = x[j]));
          const loss = referenceLoss(network, own);
          places.forEach((place, j) => (values[place] = kept[j]));
          return loss;
        },
        Float64Array.from(places, (place) => values[place]),
      );
      const found = Float64Array.from(places, (place) => gradients[name][place]);
      expect(largestError(found, differences), name).toBeLessThan(1e-8);
    });
  });
});
