import { expect, it } from 'vitest';
import { integers } from '../../gpu/checks/numbers.ts';
import { useTestGpu } from '../../gpu/testing.ts';
import { tinyNetwork } from '../network/testing.ts';
import { causalPlan, mdlmPlan } from './corruption.ts';
import { learnByHeart } from './trainer.testing.ts';

const test = useTestGpu();
const shape = { batch: 4, length: 8 };
const maskId = 32;
const batch = { tokens: integers(9, 32, maskId), length: 8, maskId, seed: 2, firstSample: 0 };

it.each([
  { loss: 'mdlm', plan: mdlmPlan(batch, 1e-3), changes: {} },
  { loss: 'causal', plan: causalPlan(batch), changes: { kind: 'causal', condDim: 0 } },
] as const)('learns one batch by heart: $loss', async ({ loss, plan, changes }) => {
  const o = { loss, enough: 0.05, updates: 200, optimizer: { learningRate: 3e-3 } };
  const seen = await learnByHeart(test.gpu, test.arena, tinyNetwork(changes), shape, plan, o);
  expect(seen[0]).toBeGreaterThan(3);
  expect(seen[seen.length - 1]).toBeLessThan(o.enough);
});
