import { describe, expect, it } from 'vitest';
import { pieceOf, proseOf, widthOf } from './piece.ts';

const vocabulary = { pieces: ['<|endoftext|>', ' girl', 'Once', '\n', ' '], maskId: 5, bos: 0, eos: 0 };

describe('pieceOf', () => {
  it('tells words, spaces, white space and marks apart', () => {
    const show = (token: number) => {
      const { text, space, ours } = pieceOf(token, vocabulary);
      return `${space ? '.' : ''}${text}${ours ? '!' : ''}`;
    };
    expect([0, 1, 2, 3, 4].map(show)).toEqual(['end!', '.girl', 'Once', '↵!', '.space!']);
  });

  it('shows ids where there is no tokenizer', () => {
    expect(pieceOf(42, { maskId: 5 }).text).toBe('42');
    expect(proseOf([42, undefined], { maskId: 5 })).toEqual([' 42', '']);
  });
});

it('proseOf leaves marks out and keeps spaces', () => {
  expect(proseOf([0, 1, undefined, 2], vocabulary)).toEqual(['', ' girl', '', 'Once']);
});

describe('proseOf with characters of several tokens', () => {
  const bytes = { pieces: [' a<0xE2>', '<0x80><0x99>', 's'], maskId: 3 };

  it('shows a character with its last token', () => {
    expect(proseOf([0, 1, 2], bytes)).toEqual([' a', '\u2019', 's']);
  });

  it('shows that a character is cut off by a masked slot or the end', () => {
    expect(proseOf([0, undefined, 2], bytes)).toEqual([' a', '\ufffd', 's']);
    expect(proseOf([2, 0], bytes)).toEqual(['s', ' a\ufffd']);
  });
});

it('widthOf knows that some letters are wider', () => {
  expect(widthOf('mummy')).toBeGreaterThan(widthOf('happy'));
  expect(widthOf('little')).toBeLessThan(widthOf('jumped'));
  expect(widthOf('🙂')).toBe(1);
});
