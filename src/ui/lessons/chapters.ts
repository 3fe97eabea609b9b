/** The lessons: which parts there are, in which order, and what their words do. Texts: src/ui/messages/lessons/. */
import { allAtOnce } from '../messages/lessons/all-at-once.ts';
import { attention } from '../messages/lessons/attention.ts';
import type { ChapterWords, PartWords } from '../messages/lessons/chapter.ts';
import { cost } from '../messages/lessons/cost.ts';
import { distillation } from '../messages/lessons/distillation.ts';
import { learning } from '../messages/lessons/learning.ts';
import { masking } from '../messages/lessons/masking.ts';
import { oneAtATime } from '../messages/lessons/one-at-a-time.ts';
import { steps } from '../messages/lessons/steps.ts';
import type { LessonId } from '../stores/lesson.ts';
import { fill, openDistill, showPart, slowMotion, train } from './doing/distill.ts';
import type { Doing } from './doing/doing.ts';
import { byPasses, measureFew } from './doing/evaluate.ts';
import { playBy, race } from './doing/race.ts';
import { colour, go, look, pinWord, runWith } from './doing/watch.ts';
import { causalReads, disagree, lensSteps, showHead } from './doing/widgets.ts';
import { maskAnew, maskAt } from './masking.ts';
import type { SourceId } from './sources.ts';
import type { WidgetName } from './widgets.tsx';

export interface Part {
  words: PartWords;
  /** What is done by the words between its tags, by name of the tag. */
  does: Readonly<Record<string, Doing>>;
  widget?: WidgetName;
  /** Numbers of the page as it is, in a sentence below. */
  live?: 'run' | 'race';
  /** Whether it begins what cannot be done without WebGPU: said above it then. */
  trains?: true;
}

export interface Chapter {
  words: ChapterWords;
  /** Without the question, which is the last. */
  parts: readonly Part[];
  /** The right one of the question's choices, from 0. */
  right: number;
  sources: readonly SourceId[];
}

type PartOf<W extends ChapterWords> = Omit<Part, 'words' | 'does'> & {
  part: keyof W['parts'] & string;
  does?: Part['does'];
};

/** @param parts of the words, in their order */
const chapter = <W extends ChapterWords>(
  words: W,
  right: number,
  sources: readonly SourceId[],
  parts: readonly PartOf<W>[],
): Chapter => ({
  ...{ words, right, sources },
  parts: parts.map(({ part, does = {}, ...rest }) => ({ words: words.parts[part], does, ...rest })),
});

const student = (count: number): Doing => runWith({ model: 'student', steps: count });
const teacher = (count: number): Doing => runWith({ model: 'teacher', steps: count });
const firstHitting = runWith({ model: 'student', sampler: 'first-hitting' });
const dragon = pinWord('dragon', 12);

export const CHAPTERS: Readonly<Record<LessonId, Chapter>> = {
  'one-at-a-time': chapter(
    oneAtATime,
    2,
    ['transformer', 'mdlm'],
    [
      { part: 'chain', does: { race: race('three') } },
      { part: 'passes', does: { passes: playBy('pass') }, live: 'race' },
      { part: 'back', does: { pin: dragon } },
      { part: 'together', does: { eight: student(8), four: student(4) } },
    ],
  ),
  masking: chapter(
    masking,
    1,
    ['mdlm'],
    [
      {
        part: 'forward',
        does: { low: maskAt(0.3), high: maskAt(0.9), again: maskAnew },
        widget: 'masking',
      },
      { part: 'learn', does: { few: maskAt(0.1), many: maskAt(0.97) }, widget: 'masking' },
      { part: 'back', does: { four: student(4), start: go('start'), next: go('next') } },
      { part: 'order', does: { student: student(8), colour: colour('step'), teacher: teacher(8) } },
    ],
  ),
  attention: chapter(
    attention,
    2,
    ['transformer', 'mdlm'],
    [
      {
        part: 'both',
        does: { next: showHead(1, 3), before: showHead(4, 1), causal: causalReads, pin: dragon },
        widget: 'attention',
      },
      { part: 'mask', does: { start: go('start'), look: look(3) }, widget: 'attention' },
      { part: 'law', does: { entropy: colour('entropy'), end: go('end') } },
      {
        part: 'context',
        does: { eight: student(8), look: look('last'), start: go('start'), next: go('next') },
      },
    ],
  ),
  'all-at-once': chapter(
    allAtOnce,
    2,
    ['mdlm', 'sdtt', 'firstHitting'],
    [
      { part: 'one', does: { one: teacher(1), many: teacher(32) } },
      { part: 'apart', does: { half: go('halfWay'), find: disagree }, widget: 'pair' },
      { part: 'after', does: { first: firstHitting }, live: 'run' },
      { part: 'few', does: { eight: student(8), four: student(4), two: student(2) } },
    ],
  ),
  steps: chapter(
    steps,
    2,
    ['mdlm', 'firstHitting'],
    [
      { part: 'budget', does: { four: student(4), sixteen: student(16) }, live: 'run' },
      { part: 'passes', does: { many: student(1024) }, live: 'run' },
      { part: 'order', does: { colour: colour('step'), eight: student(8), many: student(1024) } },
      { part: 'first', does: { first: firstHitting }, live: 'run' },
    ],
  ),
  distillation: chapter(
    distillation,
    2,
    ['sdtt'],
    [
      { part: 'slow', does: { race: race('pair') }, live: 'race' },
      { part: 'target', does: { open: openDistill } },
      { part: 'rounds', does: { ladder: fill('ladder') } },
      { part: 'bought', does: { measure: measureFew } },
    ],
  ),
  learning: chapter(
    learning,
    1,
    ['sdtt'],
    [
      { part: 'small', does: { small: fill('small'), start: train('end') }, trains: true },
      {
        part: 'phases',
        does: { phase: train('phase'), slow: slowMotion, scope: showPart('scope') },
      },
      { part: 'loss', does: { curve: showPart('loss') } },
      { part: 'after', does: { texts: showPart('before-after') } },
    ],
  ),
  cost: chapter(
    cost,
    2,
    ['sdtt', 'firstHitting', 'stories'],
    [
      { part: 'price', does: { race: race('three') }, live: 'race' },
      { part: 'time', does: { time: playBy('time'), passes: playBy('pass') }, live: 'race' },
      { part: 'quality', does: { measure: measureFew, axis: byPasses } },
      {
        part: 'precision',
        does: {
          half: go('halfWay'),
          few: lensSteps(8),
          many: lensSteps(1024),
          cool: runWith({ model: 'student', steps: 8, temperature: 0.7 }),
        },
        widget: 'lens',
      },
    ],
  ),
};

/** Parts of a lesson, its question included. */
export const partsOf = (lesson: LessonId): number => CHAPTERS[lesson].parts.length + 1;
