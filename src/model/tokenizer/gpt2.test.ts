import fc from 'fast-check';
import { encode as reference } from 'gpt-tokenizer/encoding/r50k_base';
import { beforeAll, describe, expect, it } from 'vitest';
import { GPT2_BYTES, GPT2_TOKENS, gpt2Tokenizer, tokenizerFor } from './gpt2.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = createTokenizer(await gpt2Tokenizer(), 'tokenizer.json');
});

/** The other encoder knows plain text alone. */
const expected = (text: string): number[] =>
  text.split('<|endoftext|>').flatMap((part, i) => [...(i > 0 ? [50_256] : []), ...reference(part)]);

describe("GPT-2's tokenizer", () => {
  it('has the ids that GPT-2 has', () => {
    expect(tokenizer.size).toBe(GPT2_TOKENS);
    expect([tokenizer.bos, tokenizer.eos]).toEqual([50_256, 50_256]);
    expect(tokenizer.encode('Hello world')).toEqual([15_496, 995]);
    expect(tokenizer.encode('Hello world<|endoftext|> it')).toEqual([15_496, 995, 50_256, 340]);
    expect(tokenizer.piece(995)).toBe(' world');
    expect(tokenizer.decode([50_256])).toBe('<|endoftext|>');
  });

  it('takes as many bytes as is said without it', async () => {
    expect(new TextEncoder().encode(JSON.stringify(await gpt2Tokenizer())).length).toBe(GPT2_BYTES);
  });

  it('is that of a model with as many rows and one for the mask', async () => {
    expect(await tokenizerFor(50_258)).toBe(await gpt2Tokenizer());
    expect(await tokenizerFor(50_257)).toBeUndefined();
  });

  it('makes every token of its own pieces, so that each is the id of its text', () => {
    const wrong: string[] = [];
    for (let id = 0; id < GPT2_TOKENS; id++) {
      const piece = tokenizer.decode([id]);
      // Parts of characters are no text; spaces before a word may be split off by the pre-tokenizer.
      if (piece.includes('\ufffd')) continue;
      if (tokenizer.encode(piece).join() !== expected(piece).join()) wrong.push(piece);
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    "It's 3.14, isn't it? We'LL see, they've said; I'm sure he'd.",
    'def f(x):\n\treturn  {\n        "a": [x ** 2, -1.5e-10],\n    }  # done\r\n\r\n',
    '   leading, trailing   \n\n\n   \t \t ',
    'naïve café, 日本語の文章、한국어, العربية, русский, 👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 \u00a0x \u2028y',
    `${'a'.repeat(200)} ${'0123456789'.repeat(12)} ${'-='.repeat(60)} ${' '.repeat(90)}x`,
    'SolidGoldMagikarp rawdownloadcloneembedreportprint',
  ])('agrees with another encoder on %j', (text) => {
    expect(tokenizer.encode(text)).toEqual(expected(text));
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it('agrees with another encoder on any text', () => {
    const word = fc.constantFrom(
      ...[' the', 'The', "'s", "'S", '.', '...', '\n', '\n\n', '  ', '\t', ' ,', ' 42', '1999', '=>', '();'],
      ...['本', '🙂', 'é', 'ß', '\u00a0', '<|endoftext|>', 'http://', '_', 'ing', ' un', 'mask', ' '],
    );
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme-ascii', maxLength: 80 }),
      fc.array(word, { maxLength: 60 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (s) => {
        expect(tokenizer.encode(s)).toEqual(expected(s));
        expect(tokenizer.decode(tokenizer.encode(s))).toBe(s);
      }),
      { numRuns: 500 },
    );
  });

  it('agrees on a long text', () => {
    const text = 'It was a dark and stormy night; the rain fell in torrents. '.repeat(400);
    const ids = tokenizer.encode(text);
    expect(ids).toEqual(expected(text));
    expect(tokenizer.decode(ids)).toBe(text);
  });
});
