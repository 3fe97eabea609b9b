import { watch } from '../messages/watch.ts';
import type { Vocabulary } from '../../worker/protocol.ts';

/** What a slot shows of a token. */
export interface Piece {
  /** What is read, without a leading space. */
  text: string;
  /** Whether a space leads; it is drawn as a faint dot. */
  space: boolean;
  /** A mark of the vocabulary, or white space, spelt out in our words instead of the model's. */
  ours: boolean;
}

/** How many slots there are, for what style sheets do about it. */
export const sizeOf = (slots: number): 'few' | 'many' | 'huge' =>
  slots > 256 ? 'huge' : slots > 64 ? 'many' : 'few';

const named = (text: string, space = false): Piece => ({ text, space, ours: true });

/** A token as its slot shows it. */
export function pieceOf(token: number, vocabulary: Vocabulary | undefined): Piece {
  const { pieces, bos, eos } = vocabulary ?? {};
  if (!pieces) return named(String(token));
  if (token === eos) return named(watch.pieces.end);
  if (token === bos) return named(watch.pieces.start);
  const raw = pieces[token] ?? String(token);
  const space = raw.startsWith(' ');
  const text = space ? raw.slice(1) : raw;
  if (text === '') return named(watch.pieces.space, space);
  if (text.trim() === '')
    return named(text.replaceAll('\n', '↵').replaceAll('\t', '⇥').replaceAll(' ', '·'), space);
  return { text, space, ours: false };
}

const SPELT_BYTE = /<0x([0-9A-F]{2})>/;

/** Bytes of a piece; those that are no whole character by themselves stand there spelt out. */
function bytesOf(piece: string): Uint8Array {
  const encoder = new TextEncoder();
  // Splitting at a pattern with a group gives text and hexadecimal digits in turn.
  const parts = piece
    .split(SPELT_BYTE)
    .map((part, i) => (i % 2 === 0 ? encoder.encode(part) : [parseInt(part, 16)]));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/**
 * Tokens as the running text shows them, a text for each; the marks of the vocabulary are no text. A character that
 * several tokens share stands with the last of them; one that a masked slot cuts off is shown as U+FFFD.
 * @param tokens undefined where masked
 */
export function proseOf(
  tokens: readonly (number | undefined)[],
  vocabulary: Vocabulary | undefined,
): string[] {
  const { pieces, bos, eos } = vocabulary ?? {};
  if (!pieces) return tokens.map((token) => (token === undefined ? '' : ` ${token}`));
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const texts = tokens.map((token) =>
    token === undefined || token === bos || token === eos
      ? decoder.decode()
      : decoder.decode(bytesOf(pieces[token] ?? ''), { stream: true }),
  );
  const rest = decoder.decode();
  return texts.map((text, i) => (i === texts.length - 1 ? text + rest : text));
}

/** Widths of letters in a serif, in those of an average one: enough to tell what fits into a slot. */
const WIDE = /[mwMW@]/;
const NARROW = /[iljtfrI.,:;!'|·]/;

/** About how wide a text is, in average letters. */
export function widthOf(text: string): number {
  const width = (letter: string): number => (WIDE.test(letter) ? 1.7 : NARROW.test(letter) ? 0.65 : 1);
  return Array.from(text).reduce((sum, letter) => sum + width(letter), 0);
}
