import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const parse = (text: string) => parseOptions(text === '' ? [] : text.split(' '));

describe('options of the benchmark', () => {
  it('have defaults: everything but peers and training, at the lengths of each case', () => {
    expect(parse('')).toEqual({
      ...{ quick: false, variants: false, random: false, native: false, lengths: undefined },
      parts: new Set(['student', 'small', 'decoding', 'page']),
    });
  });

  it('may ask for parts and lengths', () => {
    expect(parse('--only peers --random --lengths 32 --quick')).toMatchObject({
      ...{ quick: true, random: true, lengths: [32] },
      parts: new Set(['peers']),
    });
    expect(parse('--only student --only page --lengths=32,1024')).toMatchObject({
      parts: new Set(['student', 'page']),
      lengths: [32, 1024],
    });
  });

  it('measure training only where it is asked for', () => {
    expect(parse('--only training --lengths 8')).toMatchObject({
      parts: new Set(['training']),
      lengths: [8],
    });
    expect(parse('')?.parts.has('training')).toBe(false);
  });

  it('measure the models beside PyTorch, and nothing else there', () => {
    expect(parse('--native')).toMatchObject({ native: true, parts: new Set(['student', 'small']) });
    expect(parse('--native --only small')).toMatchObject({ parts: new Set(['small']) });
    expect(() => parse('--native --only page')).toThrow('--only page: choose student, small.');
  });

  it.each([
    ['--only weights', '--only weights: choose student, small, decoding, page, peers, training.'],
    ...['32,x', '0', '32,', '1.5', '-4'].map((text) => [
      `--lengths=${text}`,
      `--lengths ${text}: give whole numbers from 1, separated by commas, such as 32,128.`,
    ]),
  ])('are refused: %s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('are not guessed at', () => {
    expect(() => parse('--lenghts 32')).toThrow(/--lenghts/);
    expect(parse('--help')).toBeUndefined();
  });
});
