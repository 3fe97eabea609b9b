import { expect, it } from 'vitest';
import { RELEASED } from '../../worker/checkpoints/released.ts';
import { initialEvaluateState } from '../stores/evaluate.ts';
import { isChosen, presetsOf } from './presets.ts';
import { madeInfo } from './testing.ts';

const bundled = [
  madeInfo({ id: 'student', kind: 'student', nativeSteps: 2, title: 'Stories student' }),
  madeInfo(),
  madeInfo({ id: 'causal', kind: 'causal', title: 'Stories causal' }),
];
/** A released model that is here, under another title than today's. */
function released(title: string) {
  const { repo, revision } = RELEASED.flatMap(({ models }) => models).find((one) => one.title === title)!;
  const kind = title.includes('teacher') ? ('teacher' as const) : ('student' as const);
  return madeInfo({ id: title, title: 'T', origin: 'hub', kind, hub: { repo, revision } });
}
const of = (id: string, models: Parameters<typeof presetsOf>[0]) =>
  presetsOf(models).find((preset) => preset.id === id)!;

it('the bundled pair needs nothing, teacher first', () => {
  expect(of('pair', bundled)).toMatchObject({ models: ['teacher', 'student'], missing: [] });
});

it('released models that are not here are named', () => {
  expect(of('losses', bundled)).toMatchObject({
    models: [],
    missing: [
      'Small teacher, 1M updates',
      ...['kld', 'mse', 'tvd'].map((loss) => `Small students, ${loss}, round 7`),
    ],
  });
  expect(of('sizes', bundled).missing).toHaveLength(3);
});

it('of several rounds it takes the one of which most are here', () => {
  const here = [
    'Small students, kld, round 7',
    'Small students, mse, round 3',
    'Small students, kld, round 3',
  ];
  const { models, missing } = of('losses', [...bundled, ...here.map(released)]);
  expect(models.toSorted()).toEqual([here[2], here[1]]);
  expect(missing).toContain('Small students, tvd, round 3');
});

it('the rounds are those of the family of which most are here, with their teacher', () => {
  const mse = RELEASED.find(({ id }) => id === 'baselines-mse')!.models.slice(0, 2);
  const here = [...mse.map(({ title }) => title), 'Small teacher, 1M updates'];
  const { models, missing } = of('rounds', [...bundled, ...here.map(released)]);
  expect(models[0]).toBe('Small teacher, 1M updates');
  expect(models).toHaveLength(3);
  expect(missing).toHaveLength(5);
});

it('what was distilled here goes before what was released: the students of the last teacher', () => {
  const own = (id: string, teacher: string, steps: number) =>
    madeInfo({
      id,
      origin: 'distilled',
      kind: 'student',
      nativeSteps: steps,
      ...{ teacher, title: `${id} of ${teacher}` },
    });
  const models = [...bundled, own('x8', 'other', 8), own('a8', 'teacher', 8), own('a4', 'teacher', 4)];
  expect(of('rounds', models)).toMatchObject({ models: ['teacher', 'a8', 'a4'], missing: [] });
});

it('an evaluation is chosen while its models and its steps are, and no others', () => {
  const pair = of('pair', bundled);
  const asked = { ...initialEvaluateState, models: [...pair.models, 'gone'], steps: pair.steps };
  expect(isChosen(pair, asked, bundled)).toBe(true);
  expect(isChosen(pair, { ...asked, steps: [4] }, bundled)).toBe(false);
  expect(isChosen(pair, { ...asked, models: ['teacher'] }, bundled)).toBe(false);
  const form = { ...asked.form, otherSteps: '3' };
  expect(isChosen(pair, { ...asked, form }, bundled)).toBe(false);
  expect(isChosen(of('losses', bundled), { ...asked, models: [] }, bundled)).toBe(false);
});
