/**
 * Texts as training wants them: one stream of tokens, cut into windows, of which some are held out. Which windows these are and
 * in what order the others come is a pure function of the seed, so the place in the data is one integer.
 */
import { orderBits } from '../../gpu/random.ts';
import { refuse } from '../arguments.ts';
import { UnmaskError } from '../errors.ts';
import { dataWords as words } from '../messages/data.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Texts as tokens. */
export interface TokenStream {
  /** Every text after its BOS, one behind the other. */
  tokens: Uint32Array<ArrayBuffer>;
  /** How many texts. */
  texts: number;
}

/** Half of a surrogate pair: no character, though a string may hold it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Ids that stand for a text where there is no tokenizer: separated by white space. */
function parseIds(text: string, number: number, maskId: number): number[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const id = Number(word);
      if (/^\d+$/.test(word) && id < maskId) return id;
      throw refuse(words.notIds(number, word.slice(0, 40), maskId - 1));
    });
}

function encode(text: string, number: number, tokenizer: Tokenizer): number[] {
  if (LONE_SURROGATE.test(text)) throw refuse(words.loneSurrogate(number));
  try {
    return tokenizer.encode(text);
  } catch (cause) {
    if (!(cause instanceof UnmaskError)) throw cause;
    throw new UnmaskError('argument', words.noTokens(number, cause.message), { cause });
  }
}

/**
 * Token ids of one text, nothing added.
 * @param number of the text, for messages
 * @param tokenizer without one, the text is token ids separated by spaces
 * @throws UnmaskError 'argument' for a text that has no tokens
 */
export function encodeText(
  text: string,
  number: number,
  tokenizer: Tokenizer | undefined,
  maskId: number,
): number[] {
  return tokenizer ? encode(text, number, tokenizer) : parseIds(text, number, maskId);
}

/**
 * One stream of texts: each begins with BOS, where the tokenizer has one; blank texts are passed over.
 * @param tokenizer without one, texts are token ids separated by spaces, and there is no BOS
 * @throws UnmaskError 'argument': no text, nothing but white space, a text that has no tokens, which is named by its number
 */
export function encodeTexts(
  texts: readonly string[],
  tokenizer: Tokenizer | undefined,
  maskId: number,
): TokenStream {
  if (texts.length === 0) throw refuse(words.none);
  const encoded = texts.flatMap((text, i) => {
    if (text.trim() === '') return [];
    const ids = encodeText(text, i + 1, tokenizer, maskId);
    return [tokenizer?.bos === undefined ? ids : [tokenizer.bos, ...ids]];
  });
  if (encoded.length === 0) throw refuse(words.blank);
  return { tokens: Uint32Array.from(encoded.flat()), texts: encoded.length };
}

/** What a stream is cut by. */
export interface WindowOptions {
  /** Tokens of a window. */
  length: number;
  /** Windows of an update: so many are held out, where there are enough. */
  batch: number;
  /** Integer in [0, 2^32). */
  seed: number;
}

/** Share of the windows that is held out, where that is a batch or more. */
const HELD_OUT = 1 / 20;

/** Most of the windows that may be held out for the sake of a whole batch. */
const LARGEST_HELD_OUT = 1 / 4;

/** Stands for the epoch where held-out windows are chosen: no training gets so far. */
const NO_EPOCH = 2 ** 32 - 1;

/** Indices sorted by the generator's bits of an epoch; equal bits (chance 2^-32 a pair) by index. */
function shuffled(indices: readonly number[], seed: number, epoch: number): number[] {
  const bits = new Map(indices.map((index) => [index, orderBits(seed, epoch, index)]));
  return indices.toSorted((a, b) => bits.get(a)! - bits.get(b)! || a - b);
}

/** A stream cut into windows. */
export class TextData {
  readonly texts: number;
  /** Tokens of the stream. */
  readonly tokens: number;
  readonly length: number;
  readonly #stream: TokenStream;
  readonly #seed: number;
  readonly #heldOut: number[];
  readonly #training: number[];
  /** Order of the epoch that was asked for last. */
  #epoch: { epoch: number; order: number[] } | undefined;

  /** @throws UnmaskError 'argument' where there is not one window to train on and one to hold out */
  constructor(stream: TokenStream, { length, batch, seed }: WindowOptions) {
    const { tokens, texts } = stream;
    const windows = Math.floor(tokens.length / length);
    if (windows < 2) throw refuse(words.tooShort(tokens.length, length));
    const whole = Math.min(batch, Math.floor(windows * LARGEST_HELD_OUT));
    const heldOut = Math.max(1, Math.round(windows * HELD_OUT), whole);
    const order = shuffled([...Array(windows).keys()], seed, NO_EPOCH);
    this.#heldOut = order.slice(0, heldOut);
    this.#training = order.slice(heldOut).sort((a, b) => a - b);
    this.#stream = stream;
    this.#seed = seed;
    this.texts = texts;
    this.tokens = tokens.length;
    this.length = length;
  }

  /** The stream, from which the same data can be made again. */
  get stream(): TokenStream {
    return this.#stream;
  }

  /** Windows to train on. */
  get windows(): number {
    return this.#training.length;
  }

  /** Windows held out. */
  get heldOut(): number {
    return this.#heldOut.length;
  }

  #window(index: number): Uint32Array {
    return this.#stream.tokens.subarray(index * this.length, (index + 1) * this.length);
  }

  /**
   * The window at a place in the order of training, counted from 0 over all epochs. In an epoch every window comes once.
   * @returns [length]
   */
  window(place: number): Uint32Array {
    const epoch = Math.floor(place / this.windows);
    if (this.#epoch?.epoch !== epoch) {
      this.#epoch = { epoch, order: shuffled(this.#training, this.#seed, epoch) };
    }
    return this.#window(this.#epoch.order[place % this.windows]);
  }

  /** `count` windows from a place on: [count, length]. */
  batch(place: number, count: number): Uint32Array<ArrayBuffer> {
    return this.#gather(count, (i) => this.window(place + i));
  }

  /** `count` windows that are held out, from the first-th on, beginning anew after the last one: [count, length]. */
  heldOutBatch(first: number, count: number): Uint32Array<ArrayBuffer> {
    return this.#gather(count, (i) => this.#window(this.#heldOut[(first + i) % this.heldOut]));
  }

  #gather(count: number, window: (i: number) => Uint32Array): Uint32Array<ArrayBuffer> {
    const tokens = new Uint32Array(count * this.length);
    for (let i = 0; i < count; i++) tokens.set(window(i), i * this.length);
    return tokens;
  }
}
