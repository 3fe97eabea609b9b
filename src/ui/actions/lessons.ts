import { LESSONS, useLesson, type LessonId } from '../stores/lesson.ts';
import { useWatch } from '../stores/watch.ts';

/** Whether the heading of what opens next is to have the focus: a lesson that a link opens does not take it. */
let wanted = false;

/** Where the focus goes when the panel closes. */
export const LESSONS_BUTTON = 'lessons-button';

/** Open a lesson, or their list. @param part from 0 */
export function openLesson(open: LessonId | 'contents', part = 0): void {
  wanted = true;
  // A slot that one part looks into is none of the next one's, and may lie over it.
  if (useLesson.getState().open !== undefined) useWatch.setState({ slot: undefined });
  useLesson.setState({ open, part });
}

/** Close the panel; the button that opens it has the focus then. */
export function closeLessons(): void {
  useLesson.setState({ open: undefined });
  document.getElementById(LESSONS_BUTTON)?.focus();
}

/** Open the list, or close the panel. */
export function toggleLessons(): void {
  if (useLesson.getState().open === undefined) openLesson('contents');
  else closeLessons();
}

/** A link may ask for a later part than the last there is: that one is shown then. @param partsOf of a lesson */
export function settle(partsOf: (lesson: LessonId) => number): void {
  const { open, part } = useLesson.getState();
  if (open === undefined || open === 'contents') return;
  const last = partsOf(open) - 1;
  if (part > last) useLesson.setState({ part: last });
}

/** The part behind or before the one that is shown; beyond the ends the lesson behind or before. @param partsOf of a lesson */
export function turn(by: 1 | -1, partsOf: (lesson: LessonId) => number): void {
  settle(partsOf);
  const { open, part } = useLesson.getState();
  if (open === undefined || open === 'contents') return;
  const target = part + by;
  if (target >= 0 && target < partsOf(open)) {
    openLesson(open, target);
    return;
  }
  const lesson = LESSONS.at(LESSONS.indexOf(open) + by);
  // At one end of all lessons there is nothing to turn to, and -1 is no lesson.
  if (lesson === undefined || LESSONS.indexOf(open) + by < 0) return;
  openLesson(lesson, by > 0 ? 0 : partsOf(lesson) - 1);
}

/** What the class says; the answer is shown from then on. @param choice undefined: ask again */
export function answer(lesson: LessonId, choice: number | undefined): void {
  useLesson.setState(({ answers: { [lesson]: _, ...others } }) => ({
    answers: choice === undefined ? others : { ...others, [lesson]: choice },
  }));
}

/** Whether what was opened last is to have the focus; asked once. */
export function takesFocus(): boolean {
  const takes = wanted;
  wanted = false;
  return takes;
}
