import { describe, expect, it } from 'vitest';
import { UnmaskError } from '../model/errors.ts';
import { DISTILL_USAGE, parseDistill, parseTrain, TRAIN_USAGE } from './arguments.ts';

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');

describe('npm run distill', () => {
  it('takes the options of the call', () => {
    const line =
      '--out o --data t.txt --rounds 3 --updates 40 --dt 1/8 --learning-rate=3e-4 --loss tvd --reset-optimizer';
    expect(parseDistill(words(line))).toEqual({
      out: 'o',
      data: 't.txt',
      options: {
        ...{ teacher: 'teacher', rounds: 3, updatesPerRound: 40, dt: 0.125, learningRate: 3e-4 },
        ...{ loss: 'tvd', resetOptimizer: true },
      },
    });
    expect(parseDistill(words('--out o --teacher ./mine'))).toEqual({
      out: 'o',
      options: { teacher: './mine' },
    });
  });

  it('goes on, or says what it takes', () => {
    expect(parseDistill(words('--out o --rounds 3 --resume'))).toEqual({ out: 'o', resume: true });
    expect(parseDistill(['--help'])).toEqual({ help: true });
    for (const option of ['teacher', 'minimum-steps', 'accumulate', 'ema', 'resume'])
      expect(DISTILL_USAGE).toContain(`--${option} `);
  });

  it.each([
    ['', /^--out is missing/],
    ['--out', /^--out lacks its value/],
    ['--out o --out p', /^--out is given twice/],
    ['--out o --round 3', /^--round is no option: --help lists them\.$/],
    ['--out o texts.txt', /^"texts\.txt" is no option/],
    ['--out o --resume=yes', /^--resume takes no value/],
    ['--out o --dt 1/0', /^--dt is "1\/0": give a number/],
    ['--out o --dt 1/2/2', /^--dt is "1\/2\/2"/],
    ['--out o --batch eight', /^--batch is "eight"/],
    ['--out o --seed /', /^--seed is "\/"/],
  ])('refuses "%s"', (line, message) => {
    expect(() => parseDistill(words(line))).toThrow(UnmaskError);
    expect(() => parseDistill(words(line))).toThrow(message);
  });
});

describe('npm run train', () => {
  it('takes the options of the call, and names of files apart', () => {
    const line = '--out o --data t.txt --loss mdlm --updates 9 --config c.json --vocabulary 12 --ema 0.99';
    expect(parseTrain(words(line))).toEqual({
      ...{ out: 'o', data: 't.txt', config: 'c.json' },
      options: { loss: 'mdlm', updates: 9, vocabulary: 12, ema: 0.99 },
    });
    expect(parseTrain(words('--out o --resume'))).toEqual({ out: 'o', resume: true });
    for (const option of ['init', 'config', 'tokenizer', 'vocabulary', 'updates'])
      expect(TRAIN_USAGE).toContain(`--${option} `);
  });

  const whole = '--out o --data t.txt --loss mdlm --updates 9';
  it.each([
    ['--out o --loss mdlm --updates 9 --init a', /^--data is missing/],
    ['--out o --data t --updates 9 --init a', /^--loss is missing/],
    ['--out o --data t --loss mdlm --init a', /^--updates is missing/],
    [whole, /^Give either --init/],
    [`${whole} --init a --config c`, /^Give either --init/],
    [`${whole} --init a --rounds 2`, /^--rounds is no option/],
  ])('refuses "%s"', (line, message) => {
    expect(() => parseTrain(words(line))).toThrow(message);
  });
});
