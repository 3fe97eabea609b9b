import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';
import { parameterCount, RELEASED_SHAPES, SHAPE_NAMES, shapeConfig } from './released-shapes.ts';

/** The number in a name, such as "1.3B". */
const named = (name: string): number => parseFloat(name) * (name.endsWith('B') ? 1e9 : 1e6);
const off = (count: number, name: string): number => Math.abs(count / named(name) - 1);

describe.each(SHAPE_NAMES)('%s', (name) => {
  const shape = RELEASED_SHAPES[name];
  const diffusion = shapeConfig(name, shape, 'diffusion', 1024);
  const causal = shapeConfig(name, shape, 'causal', 1024);

  it('has as many parameters as its name says, within 2 %', () => {
    const once = parameterCount(causal) - shape.vocabulary * shape.hidden;
    expect(off(name === '1.3B' ? once : parameterCount(diffusion), name)).toBeLessThan(0.02);
  });

  it('has twins that differ by adaLN and the network of sigma alone', () => {
    const { hidden: d, blocks } = shape;
    const adaLN = (6 * blocks + 2) * d * (128 + 1);
    const sigma = 128 * (256 + 1) + 128 * (128 + 1);
    expect(parameterCount(diffusion) - parameterCount(causal)).toBe(adaLN + sigma);
  });

  it('is a network that a configuration may ask for', () => {
    const { hidden: hidden_size, heads: n_heads, blocks: n_blocks, condDim: cond_dim, length } = diffusion;
    const model = { name, type: 'ddit-orig', hidden_size, n_heads, n_blocks, cond_dim, length };
    const { vocabulary: _, ...rest } = diffusion;
    expect(parseConfig({ model }, 'config.json')).toEqual(rest);
  });
});

it('counts what can be counted by hand', () => {
  const shape = { hidden: 4, blocks: 1, heads: 1, vocabulary: 10 };
  // Embedding 40; norms 4 + 4 + 4; attention 48 + 16; MLP 64 + 16 + 64 + 4; head 40 + 10.
  expect(parameterCount(shapeConfig('x', shape, 'causal', 8))).toBe(40 + 12 + 64 + 148 + 50);
});
