import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../model/checkpoint/config.ts';
import { crossCheck } from './cross-check.ts';
import { FakeDenoiser } from './testing.ts';

const MASK = 4;

const config = (kind: ModelConfig['kind'], length = 24): ModelConfig => ({
  ...{ name: 'small', kind, hidden: 4, heads: 1, blocks: 1, condDim: 1, length, vocabulary: MASK + 1 },
  ...{ timeConditioning: false, samplingEps: 1e-5 },
});

/** An engine whose logits depend on the row alone; the texts that it is asked for go into `texts`. */
function engine(
  of: ModelConfig,
  rowLogits: (row: number) => number[],
  texts: Uint32Array[] = [],
): FakeDenoiser {
  const model = new FakeDenoiser(of);
  model.rowLogits = rowLogits;
  const logits = model.logits.bind(model);
  model.logits = (tokens, ...more) => {
    texts.push(tokens);
    return logits(tokens, ...more);
  };
  return model;
}

const even = (row: number): number[] => [row % 3, 1, 0, 0.5, 9];

describe.each(['diffusion', 'causal'] as const)('two engines of a %s model', (kind) => {
  it('that are the same agree on every logit and draw', async () => {
    const texts: Uint32Array[] = [];
    const of = config(kind);
    const { masked, draws, equal, ...rest } = await crossCheck(
      'small',
      engine(of, even, texts),
      engine(of, even, texts),
    );
    expect(rest).toEqual({ model: 'small', length: 24, logits: 0 });
    expect(equal).toBe(draws);
    expect(texts[0]).toEqual(texts[1]);
    expect([...texts[0]].filter((token) => token === MASK)).toHaveLength(masked);
    // A causal model draws behind every token of a real text; a diffusion model in masked slots.
    expect(draws).toBe(64 * (kind === 'causal' ? 24 : masked));
    if (kind === 'causal') expect(masked).toBe(0);
    else expect(masked).toBeGreaterThan(8);
  });

  it('are told apart by the largest difference of a logit, and by draws', async () => {
    const of = config(kind);
    const near = engine(of, (row) =>
      even(row).map((value, v) => (v === 2 && row === 7 ? value + 0.5 : value)),
    );
    const far = engine(of, (row) => even(row).map((value, v) => (v === 2 ? value + 1 : value)));
    const ours = engine(of, even);
    expect((await crossCheck('small', ours, near)).logits).toBeCloseTo(0.5, 6);
    const { logits, draws, equal } = await crossCheck('small', ours, far);
    expect(logits).toBeCloseTo(1, 6);
    expect(equal).toBeLessThan(draws);
    // Most draws survive: it is the same noise on either side.
    expect(equal).toBeGreaterThan(0.6 * draws);
  });

  it('do not agree where one of them has no numbers', async () => {
    const of = config(kind);
    const broken = engine(of, (row) => (row === 3 ? [NaN, 0, 0, 0, 0] : even(row)));
    expect((await crossCheck('small', engine(of, even), broken)).logits).toBe(Infinity);
  });

  it('are compared on a text that the model takes', async () => {
    const of = config(kind, 5);
    expect((await crossCheck('small', engine(of, even), engine(of, even))).length).toBe(5);
  });
});
