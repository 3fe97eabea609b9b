/** From times to rates, and where the rates of the twins meet. */
import type { Crossing, LatencyPoint, LatencyResult } from './result.ts';

/** Rates by one clock for all points, so that they can be compared: the GPU's where every point has it. */
export function withRates(
  points: readonly Omit<LatencyPoint, 'tokensPerSecond'>[],
  written: number,
): Pick<LatencyResult, 'clock' | 'points'> {
  const clock = points.length > 0 && points.every((point) => point.gpuMilliseconds) ? 'gpu' : 'wall';
  return {
    clock,
    points: points.map((point) => {
      const { median } = (clock === 'gpu' ? point.gpuMilliseconds : undefined) ?? point.milliseconds;
      return { ...point, tokensPerSecond: (1000 * written) / median };
    }),
  };
}

/**
 * Up to how many steps diffusion is faster than its causal twin. Between two measured points both scales are taken by their
 * logarithms: a rate that falls as 1 / steps is a straight line there.
 * @returns undefined until there is a point of each
 */
export function crossingOf(points: readonly LatencyPoint[]): Crossing | undefined {
  const twin = points.find(({ kind }) => kind === 'causal')?.tokensPerSecond;
  const own = points.filter(({ kind }) => kind === 'diffusion').sort((a, b) => a.steps - b.steps);
  if (twin === undefined || own.length === 0) return undefined;
  const slower = own.findIndex(({ tokensPerSecond }) => tokensPerSecond < twin);
  if (slower < 0) return { where: 'above', steps: own[own.length - 1].steps };
  if (slower === 0) return { where: 'below', steps: own[0].steps };
  const [from, to] = [own[slower - 1], own[slower]];
  const share = Math.log(from.tokensPerSecond / twin) / Math.log(from.tokensPerSecond / to.tokensPerSecond);
  return { where: 'at', steps: from.steps * (to.steps / from.steps) ** share };
}
