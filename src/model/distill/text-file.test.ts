import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnmaskError } from '../errors.ts';
import { readTextFile } from './text-file.ts';

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

describe('readTextFile', () => {
  it('separates texts by <|endoftext|>, and then blank lines stay inside them', () => {
    const file = 'One.\n\nStill one.\n<|endoftext|>\nTwo.\n<|endoftext|>\n \n<|endoftext|>Three.\n';
    expect(readTextFile(utf8(file), 'a.txt')).toEqual(['One.\n\nStill one.', 'Two.', 'Three.']);
  });

  it('separates texts by blank lines where no mark stands', () => {
    expect(readTextFile(utf8('One\nmore.\r\n\r\nTwo.\n \t\n\n\nThree.'), 'a.txt')).toEqual([
      'One\nmore.',
      'Two.',
      'Three.',
    ]);
    expect(readTextFile(utf8('\uFEFFOne.'), 'a.txt')).toEqual(['One.']);
  });

  it('reads lines of JSON, as strings or by their field text', () => {
    const file = '{"text": "One.\\n\\nStill.", "id": 1}\r\n\n"Two <|endoftext|>"\n{"text": " "}\n';
    expect(readTextFile(utf8(file), 'A.JSONL')).toEqual(['One.\n\nStill.', 'Two <|endoftext|>']);
  });

  it('gives back what was written, line by line', () => {
    const property = fc.property(
      fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 8 }),
      (texts) => {
        const filled = texts.filter((text) => text.trim() !== '');
        fc.pre(filled.length > 0);
        const lines = texts.map((text, i) => JSON.stringify(i % 2 === 0 ? text : { text })).join('\n');
        expect(readTextFile(utf8(lines), 'a.jsonl')).toEqual(filled);
      },
    );
    fc.assert(property, { numRuns: 100, seed: 1 });
  });

  const bad: [string, Uint8Array<ArrayBuffer>, string][] = [
    ['a.txt', new Uint8Array(), 'a.txt is empty: choose a file with text in it.'],
    ['a.txt', utf8(' \n\n\t'), 'a.txt holds nothing but white space: choose a file with text in it.'],
    ['a.txt', Uint8Array.of(0xff, 0xfe, 0x41, 0), 'a.txt is UTF-16: save it as UTF-8 and choose it again.'],
    ['a.txt', Uint8Array.of(0xfe, 0xff, 0, 0x41), 'a.txt is UTF-16: save it as UTF-8 and choose it again.'],
    // Latin-1: an é is one byte, which is no UTF-8.
    [
      'a.txt',
      Uint8Array.of(0x63, 0xe9, 0x20, 0x41),
      'a.txt is not UTF-8: save it as UTF-8 and choose it again.',
    ],
    [
      'a.bin',
      Uint8Array.of(0x50, 0x4b, 3, 0),
      'a.bin is no text (byte 3 is 0): choose a .txt or .jsonl file in UTF-8.',
    ],
    [
      'a.jsonl',
      utf8('"One."\n\n{"text"\n'),
      'Line 3 of a.jsonl is not JSON: give a string or {"text": "..."} on each line.',
    ],
    [
      'a.jsonl',
      utf8('"One."\n[1]\n'),
      'Line 2 of a.jsonl holds no text: give a string or {"text": "..."} on each line.',
    ],
    [
      'a.jsonl',
      utf8('null'),
      'Line 1 of a.jsonl holds no text: give a string or {"text": "..."} on each line.',
    ],
  ];

  it.each(bad)('refuses %s in one sentence: %j', (name, bytes, message) => {
    expect(() => readTextFile(bytes, name)).toThrow(new UnmaskError('argument', message));
  });
});
