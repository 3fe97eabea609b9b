import { describe, expect, it } from 'vitest';
import { spread } from '../benchmark/spread.ts';
import { crossingOf, withRates } from './crossing.ts';
import type { LatencyPoint } from './result.ts';

const point = (steps: number, tokensPerSecond: number): LatencyPoint => ({
  ...{ kind: steps === 0 ? 'causal' : 'diffusion', steps, tokensPerSecond },
  ...{ forwardPasses: 1, passes: 1, how: 'measured', milliseconds: spread([1]) },
});

describe('the crossing', () => {
  it('lies on the straight line of the logarithms', () => {
    // A rate of 6400 / steps meets 100 at 64 steps, wherever it is sampled.
    for (const steps of [
      [4, 1024],
      [32, 128],
      [16, 50, 90, 512],
    ]) {
      const points = [...steps.map((count) => point(count, 6400 / count)), point(0, 100)];
      const crossing = crossingOf(points);
      expect(crossing?.where).toBe('at');
      expect(crossing?.steps).toBeCloseTo(64, 9);
    }
  });

  it('is the first, by rising steps, whatever order they come in', () => {
    const points = [point(64, 40), point(0, 50), point(16, 100), point(128, 60), point(32, 80)];
    const crossing = crossingOf(points);
    expect(crossing?.steps).toBeGreaterThan(32);
    expect(crossing?.steps).toBeLessThan(64);
    expect(points.map(({ steps }) => steps)).toEqual([64, 0, 16, 128, 32]);
  });

  it('says on which side all points lie', () => {
    expect(crossingOf([point(4, 9), point(8, 6), point(0, 5)])).toEqual({ where: 'above', steps: 8 });
    expect(crossingOf([point(4, 4), point(8, 2), point(0, 5)])).toEqual({ where: 'below', steps: 4 });
    // Equally fast is not slower.
    expect(crossingOf([point(4, 5), point(0, 5)])).toEqual({ where: 'above', steps: 4 });
  });

  it('is not known before both are', () => {
    expect(crossingOf([point(4, 9)])).toBeUndefined();
    expect(crossingOf([point(0, 9)])).toBeUndefined();
  });
});

describe('rates', () => {
  const timed = (wall: number, gpu?: number): Omit<LatencyPoint, 'tokensPerSecond'> => {
    const { tokensPerSecond: _, ...rest } = point(4, 0);
    return { ...rest, milliseconds: spread([wall]), ...(gpu ? { gpuMilliseconds: spread([gpu]) } : {}) };
  };

  it('go by the clock of the GPU where every point has it, else by the wall', () => {
    const all = withRates([timed(200, 100), timed(400, 250)], 50);
    expect(all).toMatchObject({ clock: 'gpu', points: [{ tokensPerSecond: 500 }, { tokensPerSecond: 200 }] });
    const some = withRates([timed(200, 100), timed(400)], 50);
    expect(some).toMatchObject({
      clock: 'wall',
      points: [{ tokensPerSecond: 250 }, { tokensPerSecond: 125 }],
    });
    expect(withRates([], 50)).toEqual({ clock: 'wall', points: [] });
  });

  it('go by the median', () => {
    const { points } = withRates([{ ...timed(1), milliseconds: spread([10, 1000, 20]) }], 2);
    expect(points[0].tokensPerSecond).toBe(100);
  });
});
