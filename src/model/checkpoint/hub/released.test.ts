import { expect, it } from 'vitest';
import { parseConfig } from '../config.ts';
import { parameterCount, RELEASED_SHAPES, shapeConfig } from '../released-shapes.ts';
import { checkHubSource } from './hub.ts';
import { RELEASED, RELEASED_VOCABULARY, releasedModel, teacherOf, withNativeSteps } from './released.ts';

const all = RELEASED.flatMap(({ models }) => models);

it('names every revision that was released, once', () => {
  const steps = [10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 70_000];
  const families = [
    ...['kld', 'mse', 'tvd'].map((loss) => `baselines_${loss}_step_`),
    ...['sm', 'md', 'large'].map((size) => `scaling_400k_${size}_step_`),
  ];
  const sdtt = [
    ...families.flatMap((family) => steps.map((step) => `${family}${step}`)),
    ...['teacher_1M_sm', 'teacher_400k_sm_step_400000', 'teacher_400k_md_step_400000'],
    'teacher_400k_large_step_400000',
  ];
  expect(
    all
      .filter(({ repo }) => repo === 'jdeschena/sdtt')
      .map(({ revision }) => revision)
      .sort(),
  ).toEqual(sdtt.sort());
  expect(all.slice(-2).map(({ repo, revision }) => `${repo}@${revision}`)).toEqual([
    'kuleshov-group/mdlm-owt@main',
    'kuleshov-group/mdlm-no_flashattn-fp32-owt@main',
  ]);
  expect(all).toHaveLength(48);
  expect(new Set(all.map(({ title }) => title)).size).toBe(48);
  expect(new Set(RELEASED.map(({ id }) => id)).size).toBe(RELEASED.length);
  all.forEach((model) => checkHubSource(model));
});

it('knows what each student stands for, and its teacher', () => {
  const steps = Object.fromEntries(all.map(({ revision, nativeSteps }) => [revision, nativeSteps]));
  expect(steps['baselines_kld_step_10000']).toBe(512);
  expect(steps['scaling_400k_large_step_70000']).toBe(8);
  expect(steps['teacher_1M_sm']).toBeUndefined();
  for (const model of all) {
    const teacher = teacherOf(model);
    expect(model.kind).toBe(teacher ? 'student' : 'teacher');
    expect(model.loss !== undefined).toBe(model.kind === 'student');
    if (teacher) expect([teacher.kind, teacher.shape]).toEqual(['teacher', model.shape]);
  }
  const medium = releasedModel({ repo: 'jdeschena/sdtt', revision: 'scaling_400k_md_step_30000' })!;
  expect(medium).toMatchObject({ round: 3, nativeSteps: 128, shape: '424M', loss: 'kld' });
  expect(teacherOf(medium)?.revision).toBe('teacher_400k_md_step_400000');
  expect(releasedModel({ repo: 'kuleshov-group/mdlm-owt' })?.kind).toBe('teacher');
  expect(releasedModel({ repo: 'jdeschena/sdtt' })).toBeUndefined();
});

it('has shapes with the tensors of as many parameters as they go by, and one vocabulary', () => {
  for (const shape of new Set(all.map((model) => model.shape))) {
    expect(RELEASED_SHAPES[shape].vocabulary).toBe(RELEASED_VOCABULARY);
    const count = parameterCount(shapeConfig('x', RELEASED_SHAPES[shape], 'diffusion', 1024));
    expect(Math.abs(count / 1e6 / parseFloat(shape) - 1)).toBeLessThan(0.02);
  }
});

it('puts the steps of a student into its configuration, where they are not in it', () => {
  const model = { type: 'ddit-orig', hidden_size: 8, n_heads: 2, n_blocks: 1, cond_dim: 4, length: 16 };
  const config = { model, parameterization: { name: 'multi-round-sdtt' } };
  const named = withNativeSteps(config, 8);
  expect(named).toEqual({ ...config, parameterization: { name: 'multi-round-sdtt', native_steps: 8 } });
  expect(parseConfig(named, 'x').nativeSteps).toBe(8);
  expect(parseConfig(withNativeSteps({ model }, 8), 'x').nativeSteps).toBe(8);
  expect(withNativeSteps(named, 4)).toBe(named);
  expect(withNativeSteps(config, undefined)).toBe(config);
});
