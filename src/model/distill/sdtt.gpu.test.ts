import { expect, it } from 'vitest';
import { fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import { readBuffer } from '../../gpu/recorder.ts';
import { useTestGpu } from '../../gpu/testing.ts';
import { loadReference, referenceLogits } from '../network/forward.reference.ts';
import { ParameterLayout } from '../network/parameters.ts';
import { listRows } from './corruption.ts';
import { TrainedParameters } from './parameters.ts';
import { Sdtt } from './sdtt.ts';
import { recordedDraw, referenceTargets } from './targets.reference.ts';
import { subSteps, type UpdatePlan } from './targets.ts';

const test = useTestGpu();
const golden = await fixture('dit-d64/golden');
const [batch, length, vocabulary] = golden.shape('target_log_probs');
const maskId = vocabulary - 1;
const m = 2;

/**
 * The plan of the golden update: which sub-step supplies which row is what the recorded uniforms make of it.
 * @returns the plan, and the teacher's tokens after the first sub-step
 */
async function goldenPlan(): Promise<{ plan: UpdatePlan; after: Uint32Array }> {
  const teacher = await loadReference(await fixtureCheckpoint('dit-d64/teacher'));
  const tokens = Uint32Array.from(await golden.ints('xt'));
  const t = Float64Array.from(await golden.floats('target_t'));
  const [dt] = await golden.floats('target_dt');
  const uniforms = await golden.floats('target_uniforms');
  const times = Array.from(t, (time) => subSteps(time, { dt, m, times: 'released', eps: 1e-5 }));
  const after = tokens.slice();
  const found = times.map((steps, text) => {
    const own = tokens.subarray(text * length, (text + 1) * length);
    const recorded = [0, 1].map((k) => {
      const start = (k * batch + text) * length * vocabulary;
      return uniforms.subarray(start, start + length * vocabulary);
    });
    const draw = recordedDraw(recorded, maskId);
    return referenceTargets(
      own,
      maskId,
      steps,
      (ids) => referenceLogits(teacher, ids),
      (q, ids, k) => {
        const next = draw(q, ids, k);
        if (k === 0) after.set(Uint32Array.from(next), text * length);
        return next;
      },
    );
  });
  const subStep = found.flatMap((text) => [...text.subStep]);
  const last = found.flatMap((text) => [...text.tokens]);
  const bySubStep = [1, 2].map((k) => [...subStep.keys()].filter((row) => subStep[row] === k));
  const rows = Uint32Array.from(bySubStep.flat());
  const plan = {
    ...{ t, tokens, times, counts: bySubStep.map((list) => list.length), ...listRows(rows, tokens.length) },
    unmasks: Uint8Array.from(rows, (row) => Number(last[row] !== maskId)),
  };
  return { plan, after };
}

it('makes the golden targets', async () => {
  const { gpu, arena } = test;
  const [student, teacher] = await Promise.all([
    fixtureCheckpoint('dit-d64/student'),
    fixtureCheckpoint('dit-d64/teacher'),
  ]);
  const layout = new ParameterLayout(student.config);
  const trained = await TrainedParameters.create(gpu, arena, layout, {
    parameters: await layout.read(student),
  });
  const sdtt = await Sdtt.create(gpu, arena, trained, { batch, length }, { loss: 'kl-bwd', m });
  sdtt.writeTeacher(await layout.read(teacher));
  const { plan, after } = await goldenPlan();
  const [first, second] = plan.counts;
  expect(first).toBeGreaterThan(1);
  expect(second).toBeGreaterThan(1);
  sdtt.write(plan);
  const { runner } = sdtt.trainer;
  const teacherTokens = sdtt.teacher.buffers.tokens;
  const expected = await golden.floats('target_log_probs');
  const targets = async (): Promise<Float32Array> => new Float32Array(await readBuffer(gpu, sdtt.targets));
  /** Largest difference over real tokens of the targets in these slots. */
  const error = (found: Float32Array, from: number, to: number): number => {
    let largest = 0;
    for (let slot = from; slot < to; slot++) {
      for (let v = 0; v < maskId; v++) {
        const difference =
          found[slot * sdtt.trainer.headBuffers.stride + v] - expected[plan.rows[slot] * vocabulary + v];
        if (!(Math.abs(difference) <= largest))
          largest = Number.isNaN(difference) ? Infinity : Math.abs(difference);
      }
    }
    return largest;
  };

  const [one, two] = sdtt.subSteps(plan, { seed: 0, firstSample: 0 });
  await runner.run(one);
  expect(error(await targets(), 0, first)).toBeLessThan(1e-4);
  // The teacher wrote tokens into just the rows that unmask now; noise of other addresses drew others than the golden ones.
  const drawn = new Uint32Array(await readBuffer(gpu, teacherTokens));
  const changed = [...drawn.keys()].filter((row) => drawn[row] !== plan.tokens[row]);
  expect(changed).toEqual([...plan.rows.subarray(0, first)]);
  expect(drawn).not.toEqual(after);
  gpu.write(teacherTokens, 0, new Uint32Array(after));
  await runner.run(two);
  const found = await targets();
  expect(error(found, 0, first + second)).toBeLessThan(1e-4);
  // The wrong twin: the tokens that were drawn here.
  gpu.write(teacherTokens, 0, drawn);
  await runner.run(two);
  expect(error(await targets(), first, first + second)).toBeGreaterThan(1e-2);
});
