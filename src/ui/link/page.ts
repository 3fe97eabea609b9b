/** What links say of the page around the views, and of the lesson beside them. */
import { refusals } from '../messages/link-refusals.ts';
import { LESSONS, MAX_PARTS, type LessonId } from '../stores/lesson.ts';
import type { PageState } from '../stores/page.ts';
import { fieldsOf, type Field } from './field.ts';
import { flag, oneOf, type Kind } from './kinds.ts';

/** What of a lesson is open. */
export interface LinkedLesson {
  open: LessonId | 'contents';
  /** From 0; links count from 1. */
  part: number;
}

export interface PageLink extends PageState {
  lesson?: LinkedLesson;
}

export const firstPageLink: PageLink = { controls: 'shown', presenting: false };

const PART = new RegExp(`^[1-${MAX_PARTS}]$`);

const lesson: Kind<LinkedLesson> = {
  expects: refusals.expects.lesson(MAX_PARTS, LESSONS),
  read: (text) => {
    if (text === 'contents') return { open: 'contents', part: 0 };
    const [name, part = '1', ...rest] = text.split('.');
    const open = LESSONS.find((one) => one === name);
    return open !== undefined && rest.length === 0 && PART.test(part)
      ? { open, part: Number(part) - 1 }
      : undefined;
  },
  write: ({ open, part }) => (open === 'contents' || part === 0 ? open : `${open}.${part + 1}`),
};

const part = fieldsOf<PageLink>();

export const pageFields: readonly Field<PageLink>[] = [
  part('lesson', lesson),
  part('controls', oneOf(['shown', 'hidden'])),
  part('presenting', flag, 'present'),
];
