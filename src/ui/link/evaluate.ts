/** What links say of the Evaluate view: its forms, and never a text that was pasted or opened. */
import {
  LEAST_MAUVE_TEXTS,
  MAX_SWEEP_MODELS,
  MAX_SWEEP_TEXTS,
  type Ending,
} from '../../worker/evaluate/result.ts';
import { refusals } from '../messages/link-refusals.ts';
import type { EvaluateState } from '../stores/evaluate.ts';
import { fieldsOf, type Field } from './field.ts';
import { amongst, anyText, decimal, name, names, nothing, oneOf, whole, wholes } from './kinds.ts';

export interface EvaluateLink {
  models: readonly string[];
  /** Rising. */
  steps: readonly number[];
  /** Texts of a point. */
  count: number;
  /** Of a text; the token that begins it is given besides. */
  slots: number;
  prompt: string;
  sampler: EvaluateState['form']['sampler'];
  temperature: number;
  topP: number;
  seed: number;
  /** Id of a model that is here, or `none` for nobody; absent: the usual judge, or that of the hub. */
  judge?: string;
  /** A judge of the hub: "owner/name", revision, and path of its file. */
  judgeRepo?: string;
  judgeRevision?: string;
  judgeFile?: string;
  x: EvaluateState['x'];
  /** Of the panels; what is absent is left to the engine. */
  wordEnding?: Ending;
  wordCount?: number;
  wordDraws: number;
  wordSeed: number;
  boundLength?: number;
  boundDraws: number;
  boundSeed: number;
  mauveCount: number;
  mauveLength?: number;
  mauveSteps: readonly number[];
  mauveClusters?: number;
  mauveFeatures: string;
  mauveSeed: number;
  /** Of the report; no teacher: the first that there is, no count of items: all. */
  reportTeacher?: string;
  reportCount: number;
  reportLength: number;
  reportUpTo: number;
  reportItems?: number;
  reportSeed: number;
}

export const firstEvaluateLink: EvaluateLink = {
  ...{ models: ['teacher', 'student'], steps: [1, 2, 4, 8, 16, 32], count: 32, slots: 32, prompt: '' },
  ...{ sampler: 'ancestral', temperature: 1, topP: 1, seed: 0, x: 'steps' },
  ...{ wordDraws: 64, wordSeed: 0, boundDraws: 16, boundSeed: 0 },
  ...{ mauveCount: 64, mauveSteps: [1, 4, 16], mauveFeatures: 'causal', mauveSeed: 0 },
  ...{ reportCount: 64, reportLength: 33, reportUpTo: 64, reportSeed: 0 },
};

/** Items of a file of last words, at most. */
const MOST_ITEMS = 1_000_000;
/** Numbers of steps that may be typed; how many a sweep takes is said by the form. */
const MOST_STEPS = 64;

const seed = whole(0, 2 ** 32 - 1);
const part = fieldsOf<EvaluateLink>();

const { why } = refusals;

const ofHub = (state: EvaluateLink) =>
  state.judge === undefined
    ? name(120)
    : nothing(state.judge === 'none' ? why.is('judge', 'none') : why.isModel('judge'));
const ofRepository = (state: EvaluateLink) =>
  state.judgeRepo === undefined ? nothing(why.missing('judge-repo')) : name(200);

export const evaluateFields: readonly Field<EvaluateLink>[] = [
  part('models', names(0, MAX_SWEEP_MODELS, 80), 'evaluate-models'),
  part('steps', wholes(MOST_STEPS, 1, 1024), 'evaluate-steps'),
  part('count', whole(2, MAX_SWEEP_TEXTS), 'evaluate-count'),
  part('slots', whole(2, 1024), 'evaluate-slots'),
  part('prompt', anyText(4000), 'evaluate-prompt'),
  part('sampler', oneOf(['ancestral', 'confidence']), 'evaluate-sampler'),
  part('temperature', decimal(0.1, 2), 'evaluate-temperature'),
  part('topP', decimal(0.05, 1), 'evaluate-topP'),
  part('seed', seed, 'evaluate-seed'),
  part('judge', name(80)),
  part('judgeRepo', ofHub, 'judge-repo'),
  part('judgeRevision', ofRepository, 'judge-revision'),
  part('judgeFile', ofRepository, 'judge-file'),
  part('x', oneOf(['steps', 'passes'])),
  part('wordEnding', oneOf<Ending>(['eos', 'full stop', 'nothing']), 'word-ending'),
  part('wordCount', whole(1, MOST_ITEMS), 'word-count'),
  part('wordDraws', whole(1, 1024), 'word-draws'),
  part('wordSeed', seed, 'word-seed'),
  part('boundLength', whole(2, 1024), 'bound-length'),
  part('boundDraws', whole(2, 1024), 'bound-draws'),
  part('boundSeed', seed, 'bound-seed'),
  part('mauveCount', whole(LEAST_MAUVE_TEXTS, MAX_SWEEP_TEXTS), 'mauve-count'),
  part('mauveLength', whole(2, 1024), 'mauve-length'),
  part('mauveSteps', wholes(MOST_STEPS, 1, 1024), 'mauve-steps'),
  part('mauveClusters', whole(2, 500), 'mauve-clusters'),
  part('mauveFeatures', name(80), 'mauve-features'),
  part('mauveSeed', seed, 'mauve-seed'),
  part('reportTeacher', name(80), 'report-teacher'),
  part('reportCount', whole(2, MAX_SWEEP_TEXTS), 'report-count'),
  part('reportLength', whole(2, 1024), 'report-length'),
  part('reportUpTo', amongst([8, 16, 32, 64, 128]), 'report-steps'),
  part('reportItems', whole(1, MOST_ITEMS), 'report-items'),
  part('reportSeed', seed, 'report-seed'),
];
