import { describe, expect, it } from 'vitest';
import { exponential, tokenBits } from '../../src/gpu/random.ts';
import { randomCheckpoint } from '../../src/model/checkpoint/random.ts';
import { RELEASED_SMALL } from '../../src/model/checkpoint/released-shapes.ts';
import { drawNoise, parameterTensors, rotaryTables, rowsOfSubSteps, trainingProblem } from './problem.ts';

const config = {
  ...RELEASED_SMALL,
  ...{ hidden: 64, heads: 2, blocks: 2, condDim: 32, vocabulary: 37, length: 16 },
};
const shape = { batch: 3, length: 16 };
const problem = await trainingProblem(randomCheckpoint(config), randomCheckpoint(config), shape);

describe('the update that all engines make', () => {
  it('has every parameter in one tensor', () => {
    const tensors = parameterTensors(problem.layout);
    const found = new Uint8Array(problem.layout.size);
    for (const { name, shape: sizes, offset, length } of tensors) {
      expect([name, sizes.reduce((a, b) => a * b)]).toEqual([name, length]);
      for (let i = offset; i < offset + length; i++) found[i] += 1;
    }
    const expected = new Uint8Array(problem.layout.size);
    for (const { offset, length } of problem.layout.places.values())
      expected.fill(1, offset, offset + length);
    expect(found).toEqual(expected);
    // Embedding, four of sigma, six a block, two of the head, three that are joined.
    expect(tensors).toHaveLength(1 + 4 + 6 * config.blocks + 2 + 3);
  });

  it('has the masked rows, sub-step by sub-step, and draws in the first', () => {
    const subSteps = rowsOfSubSteps(problem.plan);
    expect(subSteps.map(({ length }) => length)).toEqual(problem.plan.counts);
    expect(subSteps[0].length).toBeGreaterThan(0);
    const masked = [...problem.plan.tokens.keys()].filter(
      (row) => problem.plan.tokens[row] === config.vocabulary - 1,
    );
    expect(subSteps.flatMap((rows) => [...rows]).toSorted((a, b) => a - b)).toEqual(masked);
  });

  it('has the noise of the sampler: argmax of logit + noise is argmin of E / p', () => {
    const noise = drawNoise(problem, 0);
    const [rows] = rowsOfSubSteps(problem.plan);
    const real = config.vocabulary - 1;
    expect(noise).toHaveLength(rows.length * real);
    const row = rows[rows.length - 1];
    const [sample, position] = [Math.floor(row / 16), row % 16];
    const chances = Array.from({ length: real }, (_, token) => 1 + ((7 * token) % 5));
    const race = chances.map(
      (p, token) => exponential(tokenBits(problem.address.seed, sample, position, token)) / p,
    );
    const scores = chances.map((p, token) => Math.log(p) + noise[(rows.length - 1) * real + token]);
    expect(scores.indexOf(Math.max(...scores))).toBe(race.indexOf(Math.min(...race)));
  });

  it('turns pair i of position n by n 10000^(-2 i / size)', () => {
    const { cos, sin } = rotaryTables(config, 16);
    const angle = 5 * 10_000 ** (-6 / 32);
    expect(cos[5 * 16 + 3]).toBeCloseTo(Math.cos(angle), 6);
    expect(sin[5 * 16 + 3]).toBeCloseTo(Math.sin(angle), 6);
    expect(cos).toHaveLength(16 * 16);
  });
});
