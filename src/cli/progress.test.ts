import { describe, expect, it } from 'vitest';
import type { UpdateReport } from '../model/distill/report.ts';
import { duration, Progress, ProgressLine, roundSummary } from './progress.ts';

const report = (update: number, loss: number, round = 1): UpdateReport => ({
  ...{ update, round, loss, gradientNorm: 0.5, masked: 9, milliseconds: 500 },
});

it.each([
  [0.4, '0 s'],
  [59.4, '59 s'],
  [61, '1 min 1 s'],
  [600, '10 min'],
  [7260, '2 h 1 min'],
])('%d s are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

describe('the line', () => {
  it('has place, loss, gradient, pace and what is left', () => {
    const progress = new Progress(100, 2);
    expect(progress.add(report(11, 4), 500)).toBe(
      'round 1/2  update 11/100  loss 4.000, smoothed 4.000  gradient 0.500  2.00 updates/s  45 s left',
    );
    // (0.95 * 0.05 * 4 + 0.05 * 2) / (1 - 0.95^2), by 2 updates in 1 s.
    expect(progress.add(report(12, 2), 1000)).toMatch(/loss 2\.000, smoothed 2\.974 .* 2\.00 updates/);
    // A round has losses of its own.
    expect(progress.add(report(13, 7, 2), 1500)).toMatch(/^round 2\/2 .*smoothed 7\.000/);
  });

  it('goes by the pace of the last updates', () => {
    const progress = new Progress(1000, 1);
    let line = '';
    for (let i = 1; i <= 60; i++)
      line = progress.add(report(i, 1), i <= 10 ? 1000 * i : 10_000 + 100 * (i - 10));
    expect(line).toMatch(/^update 60\/1000 .* 10\.0 updates\/s {2}1 min 34 s left$/);
  });
});

describe('where it is written', () => {
  const written = (isTTY: boolean): string[] => {
    const texts: string[] = [];
    let clock = 0;
    const line = new ProgressLine({ isTTY, columns: 5, write: (text) => texts.push(text) }, () => clock);
    for (const [at, text] of [
      [0, 'one two'],
      [50, 'three'],
      [9000, 'four'],
      [10_000, 'five'],
      [10_010, 'six'],
    ] as const) {
      clock = at;
      line.show(text);
    }
    line.say('done');
    line.say('and out');
    return texts;
  };

  it('is one place on a terminal', () => {
    const end = '\x1b[K';
    expect(written(true)).toEqual([
      ...[`\rone ${end}`, `\rfour${end}`, `\rfive${end}`, `\rsix${end}\n`],
      ...['done\n', 'and out\n'],
    ]);
  });

  it('is a line now and then elsewhere', () => {
    expect(written(false)).toEqual(['one two\n', 'five\n', 'six\n', 'done\n', 'and out\n']);
  });
});

describe('what a round came to', () => {
  const validation = [
    { update: 0, round: 1, loss: 1.95 },
    { update: 8, round: 1, loss: 1.85 },
    { update: 16, round: 2, loss: 3 },
  ];
  it('has the floor with its bounds, and how much of the gap was closed', () => {
    const bounds = { floor: 1.6, upper: 1.8, estimate: 1.7, untrained: 1.95 };
    const floor = { round: 1, draws: 16, ...bounds };
    expect(roundSummary({ round: 1, nativeSteps: 4, floor }, validation)).toBe(
      'round 1: 4 steps  floor 1.700 (1.600 to 1.800)  untrained 1.950  validation 1.850  40 % of the gap closed',
    );
    // A teacher whose targets never differ leaves nothing to learn.
    const none = { ...floor, floor: 2, upper: 2, estimate: 2 };
    expect(roundSummary({ round: 1, nativeSteps: 1, floor: none }, validation)).not.toContain('gap');
  });

  it('does without what is not known', () => {
    expect(roundSummary({ round: 1, nativeSteps: 1 }, validation)).toBe(
      'round 1: 1 step  untrained 1.950  validation 1.850',
    );
  });
});
