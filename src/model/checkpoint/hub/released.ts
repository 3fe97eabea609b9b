/**
 * The released checkpoints, as a picker lists them: students by Self-Distillation Through Time and their teachers
 * (arXiv 2410.21035, huggingface.co/jdeschena/sdtt, a revision for each), and the MDLM that they come from (arXiv 2406.07524).
 */
import { releasedWords as words } from '../../messages/released.ts';
import type { ShapeName } from '../released-shapes.ts';
import type { HubSource } from './source.ts';

/** The divergence that a student was trained on: KL, squared error, or total variation. */
export type ReleasedLoss = 'kld' | 'mse' | 'tvd';

export interface ReleasedModel {
  repo: string;
  revision: string;
  title: string;
  shape: ShapeName;
  kind: 'teacher' | 'student';
  /** Of a student. */
  loss?: ReleasedLoss;
  /** Of a student: rounds of distillation, from 1. */
  round?: number;
  /** Of a student: steps that it was distilled for. */
  nativeSteps?: number;
  /** Of a student: the revision of its teacher, in the same repository. */
  teacher?: string;
}

export interface ReleasedGroup {
  id: string;
  title: string;
  models: readonly ReleasedModel[];
}

/** V of all of them: GPT-2's 50,257 tokens, and the mask. */
export const RELEASED_VOCABULARY = 50_258;

const SDTT = 'jdeschena/sdtt';
const ROUNDS = [1, 2, 3, 4, 5, 6, 7];
/** A round is this many updates, and revisions are named by updates. */
const UPDATES = 10_000;
/** Steps of the first teacher in the first round; each round halves them. */
const FIRST_STEPS = 1024;

/** Steps that a student stands for after a round. */
const stepsAfter = (round: number): number => FIRST_STEPS / 2 ** round;

interface Family {
  id: string;
  /** Revisions are this, and the number of updates. */
  prefix: string;
  title: string;
  shape: ShapeName;
  loss: ReleasedLoss;
  teacher: string;
}

const baselines = (['kld', 'mse', 'tvd'] as const).map((loss): Family => ({
  id: `baselines-${loss}`,
  prefix: `baselines_${loss}_step_`,
  title: words.byLoss(loss),
  shape: '169M',
  loss,
  teacher: 'teacher_1M_sm',
}));

const SIZES = [
  { size: 'sm', shape: '169M' },
  { size: 'md', shape: '424M' },
  { size: 'large', shape: '863M' },
] as const;

const scaling = SIZES.map(({ size, shape }): Family => ({
  id: `scaling-${size}`,
  prefix: `scaling_400k_${size}_step_`,
  title: words.bySize[size],
  shape,
  loss: 'kld',
  teacher: `teacher_400k_${size}_step_400000`,
}));

const students = ({ prefix, title, id, ...family }: Family): ReleasedGroup => ({
  id,
  title,
  models: ROUNDS.map((round) => ({
    repo: SDTT,
    revision: `${prefix}${round * UPDATES}`,
    title: words.student(title, round),
    kind: 'student',
    round,
    nativeSteps: stepsAfter(round),
    ...family,
  })),
});

const teacher = (revision: string, title: string, shape: ShapeName): ReleasedModel => ({
  repo: SDTT,
  revision,
  title,
  shape,
  kind: 'teacher',
});

const mdlm = (name: string, title: string): ReleasedModel => ({
  ...{ repo: `kuleshov-group/${name}`, revision: 'main', title },
  ...{ shape: '169M', kind: 'teacher' },
});

/** Every released checkpoint, in groups, those of most interest first. */
export const RELEASED: readonly ReleasedGroup[] = [
  ...baselines.map(students),
  ...scaling.map(students),
  {
    id: 'teachers',
    title: words.teachers,
    models: [
      teacher('teacher_1M_sm', words.smallTeacher, '169M'),
      ...SIZES.map(({ size, shape }) =>
        teacher(`teacher_400k_${size}_step_400000`, words.teacherOf[size], shape),
      ),
    ],
  },
  {
    id: 'mdlm',
    title: 'MDLM',
    models: [mdlm('mdlm-owt', 'MDLM, OpenWebText'), mdlm('mdlm-no_flashattn-fp32-owt', words.plainAttention)],
  },
];

const all: readonly ReleasedModel[] = RELEASED.flatMap(({ models }) => models);

/** The released model that a source of a hub names (on whatever endpoint), if it is one. */
export function releasedModel({ repo, revision = 'main' }: HubSource): ReleasedModel | undefined {
  return all.find((model) => model.repo === repo && model.revision === revision);
}

/** The teacher of a released student, from before the first round. */
export function teacherOf({ repo, teacher }: ReleasedModel): ReleasedModel | undefined {
  return teacher === undefined ? undefined : releasedModel({ repo, revision: teacher });
}

/**
 * A configuration that says how many steps its student was distilled for, as those of the hub do not.
 * @param config config.json of the released schema, parsed; one that says it already stays as it is
 * @param nativeSteps of the released list; undefined of a model that is no student
 */
export function withNativeSteps(config: object, nativeSteps: number | undefined): object {
  const { parameterization } = config as { parameterization?: unknown };
  const section = typeof parameterization === 'object' && parameterization !== null ? parameterization : {};
  if (nativeSteps === undefined || 'native_steps' in section) return config;
  return { ...config, parameterization: { ...section, native_steps: nativeSteps } };
}
