import { describe, expect, it } from 'vitest';
import {
  crossEntropyErrors,
  distillErrors,
  LOSS_BOUND,
  randomLosses,
  randomTargetsFor,
  worst,
} from '../../checks/loss.ts';
import { useTestGpu } from '../../testing.ts';
import { targetOf } from '../target/target.reference.ts';
import { DIVERGENCES } from './loss.ts';

const test = useTestGpu();

const SHAPES = [
  [2, 4, 1],
  [4, 8, 2],
  [131, 132, 2],
  [1023, 1024, 1],
  [1026, 1028, 1],
] as const;

describe.each(DIVERGENCES)('%s', (kind) => {
  it('of any vocabulary is that of the CPU, with its gradient', async () => {
    for (const [vocabulary, stride, count] of SHAPES) {
      const of = randomLosses(vocabulary, stride, count);
      const errors = await distillErrors(test.gpu, test.arena, kind, of, randomTargetsFor(of));
      expect(worst(errors), `${vocabulary} tokens`).toBeLessThan(LOSS_BOUND);
    }
  });

  it('takes laws that are all but certain, of opposite tokens and of the same', async () => {
    const of = randomLosses(67, 68, 3);
    [1e4, 40, -2000].forEach((height, row) => (of.logits[row * 68 + 13 * row] = height));
    const targets = randomTargetsFor(of);
    const certain = new Float32Array(67);
    certain[5] = 300;
    targets.set(targetOf(certain), 2 * 68);
    const errors = await distillErrors(test.gpu, test.arena, kind, of, targets);
    expect(worst(errors)).toBeLessThan(LOSS_BOUND);
  });
});

it('has neither loss nor gradient where a student is on the target', async () => {
  const of = randomLosses(131, 132, 2);
  const targets = new Float32Array(5 * 132);
  for (const row of [0, 1]) {
    targets.set(targetOf(of.logits.subarray(row * 132, row * 132 + 131)), (2 + row) * 132);
  }
  // The reference has 0 for both, or as little as the targets' own rounding makes.
  for (const kind of ['kl-bwd', 'kl-fwd', 'mse'] as const) {
    expect(worst(await distillErrors(test.gpu, test.arena, kind, of, targets))).toBeLessThan(LOSS_BOUND);
  }
});

describe('cross-entropy', () => {
  it('of any vocabulary is that of the CPU, with its gradient', async () => {
    for (const [vocabulary, stride, count] of [...SHAPES, [50_258, 50_260, 1] as const]) {
      const of = randomLosses(vocabulary, stride, count);
      const errors = await crossEntropyErrors(test.gpu, test.arena, of);
      expect(worst(errors), `${vocabulary} tokens`).toBeLessThan(LOSS_BOUND);
    }
  });

  it('takes logits far from 0', async () => {
    const of = randomLosses(67, 68, 3);
    of.logits.forEach((_, i) => (of.logits[i] += [1e4, -1e4, 0][Math.floor(i / 68)]));
    of.logits[2 * 68 + 7] = 1e4;
    // The CPU's labels are none of them: their loss is 1e4.
    expect(worst(await crossEntropyErrors(test.gpu, test.arena, of))).toBeLessThan(LOSS_BOUND);
  });
});
