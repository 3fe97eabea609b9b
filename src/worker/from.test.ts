/** Runs that begin in the middle, as the engine takes them. */
import { describe, expect, it } from 'vitest';
import type { PlanEvent, SampleOptions } from './protocol.ts';
import { refusal } from './race/race.testing.ts';
import { fakeEngine } from './testing.ts';

const MASK = 4096;
const tokens = [0, 419, MASK, 5, MASK, MASK];

describe('a run that begins in the middle', () => {
  it('writes what is masked, in the steps that are left, and says where it began', async () => {
    const { engine } = fakeEngine();
    const plans: PlanEvent[] = [];
    const run = await engine.call(
      'sample',
      { model: 'student', steps: 6, seed: 4, count: 2, from: { tokens, step: 2, sample: 3 } },
      { onPlan: (plan) => plans.push(plan) },
    );
    expect(plans).toHaveLength(1);
    expect(plans[0]).toMatchObject({ from: 2, steps: 6, samples: [{ sample: 3 }, { sample: 4 }] });
    expect(plans[0].samples.map(({ initial }) => initial)).toEqual([tokens, tokens]);
    for (const { steps } of run.traces) {
      expect(Math.min(...steps.map(({ step }) => step))).toBeGreaterThan(2);
      expect(steps.flatMap(({ positions }) => positions).sort()).toEqual([2, 4, 5]);
    }
    expect(run.tokens).toEqual([0, 1].map(() => [0, 419, 2, 5, 4, 5]));
    // The BOS is no text, where it stands.
    expect(run.text[0]).toBe(
      (
        await engine.call('sample', {
          model: 'student',
          from: { tokens: run.tokens[0].with(2, MASK), step: 0 },
        })
      ).text[0],
    );
  });

  it('goes on with the steps of the run that it is taken from', async () => {
    const { engine } = fakeEngine();
    for (const sampler of ['ancestral', 'first-hitting', 'confidence'] as const) {
      const o = { model: 'student', length: 12, steps: 5, seed: 8, sampler };
      const { steps } = (await engine.call('sample', { ...o, count: 2 })).traces[1];
      const xt = [0, ...new Array<number>(11).fill(MASK)];
      steps[0].positions.forEach((position, i) => (xt[position] = steps[0].tokens[i]));
      const from = { tokens: xt, step: steps[0].step, sample: 1 };
      const { length: _, ...rest } = o;
      expect((await engine.call('sample', { ...rest, from })).traces).toEqual([{ steps: steps.slice(1) }]);
    }
  });

  it('plans texts one by one where the model chooses the slots, with their own noise each', async () => {
    const { engine, made } = fakeEngine();
    const from = { tokens, step: 1 };
    const o = { model: 'student', sampler: 'confidence', steps: 4 } as const;
    const run = await engine.call('sample', { ...o, count: 3, from });
    expect(made[0].batches).toEqual([1, 1, 1]);
    expect(run.traces).toHaveLength(3);
    const third = await engine.call('sample', { ...o, from: { ...from, sample: 2 } });
    expect(third.traces[0]).toEqual(run.traces[2]);
  });

  it.each<[Partial<Record<keyof SampleOptions, unknown>>, RegExp]>([
    [{ from: 3 }, /^from is 3: give \{ tokens, step \}/],
    [{ from: [] }, /^from is an array/],
    [{ from: { step: 1 } }, /^from\.tokens is missing: give an array/],
    [{ from: { tokens: [], step: 1 } }, /^The length of from\.tokens is 0: .* 1 to /],
    [{ from: { tokens: [0, 4097], step: 1 } }, /^from\.tokens\[1\] is 4097: .* 0 to 4096/],
    [{ from: { tokens: [0, 1], step: 1 } }, /^from\.tokens has no masked slot/],
    [{ from: { tokens } }, /^from\.step is missing/],
    [{ from: { tokens, step: 8 } }, /^from\.step is 8: .* 0 to 7/],
    [{ from: { tokens, step: 0 }, length: 5 }, /^from\.tokens holds 6 ids, but length is 5/],
    [{ from: { tokens, step: 0 }, prompt: 'Once' }, /^from is given together with prompt or pinned/],
    [{ from: { tokens, step: 0 }, pinned: { 2: 1 } }, /^from is given together with prompt or pinned/],
    [{ from: { tokens, step: 0, sample: -1 } }, /^from\.sample is -1/],
    [{ from: { tokens, step: 0, t: 2 } }, /^from\.t is 2: give a time/],
    [{ from: { tokens, step: 0, given: 1 } }, /^from\.given is 1: give an array/],
    [{ from: { tokens, step: 0, given: [6] } }, /^from\.given\[0\] is 6: .* 0 to 5/],
    [{ from: { tokens, step: 6 }, sampler: 'first-hitting' }, /^from\.step is 6: .* 0 to 4/],
    [{ from: { tokens, step: 0 }, model: 'causal' }, /^from is given, but .* is autoregressive/],
  ])('refuses %j', async (options, message) => {
    const { engine } = fakeEngine();
    const given = { model: 'student', ...options } as SampleOptions;
    await expect(engine.call('sample', given)).rejects.toMatchObject(refusal('argument', message));
  });

  it('is no lane of a race', async () => {
    const { engine } = fakeEngine();
    const lanes = [{ model: 'student' }, { model: 'student', from: { tokens, step: 0 } }];
    await expect(engine.call('race', { lanes })).rejects.toMatchObject(
      refusal('argument', /^lanes\[1\]: from is given/),
    );
  });
});
