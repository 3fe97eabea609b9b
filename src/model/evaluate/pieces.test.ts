import { describe, expect, it } from 'vitest';
import { bundledCheckpoint } from '../../../fixtures/load.ts';
import { Breath } from '../breath.ts';
import { encodeText } from '../distill/data.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { encodeInPieces } from './pieces.ts';

async function pieces(text: string, tokenizer?: Tokenizer, signal?: AbortSignal): Promise<number[][]> {
  const found: number[][] = [];
  for await (const ids of encodeInPieces(text, 7, tokenizer, 100, new Breath('Stopped.', signal)))
    found.push(ids);
  return found;
}

/** A token for each character; a text begins with a mark of its own, unless it begins with what `free` says. */
const marking = (free: string): Tokenizer => ({
  ...{ size: 70_000, decode: () => '', piece: () => '' },
  encode: (text) => [
    ...(text.startsWith(free) ? [] : [1]),
    ...Array.from(text, (character) => character.charCodeAt(0)),
  ],
});

describe('a long text in pieces', () => {
  it('has the tokens that it has at once', async () => {
    const { tokenizer } = await bundledCheckpoint('teacher');
    const line = 'Lily  saw a big red ball.\n\n"Can I have it?" she asked 3 times\tand\nlaughed \u{1f600}. ';
    const text = line.repeat(900);
    const found = await pieces(text, tokenizer);
    expect(found.length).toBeGreaterThan(2);
    expect(found.flat()).toEqual(encodeText(text, 7, tokenizer, 100));
    expect(await pieces('Lily', tokenizer)).toEqual([tokenizer!.encode('Lily')]);
    expect(await pieces('', tokenizer)).toEqual([]);
  });

  it('may be ids', async () => {
    const found = await pieces('12 3 '.repeat(20_000));
    expect(found.length).toBeGreaterThan(2);
    expect(found.flat()).toEqual(Array.from({ length: 40_000 }, (_, i) => (i % 2 === 0 ? 12 : 3)));
    await expect(pieces(`${'1 '.repeat(50_000)} x`)).rejects.toThrow(/^Text 7 has "x" in it/);
  });

  it('is cut only where that changes nothing, and refused where it is too long without', async () => {
    const text = 'ab\ncd ef '.repeat(10_000);
    expect(await pieces(text, marking(''))).not.toHaveLength(1);
    // Only what begins with a line's end has no mark.
    const lines = marking('\n');
    const found = await pieces(text, lines);
    expect(found.length).toBeGreaterThan(2);
    expect(found.flat()).toEqual(lines.encode(text));
    expect(await pieces(text, marking('-'))).toEqual([marking('-').encode(text)]);
    await expect(pieces('ab '.repeat(400_000), marking('-'))).rejects.toMatchObject({
      code: 'argument',
      message: 'Text 7 has 1200000 characters that cannot be tokenised in pieces: give it as several texts.',
    });
  });

  it('stops in the middle', async () => {
    const controller = new AbortController();
    let calls = 0;
    const tokenizer: Tokenizer = {
      ...marking(''),
      encode: () => {
        calls += 1;
        controller.abort();
        return [];
      },
    };
    await expect(pieces('ab '.repeat(50_000), tokenizer, controller.signal)).rejects.toMatchObject({
      code: 'aborted',
    });
    // Of one cut, and of the piece before it.
    expect(calls).toBe(4);
  });
});
