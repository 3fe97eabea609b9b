/** Long texts as tokens, without keeping the thread that hears of a cancel. */
import { refuse } from '../arguments.ts';
import type { Breath } from '../breath.ts';
import { encodeText } from '../distill/data.ts';
import { textWords as words } from '../messages/evaluate/texts.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Characters that are tokenised at once: some hundredths of a second. */
const PIECE = 16_384;
/** Characters on either side of a cut by which it is told whether the cut changes tokens. */
const AROUND = 64;
/** Cuts that are looked at, one after the other, before it is taken that there is none. */
const TRIES = 16;
/** Longest text that is tokenised at once where there is no cut: seconds. */
const MOST_AT_ONCE = 2 ** 20;

type Encode = (part: string) => number[];

/** Whether a text may be cut before a blank: tokens around it are the same with the cut as without. */
function cutsAt(text: string, at: number, encode: Encode): boolean {
  // No half of a surrogate pair.
  const left = text.slice(Math.max(0, at - AROUND), at).replace(/^[\uDC00-\uDFFF]/, '');
  const right = text.slice(at, at + AROUND).replace(/[\uD800-\uDBFF]$/, '');
  return String(encode(left + right)) === String([...encode(left), ...encode(right)]);
}

/** Where the piece that begins at `from` ends. */
function endOfPiece(text: string, from: number, encode: Encode): number {
  if (text.length - from <= 2 * PIECE) return text.length;
  const blank = /(?<=\S)\s(?=\S)/gu;
  blank.lastIndex = from + PIECE;
  for (let i = 0; i < TRIES; i++) {
    const found = blank.exec(text);
    if (!found) break;
    if (cutsAt(text, found.index, encode)) return found.index;
  }
  return text.length;
}

/**
 * Token ids of one text, nothing added, piece by piece; together they are those of `encodeText`. A text is cut before blanks, as
 * far as its tokenizer makes the same tokens of both sides by themselves.
 * @param number of the text, for messages
 * @param tokenizer without one, the text is token ids separated by spaces
 * @throws UnmaskError 'argument' for a text that has no tokens, or that is too long where there is no cut; 'aborted'
 */
export async function* encodeInPieces(
  text: string,
  number: number,
  tokenizer: Tokenizer | undefined,
  maskId: number,
  breath: Breath,
): AsyncGenerator<number[], void, undefined> {
  const encode: Encode = (part) => encodeText(part, number, tokenizer, maskId);
  for (let from = 0; from < text.length;) {
    await breath.take();
    const end = endOfPiece(text, from, encode);
    if (end - from > MOST_AT_ONCE) {
      throw refuse(words.tooLong(number, end - from));
    }
    yield encode(text.slice(from, end));
    from = end;
  }
}
