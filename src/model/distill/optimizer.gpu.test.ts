import { expect, it } from 'vitest';
import { fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import golden from '../../../fixtures/golden/dit-d64/golden.json' with { type: 'json' };
import { gradientNorm, NORM_PARTIALS } from '../../gpu/kernels/adamw/adamw.ts';
import { readBuffer } from '../../gpu/recorder.ts';
import { useTestGpu } from '../../gpu/testing.ts';
import { canonicalName } from '../checkpoint/names.ts';
import { ParameterLayout } from '../network/parameters.ts';
import { writeBatch } from './gradients.ts';
import { goldenBatch } from './gradients.testing.ts';
import { optimizerUniform } from './optimizer.ts';
import { TrainedParameters } from './parameters.ts';
import { StageRunner } from './stages.ts';
import { Trainer } from './trainer.ts';

const test = useTestGpu();

it('makes the golden updates, with the golden losses and norms', async () => {
  const { gpu, arena } = test;
  const student = await fixtureCheckpoint('dit-d64/student');
  const layout = new ParameterLayout(student.config);
  const parameters = await layout.read(student);
  const trained = await TrainedParameters.create(gpu, arena, layout, { parameters });
  const given = await goldenBatch('kl-bwd');
  const trainer = await Trainer.create(gpu, arena, trained, given, given.loss);
  const { t, count, scale } = writeBatch(trainer, given);
  const {
    lr: learningRate,
    betas: [beta1, beta2],
    eps,
    weight_decay: weightDecay,
    clip_norm: clip,
    loss_and_grad_norm: wanted,
  } = golden.adamw;
  const options = { learningRate, beta1, beta2, eps, weightDecay, clip };
  const runner = new StageRunner(gpu);
  for (const [i, [loss, norm]] of wanted.entries()) {
    await runner.run(trainer.gradients(t, count, scale));
    trained.write(optimizerUniform(options, i + 1));
    await runner.run([{ pieces: [trained.launches] }]);
    const losses = new Float32Array(await readBuffer(gpu, trainer.headBuffers.losses, 4 * count));
    const partials = new Float32Array(await readBuffer(gpu, trained.normPartials, 4 * NORM_PARTIALS));
    const sum = losses.reduce((total, value) => total + value, 0);
    expect(Math.abs((sum * scale) / loss - 1)).toBeLessThan(1e-3);
    expect(Math.abs(gradientNorm(partials) / norm - 1)).toBeLessThan(1e-3);
  }
  // An exact AdamW is up to 1.2e-5 from the golden one, which was made in fp32.
  const found = layout.tensors(await layout.readBack(gpu, trained.buffers.parameters));
  const file = await fixture('dit-d64/student_after_3_adamw_steps');
  const [largest, all] = [[] as number[], [] as number[]];
  // The rotary frequencies, which the file has too, are no parameters.
  for (const tensor of file.names().filter((name) => layout.places.has(canonicalName(name)))) {
    const expected = await file.floats(tensor);
    const own = found[canonicalName(tensor)];
    const errors = Array.from(expected, (value, i) => Math.abs(own[i] - value));
    all.push(...errors);
    largest.push(errors.reduce((most, error) => Math.max(most, error), 0));
  }
  expect(largest).toHaveLength(layout.places.size);
  expect(largest.filter((error) => !(error <= 6e-5))).toEqual([]);
  expect(all.filter((error) => !(error <= 1e-5)).length / all.length).toBeLessThan(1e-3);
});
