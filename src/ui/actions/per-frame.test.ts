import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { perFrame } from './per-frame.ts';

let frames: (() => void)[] = [];

beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => frames.push(callback));
  vi.stubGlobal('document', { hidden: false });
  vi.useFakeTimers({ toFake: ['setTimeout'] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('hands on once a frame what came since, in order', () => {
  const taken: number[][] = [];
  const items = perFrame<number>((came) => taken.push(came));
  [1, 2, 3].forEach(items.add);
  expect(taken).toEqual([]);
  expect(frames).toHaveLength(1);
  frames.shift()!();
  items.add(4);
  items.flush();
  expect(taken).toEqual([[1, 2, 3], [4]]);
  frames.shift()!();
  expect(taken).toHaveLength(2);
});

it('goes on in a page that has no frames, being in the background', () => {
  vi.stubGlobal('document', { hidden: true });
  const taken: number[][] = [];
  perFrame<number>((came) => taken.push(came)).add(1);
  expect(frames).toHaveLength(0);
  vi.advanceTimersByTime(100);
  expect(taken).toEqual([[1]]);
});
