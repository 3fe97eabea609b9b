import { beforeAll, expect, it } from 'vitest';
import { fixtureCheckpoint } from '../../../fixtures/load.ts';
import { ParameterLayout } from '../network/parameters.ts';
import { initialValues } from './initial.ts';

let layouts: ParameterLayout[];
beforeAll(async () => {
  const checkpoints = await Promise.all(
    (['dit-d64/student', 'dit-d64/causal'] as const).map((name) => fixtureCheckpoint(name)),
  );
  layouts = checkpoints.map(({ config }) => new ParameterLayout(config));
});

it('draws what is drawn from a normal law, and nothing else', () => {
  for (const layout of layouts) {
    const tensors = layout.tensors(initialValues(layout, 7));
    for (const [name, values] of Object.entries(tensors)) {
      if (/norm(1|2|_final)\.weight$/.test(name)) expect(values.every((value) => value === 1)).toBe(true);
      else if (/bias$|adaLN|output_layer\.linear/.test(name))
        expect(values.some((value) => value !== 0)).toBe(false);
      else {
        // n values have a mean within 4.5 deviations of it, and moments as of a normal law; a uniform one has a fourth of 1.8.
        const n = values.length;
        const moment = (k: number): number => values.reduce((sum, value) => sum + (value / 0.02) ** k, 0) / n;
        expect(Math.abs(moment(1)), name).toBeLessThan(4.5 / Math.sqrt(n));
        expect(Math.abs(moment(2) - 1), name).toBeLessThan(4.5 * Math.sqrt(2 / n));
        expect(Math.abs(moment(4) - 3), name).toBeLessThan(4.5 * Math.sqrt(96 / n));
      }
    }
  }
});

it('is the same for a seed, and another one for another seed or tensor', () => {
  const [layout] = layouts;
  const values = initialValues(layout, 7);
  expect(initialValues(layout, 7)).toEqual(values);
  const [a, b] = [values, initialValues(layout, 8)].map((v) => layout.tensors(v));
  const [one, two] = ['blocks.0.attn_out.weight', 'blocks.1.attn_out.weight'];
  expect(b[one]).not.toEqual(a[one]);
  expect(a[two]).not.toEqual(a[one]);
  // What lies between tensors is not written.
  expect(values.filter((value) => value !== 0).length).toBeLessThanOrEqual(
    Object.values(a).reduce((sum, tensor) => sum + tensor.length, 0),
  );
});
