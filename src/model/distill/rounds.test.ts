import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../checkpoint/config.ts';
import { UnmaskError } from '../errors.ts';
import type { DistillOptions } from './options.ts';
import { resolveOptions, roundsOf } from './rounds.ts';

const config: ModelConfig = {
  name: 'teacher',
  kind: 'diffusion',
  hidden: 64,
  heads: 2,
  blocks: 2,
  condDim: 32,
  length: 128,
  vocabulary: 131,
  timeConditioning: false,
  samplingEps: 1e-5,
};
const resolve = (o: Partial<DistillOptions> = {}, c = config) => resolveOptions({ teacher: 't', ...o }, c);

describe('roundsOf', () => {
  it('makes steps m times as long, round after round', () => {
    expect(roundsOf({ dt: 1 / 128, m: 2, rounds: 3, minimumSteps: 1 })).toEqual([
      { round: 1, dt: 1 / 128, nativeSteps: 64 },
      { round: 2, dt: 1 / 64, nativeSteps: 32 },
      { round: 3, dt: 1 / 32, nativeSteps: 16 },
    ]);
    const steps = (dt: number, m: number): number[] =>
      roundsOf({ dt, m, rounds: 16, minimumSteps: 1 }).map(({ nativeSteps }) => nativeSteps);
    expect(steps(1 / 32, 2)).toEqual([16, 8, 4, 2, 1]);
    expect(steps(1 / 27, 3)).toEqual([9, 3, 1]);
    expect(steps(0.1, 2)).toEqual([5, 3, 1]);
    expect(steps(0.5, 2)).toEqual([1]);
  });

  it('stops before a student with fewer steps than asked for', () => {
    const property = fc.property(
      fc.integer({ min: 2, max: 1024 }),
      fc.integer({ min: 2, max: 8 }),
      fc.integer({ min: 1, max: 16 }),
      fc.integer({ min: 1, max: 64 }),
      (n, m, rounds, minimumSteps) => {
        const ladder = roundsOf({ dt: 1 / n, m, rounds, minimumSteps });
        expect(ladder.length).toBeLessThanOrEqual(rounds);
        ladder.forEach(({ round, dt, nativeSteps }, i) => {
          expect(round).toBe(i + 1);
          expect(nativeSteps).toBeGreaterThanOrEqual(minimumSteps);
          expect(Math.abs(nativeSteps - 1 / (m * dt))).toBeLessThanOrEqual(0.5 + 1e-9);
        });
        ladder.forEach(({ dt }) => {
          expect(m * dt).toBeLessThanOrEqual(1 + 1e-9);
        });
        if (ladder.length < rounds) {
          const next = n / m ** (ladder.length + 1);
          expect(next < 1 || Math.round(next) < minimumSteps).toBe(true);
        }
      },
    );
    fc.assert(property, { numRuns: 200, seed: 1 });
  });
});

describe('resolveOptions', () => {
  it('fills in every default', () => {
    expect(resolve()).toEqual({
      teacher: 't',
      loss: 'kl-bwd',
      rounds: 2,
      minimumSteps: 1,
      updatesPerRound: 300,
      batch: 32,
      accumulate: 1,
      length: 32,
      dt: 1 / 32,
      m: 2,
      times: 'paper',
      learningRate: 3e-5,
      warmup: 20,
      clip: 1,
      weightDecay: 0,
      ema: 0.9999,
      resetOptimizer: false,
      seed: 0,
    });
    expect(resolve({}, { ...config, length: 24 }).length).toBe(24);
    const all = { ...resolve({ loss: 'tvd', times: 'released', m: 4, resetOptimizer: true, seed: 7 }) };
    expect(resolve({ ...all, data: ['a'] })).toEqual(all);
    expect(resolve({ generate: 64 })).not.toHaveProperty('generate');
  });

  const refused: [Record<string, unknown>, RegExp][] = [
    [{ teacher: '' }, /^teacher is "": give the id of a diffusion model/],
    [{ batch: 200 }, /^batch is 200, with a length of 32 that is 6400 tokens at once: give at most 128/],
    [{ data: 'text' }, /^data is "text": give a list of texts/],
    [{ data: [1] }, /^data is an array: give a list of texts/],
    [{ generate: 0 }, /^generate is 0: give a whole number from 1 to 65536/],
    [{ generate: 8, data: ['a'] }, /^data and generate are both given/],
    [{ loss: 'kl' }, /^loss is "kl": give "kl-bwd", "kl-fwd", "mse" or "tvd"\.$/],
    [{ times: 'mine' }, /^times is "mine": give "paper" or "released"\.$/],
    [{ rounds: 0 }, /^rounds is 0: give a whole number from 1 to 16/],
    [{ minimumSteps: 1.5 }, /^minimumSteps is 1\.5/],
    [{ updatesPerRound: '9' }, /^updatesPerRound is "9"/],
    [{ batch: 513 }, /^batch is 513: give a whole number from 1 to 512/],
    [{ accumulate: 0 }, /^accumulate is 0/],
    [{ length: 129 }, /^length is 129: give a whole number from 2 to 128/],
    [{ dt: 0 }, /^dt is 0: give a number from 1\/1024 to 1\/2\.$/],
    [{ dt: NaN }, /^dt is NaN/],
    [{ dt: 0.6 }, /^dt is 0\.6/],
    [{ m: 1 }, /^m is 1: give a whole number from 2 to 64/],
    [{ learningRate: 0 }, /^learningRate is 0: give a number above 0 and at most 1/],
    [{ warmup: -1 }, /^warmup is -1/],
    [{ clip: Infinity }, /^clip is Infinity: give a number above 0/],
    [{ weightDecay: 2 }, /^weightDecay is 2: give a number from 0 to 1/],
    [{ ema: 1 }, /^ema is 1: give a number from 0 and below 1/],
    [{ resetOptimizer: 'yes' }, /^resetOptimizer is "yes": give true or false/],
    [{ seed: 2 ** 32 }, /^seed is 4294967296: give a whole number from 0 to 4294967295/],
    [{ dt: 0.5, m: 8 }, /^m is 8: m times dt is 4, more than all of time/],
    [{ minimumSteps: 17 }, /^minimumSteps is 17: the first student has 16/],
  ];

  it.each(refused)('refuses %j', (o, message) => {
    expect(() => resolve(o as Partial<DistillOptions>)).toThrow(message);
    expect(() => resolve(o as Partial<DistillOptions>)).toThrow(UnmaskError);
  });

  it('refuses a causal teacher', () => {
    expect(() => resolve({}, { ...config, kind: 'causal' })).toThrow(
      'teacher is "t", which is autoregressive: give a diffusion model.',
    );
  });
});
