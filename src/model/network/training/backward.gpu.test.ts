import { describe, expect, it } from 'vitest';
import { differing, integers, normals } from '../../../gpu/checks/numbers.ts';
import { targetOf } from '../../../gpu/kernels/target/target.reference.ts';
import { useTestGpu } from '../../../gpu/testing.ts';
import type { ModelConfig } from '../../checkpoint/config.ts';
import { lossAndGradients, type GradientBatch } from '../../distill/gradients.ts';
import { referenceBatch, relativeError } from '../../distill/gradients.testing.ts';
import { tinyNetwork } from '../testing.ts';
import { referenceGradients } from './backward.reference.ts';

const test = useTestGpu();
// Texts end in the middle of a chunk of rows, and the vocabulary in the middle of a vec4.
const [batch, length, vocabulary] = [3, 13, 33];
const count = batch * length;
const x0 = integers(4, count, vocabulary - 1);
const t = Float64Array.of(0.97, 0.4, 0.02);
const masked = (isMasked: (row: number) => boolean): Uint32Array =>
  x0.map((token, row) => (isMasked(row) ? vocabulary - 1 : token));
const targetLogProbs = Float32Array.from(
  Array.from({ length: count }, (_, row) => [...targetOf(normals(100 + row, vocabulary, 2))]).flat(),
);

/** Loss and gradients on the GPU against the reference. @returns relative error of the loss and of each tensor, largest first */
async function compare(changes: Partial<ModelConfig>, given: GradientBatch, memory?: number) {
  const { layout, parameters } = tinyNetwork({ blocks: 2, ...changes });
  const tensors = layout.tensors(parameters);
  const found = await lossAndGradients(
    test.gpu,
    { config: layout.config, tensors: layout.source(parameters), bytes: 0 },
    given,
    memory,
  );
  const network = { config: layout.config, tensor: (name: string) => tensors[name] };
  const expected = referenceGradients(network, referenceBatch(given, vocabulary));
  const errors = Object.entries(expected.gradients).map(([tensor, gradient]) => ({
    tensor,
    error: relativeError(found.gradients[tensor], gradient),
  }));
  expect(Object.keys(found.gradients).sort()).toEqual(errors.map(({ tensor }) => tensor).sort());
  return {
    loss: Math.abs(found.loss - expected.loss) / Math.max(1, expected.loss),
    errors: errors.sort((a, b) => b.error - a.error),
    found,
  };
}

/** 20 times what a software adapter is off by; other GPUs add up in other orders. */
const BOUND = 2e-5;

const some = masked((row) => row % 3 !== 1);

describe('gradients of a batch are those of the reference', () => {
  it.each<[string, Partial<ModelConfig>, GradientBatch]>([
    [
      'of mdlm, each text at a time of its own',
      { timeConditioning: true },
      { batch, length, loss: 'mdlm', xt: some, x0, t },
    ],
    ['of kl-bwd, one modulation for all', {}, { batch, length, loss: 'kl-bwd', xt: some, t, targetLogProbs }],
    [
      'where one text of three has masks',
      { timeConditioning: true },
      { batch, length, loss: 'mdlm', xt: masked((row) => row >= 14 && row < 20), x0, t },
    ],
    ['of a causal network', { kind: 'causal', condDim: 0 }, { batch, length, loss: 'causal', x0 }],
  ])('%s', async (_, changes, given) => {
    const { loss, errors } = await compare(changes, given);
    expect(loss).toBeLessThan(1e-5);
    expect(errors.filter(({ error }) => !(error <= BOUND))).toEqual([]);
  });

  it('where everything is masked, and the head takes it in two parts', async () => {
    const given: GradientBatch = { batch, length, loss: 'kl-bwd', xt: masked(() => true), t, targetLogProbs };
    const [whole, parts] = [await compare({}, given), await compare({}, given, 1)];
    for (const { loss, errors } of [whole, parts]) {
      expect(loss).toBeLessThan(1e-5);
      expect(errors.filter(({ error }) => !(error <= BOUND))).toEqual([]);
    }
    // Added up in another order: chunks of 32 rows, the least there is, and what is left of 39.
    const head = 'output_layer.linear.weight';
    expect(differing(whole.found.gradients[head], parts.found.gradients[head])).toBeGreaterThan(0);
  });

  it('are 0 where nothing is masked', async () => {
    const { found } = await compare({}, { batch, length, loss: 'kl-bwd', xt: x0, t, targetLogProbs });
    expect(found.loss).toBe(0);
    for (const gradient of Object.values(found.gradients))
      expect(gradient.every((value) => value === 0)).toBe(true);
  });
});
