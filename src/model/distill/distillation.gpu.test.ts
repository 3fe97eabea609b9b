import { afterEach, describe, expect, it, vi } from 'vitest';
import { differing, integers } from '../../gpu/checks/numbers.ts';
import { useSharedTestGpu } from '../../gpu/testing.ts';
import { Pacer } from '../backend/pacing.ts';
import { tinyNetwork } from '../network/testing.ts';
import { TextData } from './data.ts';
import { Distillation, type DistillSnapshot } from './distillation.ts';
import type { ResolvedDistillOptions } from './options.ts';
import type { PhaseReport, UpdateReport } from './report.ts';
import { resolveOptions } from './rounds.ts';

const test = useSharedTestGpu();
const [length, batch] = [8, 2];
const teacher = tinyNetwork();

const options = (changes: Partial<ResolvedDistillOptions> = {}): ResolvedDistillOptions => ({
  ...resolveOptions({ teacher: 'tiny', batch, length, dt: 1 / 8, updatesPerRound: 4 }, teacher.layout.config),
  ...changes,
});

const open = (
  o: ResolvedDistillOptions,
  from: Float32Array<ArrayBuffer> | DistillSnapshot = teacher.parameters,
): Promise<Distillation> => {
  const tokens = integers(7, 40 * length, teacher.layout.config.vocabulary - 1);
  const data = new TextData({ tokens, texts: 1 }, { length, batch, seed: o.seed });
  return Distillation.create(test.gpu, teacher.layout, o, data, from);
};

/** An update that is followed. */
async function followed(
  distillation: Distillation,
): Promise<{ phases: PhaseReport[]; report: UpdateReport }> {
  const phases: PhaseReport[] = [];
  const steps = distillation.phases();
  for (;;) {
    const next = await steps.next();
    if (next.done) return { phases, report: next.value };
    phases.push(next.value);
  }
}

/** Go on to so many updates in all. @param follow of these, by number from 1, all phases are followed */
async function advance(
  distillation: Distillation,
  updates: number,
  follow: readonly number[] = [],
): Promise<UpdateReport[]> {
  const reports: UpdateReport[] = [];
  while (distillation.counters.updates < updates) {
    if (distillation.roundDone) distillation.nextRound();
    if (follow.includes(distillation.counters.updates + 1))
      reports.push((await followed(distillation)).report);
    else reports.push(await (await distillation.update()).done);
  }
  return reports;
}

/** Values that differ in any bit, over all arrays. */
const differences = (a: DistillSnapshot, b: DistillSnapshot): Record<string, number> =>
  Object.fromEntries(
    Object.entries(a.values).map(([name, values]) => [
      name,
      differing(values, b.values[name as keyof typeof b.values]),
    ]),
  );

const NONE = { parameters: 0, m: 0, v: 0, average: 0, teacher: 0 };

const told = (reports: UpdateReport[]) =>
  reports.map(({ update, round, loss, gradientNorm, masked }) => ({
    update,
    round,
    loss,
    gradientNorm,
    masked,
  }));

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a distillation', () => {
  it.each([
    { accumulate: 1, resetOptimizer: false },
    { accumulate: 2, resetOptimizer: true },
  ])('goes on to the same bits: %o', async (changes) => {
    const o = options(changes);
    const whole = await open(o);
    const reports = await advance(whole, 6);
    const wanted = await whole.snapshot();
    whole.destroy();
    expect(wanted.counters).toEqual({
      round: 2,
      inRound: 2,
      updates: 6,
      optimizerSteps: o.resetOptimizer ? 2 : 6,
    });

    // The same again, with one update followed, and left after the third.
    const first = await open(o);
    const before = await advance(first, 3, [2]);
    const left = await first.snapshot();
    first.destroy();
    const second = await open(o, left);
    const after = await advance(second, 6, [5]);
    expect(differences(await second.snapshot(), wanted)).toEqual(NONE);
    expect(second.counters).toEqual(wanted.counters);
    expect(told([...before, ...after])).toEqual(told(reports));
    second.destroy();
  });

  it('has the same bits however it is cut into submits, and with two updates on their way', async () => {
    const run = async (units: (left: number) => number, both: boolean) => {
      vi.spyOn(Pacer.prototype, 'units').mockImplementation(units);
      const distillation = await open(options());
      const { submits } = test.gpu.counters;
      if (both) {
        const pending = [await distillation.update(), await distillation.update()];
        await Promise.all(pending.map(({ done }) => done));
      } else await advance(distillation, 2);
      const made = test.gpu.counters.submits - submits;
      const snapshot = await distillation.snapshot();
      distillation.destroy();
      return { made, snapshot };
    };
    const [single, all] = [await run(() => 1, false), await run((left) => left, true)];
    expect(single.made).toBeGreaterThan(2 * all.made);
    expect(differences(single.snapshot, all.snapshot)).toEqual(NONE);
  });

  it('has others with another seed', async () => {
    const snapshots = await Promise.all(
      [0, 1].map(async (seed) => {
        const distillation = await open(options({ seed }));
        await advance(distillation, 1);
        const snapshot = await distillation.snapshot();
        distillation.destroy();
        return snapshot;
      }),
    );
    const { teacher: same, ...changed } = differences(snapshots[0], snapshots[1]);
    expect(same).toBe(0);
    Object.values(changed).forEach((count) => {
      expect(count).toBeGreaterThan(1000);
    });
  });
});
