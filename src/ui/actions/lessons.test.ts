import { beforeEach, expect, it } from 'vitest';
import { initialLessonState, LESSONS, useLesson } from '../stores/lesson.ts';
import { useWatch } from '../stores/watch.ts';
import { answer, openLesson, settle, takesFocus, turn } from './lessons.ts';

const partsOf = (): number => 3;
const at = () => {
  const { open, part } = useLesson.getState();
  return [open, part];
};

beforeEach(() => {
  useLesson.setState(initialLessonState, true);
  takesFocus();
});

it('turns part by part, and from lesson to lesson', () => {
  const [first, second] = LESSONS;
  openLesson(first, 1);
  turn(1, partsOf);
  expect(at()).toEqual([first, 2]);
  turn(1, partsOf);
  expect(at()).toEqual([second, 0]);
  turn(-1, partsOf);
  expect(at()).toEqual([first, 2]);
});

it('takes a part beyond the last for the last one, which is what the address has then', () => {
  const [first, second] = LESSONS;
  openLesson(second, 8);
  turn(-1, partsOf);
  expect(at()).toEqual([second, 1]);
  openLesson(first, 8);
  settle(partsOf);
  expect(at()).toEqual([first, 2]);
});

it('stays where there is nothing to turn to', () => {
  turn(1, partsOf);
  expect(at()).toEqual([undefined, 0]);
  openLesson('contents');
  turn(1, partsOf);
  expect(at()).toEqual(['contents', 0]);
  openLesson(LESSONS[0]);
  turn(-1, partsOf);
  expect(at()).toEqual([LESSONS[0], 0]);
  openLesson(LESSONS.at(-1)!, 2);
  turn(1, partsOf);
  expect(at()).toEqual([LESSONS.at(-1), 2]);
});

it('keeps answers until a question is asked again', () => {
  answer('masking', 1);
  answer('steps', 0);
  expect(useLesson.getState().answers).toEqual({ masking: 1, steps: 0 });
  answer('masking', undefined);
  expect(useLesson.getState().answers).toEqual({ steps: 0 });
});

it('gives the focus to what the visitor opened, once, and to nothing that a link did', () => {
  useLesson.setState({ open: 'steps' });
  expect(takesFocus()).toBe(false);
  openLesson('cost');
  expect(takesFocus()).toBe(true);
  expect(takesFocus()).toBe(false);
});

it('closes the slot that a part has looked into as it turns, and none that was open before the lessons', () => {
  useWatch.setState({ slot: 4 });
  openLesson('attention', 1);
  expect(useWatch.getState().slot).toBe(4);
  turn(1, partsOf);
  expect(useWatch.getState().slot).toBeUndefined();
});
