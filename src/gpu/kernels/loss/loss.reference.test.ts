import { describe, expect, it } from 'vitest';
import golden from '../../../../fixtures/golden/dit-d64/golden.json';
import { fixture } from '../../../../fixtures/load.ts';
import { errorBesideLargest, normals } from '../../checks/numbers.ts';
import { targetOf } from '../target/target.reference.ts';
import { crossEntropy, distillLoss, type LossGradient } from './loss.reference.ts';
import { DIVERGENCES } from './loss.ts';

const V = golden.vocab_size;
const values = await fixture('dit-d64/golden');
const biasGradients = await fixture('dit-d64/head_bias_gradients');
const [logits, targets, xt, x0, weights] = await Promise.all([
  values.floats('logits'),
  values.floats('target_log_probs'),
  values.ints('xt'),
  values.ints('x0'),
  values.floats('nelbo_weight'),
]);
const length = values.shape('xt')[1];
const masked = [...xt.keys()].filter((row) => xt[row] === golden.mask_index);
const logitsOf = (row: number) => logits.subarray(row * V, (row + 1) * V);

/** Loss of a batch and the gradient of the head's bias: sums over its rows, times `scale`. */
function sumOf(rows: readonly LossGradient[], scale: number): LossGradient {
  const sum = { loss: 0, gradient: new Float64Array(V) };
  for (const { loss, gradient } of rows) {
    sum.loss += scale * loss;
    gradient.forEach((value, v) => (sum.gradient[v] += scale * value));
  }
  return sum;
}

describe('golden losses', () => {
  const batch = (kind: (typeof DIVERGENCES)[number]) =>
    sumOf(
      masked.map((row) => {
        const target = Float64Array.from(targets.subarray(row * V, (row + 1) * V));
        target[V - 1] += 1e6;
        return distillLoss(kind, logitsOf(row), target);
      }),
      1 / masked.length,
    );

  it.each(DIVERGENCES)('%s is the mean over masked positions', async (kind) => {
    const { loss, gradient } = batch(kind);
    expect(loss / golden.losses_float64.with_mask_column[kind]).toBeCloseTo(1, 10);
    expect(Math.abs(loss / golden.losses[kind] - 1)).toBeLessThan(1e-3);
    // In the released fp32 the mask's column of mse is rounded to steps of 0.0625.
    const bound = kind === 'mse' ? 1e-3 : 1e-6;
    expect(errorBesideLargest(gradient, await biasGradients.floats(kind))).toBeLessThan(bound);
  });

  it('mdlm is the sum over masked positions by weight, for each token of the batch', async () => {
    const rows = masked.map((row) => crossEntropy(logitsOf(row), x0[row], weights[Math.floor(row / length)]));
    const { loss, gradient } = sumOf(rows, 1 / xt.length);
    expect(loss / golden.losses.mdlm_nelbo).toBeCloseTo(1, 6);
    expect(errorBesideLargest(gradient, await biasGradients.floats('mdlm'))).toBeLessThan(1e-6);
  });
});

describe('gradients are finite differences of the losses', () => {
  const student = Float64Array.from(normals(1, 7, 2));
  const target = targetOf(normals(2, 7, 2));
  const differences = (loss: (z: Float64Array) => number) =>
    student.map((_, v) => {
      const moved = (by: number) => loss(student.map((z, u) => z + (u === v ? by : 0)));
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    });

  it.each(DIVERGENCES)('%s', (kind) => {
    const { gradient } = distillLoss(kind, student, target);
    expect(
      errorBesideLargest(
        gradient,
        differences((z) => distillLoss(kind, z, target).loss),
      ),
    ).toBeLessThan(1e-8);
    if (kind.startsWith('kl')) expect(gradient[6]).toBe(0);
    else expect(gradient[6]).not.toBe(0);
  });

  it('cross-entropy', () => {
    const { gradient } = crossEntropy(student, 3, 2.5);
    expect(
      errorBesideLargest(
        gradient,
        differences((z) => crossEntropy(z, 3, 2.5).loss),
      ),
    ).toBeLessThan(1e-8);
    expect(gradient[6]).toBe(0);
  });
});

it('is nothing where the student is on the target', () => {
  const student = normals(1, 7, 2);
  for (const kind of DIVERGENCES) {
    const { loss, gradient } = distillLoss(kind, student, targetOf(student));
    expect(loss).toBe(0);
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-15);
  }
});
