import { describe, expect, it } from 'vitest';
import { inWords } from '../../words/english.ts';
import { announcement, expectedPasses, loadingSentence, sentence, timesSentence } from './sentence.ts';

describe('sentence', () => {
  it.each<[Parameters<typeof sentence>[0], string]>([
    [{ steps: 8, current: undefined, masked: 31 }, 'Thirty-one masked slots, nothing written yet.'],
    [{ steps: 8, current: { step: 3, tokens: 5 }, masked: 9 }, 'Step 3 of 8: five tokens at once.'],
    [{ steps: 1024, current: { step: 1000, tokens: 1 }, masked: 1 }, 'Step 1,000 of 1,024: one token.'],
    [
      { steps: 8, current: { step: 9, tokens: 1 }, masked: 0 },
      'Final pass: one token, the likeliest of all.',
    ],
    [{ steps: 0, current: { step: 4, tokens: 1 }, masked: 7 }, 'Pass 4: one token.'],
  ])('%j', (moment, text) => {
    expect(sentence(moment)).toBe(text);
  });

  it('writes counts as words up to a whole canvas', () => {
    expect([0, 1, 20, 32, 33, 1000].map(inWords)).toEqual([
      'no',
      'one',
      'twenty',
      'thirty-two',
      '33',
      '1,000',
    ]);
  });
});

it('announcement says the same in numbers', () => {
  const of = (steps: number, step: number | undefined) =>
    announcement({ steps, current: step === undefined ? undefined : { step, tokens: 8 }, masked: 4 });
  expect(of(4, 3)).toBe('Step 3 of 4: 8 new, 4 masked');
  expect(of(4, 5)).toBe('Final pass: 8 new, 4 masked');
  expect(of(0, 5)).toBe('Pass 5: 8 new, 4 masked');
  expect(of(4, undefined)).toBe('Start: 4 masked');
});

it('loadingSentence names every stage', () => {
  const stages = [undefined, 'fetch', 'verify', 'upload', 'compile'] as const;
  expect(new Set(stages.map((stage) => loadingSentence(stage, 'student'))).size).toBe(5);
  expect(loadingSentence('upload', 'student', 'webgpu')).toBe('Moving the student to the GPU.');
  expect(loadingSentence('upload', 'student', 'wasm')).toBe('Opening the student on the CPU.');
  expect(loadingSentence('fetch', 'student', 'wasm')).toBe('Fetching the student.');
});

it('timesSentence tells the speed of playback from that of the machine', () => {
  expect(timesSentence(700, undefined, 1)).toBe('A step is shown for 0.70 s.');
  expect(timesSentence(350, { milliseconds: 9, gpuMilliseconds: 3.14, forwardPasses: 8 }, 16)).toBe(
    'A step is shown for 0.35 s. The GPU took 3.14 ms for all 8 passes of all 16 texts.',
  );
  expect(timesSentence(700, { milliseconds: 1234, forwardPasses: 1 }, 1)).toBe(
    'A step is shown for 0.70 s. The machine took 1,234 ms for its one pass.',
  );
});

describe('expectedPasses', () => {
  it('is the share of non-empty steps', () => {
    expect(expectedPasses(1, 31)).toBe(1);
    expect(expectedPasses(1024, 32)).toBeCloseTo(31.5, 1);
    expect(expectedPasses(8, 31)).toBeCloseTo(7.87, 2);
  });
});
