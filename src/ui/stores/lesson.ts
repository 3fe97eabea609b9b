import { create } from 'zustand';

/** The lessons, in the order in which they build on each other. Links name them, so a name stays. */
export const LESSONS = [
  'one-at-a-time',
  'masking',
  'attention',
  'all-at-once',
  'steps',
  'distillation',
  'learning',
  'cost',
] as const;

export type LessonId = (typeof LESSONS)[number];

/** Most parts that a lesson may have, its question included. */
export const MAX_PARTS = 9;

export interface LessonState {
  /** `contents`: the list of lessons; undefined: the panel is closed. */
  open: LessonId | 'contents' | undefined;
  /** The part of the open lesson that is shown, from 0. */
  part: number;
  /** What was chosen in the questions; their answers are shown from then on. */
  answers: Readonly<Partial<Record<LessonId, number>>>;
}

export const initialLessonState: LessonState = { open: undefined, part: 0, answers: {} };

/** Whether a lesson is open, not their list alone: the keys of a presenter are its then. */
export const inLesson = ({ open }: LessonState): boolean => open !== undefined && open !== 'contents';

/** The lesson beside the view. */
export const useLesson = create<LessonState>()(() => initialLessonState);
