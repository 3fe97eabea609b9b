import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { UnmaskError } from '../errors.ts';
import { tokenizerWords as words } from '../messages/tokenizer.ts';
import { BYTE_CHARACTERS } from './byte-level.ts';

/** Text to token ids and back. The mask is no token: it is id `size`. */
export interface Tokenizer {
  /** Number of tokens; ids are 0..size - 1. */
  size: number;
  /** Token that begins a text, where the vocabulary has one. */
  bos?: number;
  /** Token that ends a text, where the vocabulary has one. */
  eos?: number;
  /** Ids of a text. Nothing is added: a BOS is there only if the text spells it out. */
  encode(text: string): number[];
  /** Text of ids, special tokens spelt out. @throws UnmaskError 'argument' for an id that is no token, as the mask */
  decode(ids: number[]): string;
  /**
   * What one slot shows: the text of a single token with its leading space; bytes that are no whole character by
   * themselves appear as `<0xE2>`. @throws UnmaskError 'argument' as `decode`
   */
  piece(id: number): string;
}

/** Names of BOS and EOS, by convention: GPT-2 and kin, Llama, Gemma, Llama 3, BERT. tokenizer.json does not say. */
const MARKS = [
  ['<|endoftext|>', '<|endoftext|>'],
  ['<s>', '</s>'],
  ['<bos>', '<eos>'],
  ['<|begin_of_text|>', '<|end_of_text|>'],
  ['[CLS]', '[SEP]'],
] as const;

/** Byte of every character of a byte-level vocabulary. */
const BYTE_OF: ReadonlyMap<string, number> = new Map(
  BYTE_CHARACTERS.map((character, byte) => [character, byte]),
);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Whether a decoder, or a part of it, turns characters back into bytes. */
function isByteLevel(decoder: unknown): boolean {
  if (!isObject(decoder)) return false;
  const { type, decoders } = decoder;
  return type === 'ByteLevel' || (Array.isArray(decoders) && decoders.some(isByteLevel));
}

/** Bytes as text, character by character; what is no whole UTF-8 character is spelt out. */
function spell(bytes: number[]): string {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i];
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    try {
      text += utf8.decode(Uint8Array.from(bytes.slice(i, i + length)));
      i += length;
    } catch {
      text += `<0x${lead.toString(16).toUpperCase().padStart(2, '0')}>`;
      i += 1;
    }
  }
  return text;
}

/** What the library reads; of anything else it would make something that only looks like a tokenizer. */
const MODELS: readonly string[] = ['BPE', 'WordPiece', 'Unigram'];

/**
 * How many ids a tokenizer has; they must count up from 0, and its model be of a known type. This looks at the JSON
 * itself, since the library fills arrays by id and a wild one would hang it.
 */
function checkModel(json: object): number {
  const { model, added_tokens: added } = json as { model?: unknown; added_tokens?: unknown };
  // Files of old versions name no type, and the library tells them by their fields.
  if (isObject(model) && model['type'] !== undefined && !MODELS.some((known) => known === model['type'])) {
    throw new Error(words.reasons.otherModel(MODELS));
  }
  const vocabulary = isObject(model) && isObject(model['vocab']) ? model['vocab'] : {};
  const ids = new Set<unknown>(Array.isArray(vocabulary) ? vocabulary.keys() : Object.values(vocabulary));
  if (Array.isArray(added)) added.forEach((token) => ids.add(isObject(token) ? token['id'] : undefined));
  if (ids.size === 0) throw new Error(words.reasons.noVocabulary);
  for (let id = 0; id < ids.size; id++) {
    if (!ids.has(id)) throw new Error(words.reasons.missingId(ids.size, id));
  }
  return ids.size;
}

/**
 * A tokenizer from the parsed `tokenizer.json` of Hugging Face `tokenizers`.
 * @param file what messages call it
 * @throws UnmaskError 'tokenizer' where it cannot be read
 */
export function createTokenizer(json: object, file: string): Tokenizer {
  let tokenizer: HuggingFaceTokenizer;
  let tokens: string[];
  let byteLevel: boolean;
  try {
    const size = checkModel(json);
    // Without this the decoder would "clean up" spaces before punctuation: texts would not come back as they were.
    tokenizer = new HuggingFaceTokenizer(json, { clean_up_tokenization_spaces: false });
    // In here, since a decoder can be nested too deeply to be looked through.
    byteLevel = isByteLevel((json as { decoder?: unknown }).decoder);
    tokens = Array.from(tokenizer.get_vocab().keys());
    if (tokens.length !== size) throw new Error(words.reasons.notOneToOne);
    if (!tokens.every((token: unknown) => typeof token === 'string')) throw new Error(words.reasons.notText);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnmaskError('tokenizer', words.unreadable(file, reason), { cause });
  }

  const added = tokenizer.get_added_tokens_decoder();
  const check = (id: number): void => {
    if (!(id in tokens)) {
      throw new UnmaskError('argument', words.noId(id, tokens.length, file));
    }
  };
  const marks = MARKS.find(([bos, eos]) => tokens.includes(bos) && tokens.includes(eos));

  return {
    size: tokens.length,
    ...(marks && { bos: tokens.indexOf(marks[0]), eos: tokens.indexOf(marks[1]) }),
    encode: (text) => {
      const { ids } = tokenizer.encode(text, { add_special_tokens: false });
      if (!ids.every((id) => Number.isInteger(id))) {
        throw new UnmaskError('tokenizer', words.noToken(file));
      }
      return ids;
    },
    decode: (ids) => {
      ids.forEach(check);
      return ids.length === 0 ? '' : tokenizer.decode(ids, { skip_special_tokens: false });
    },
    piece: (id) => {
      check(id);
      const token = tokens[id];
      if (added.has(id)) return token;
      // Outside byte-level vocabularies a leading space is written as ▁ (SentencePiece).
      if (!byteLevel) return token.replaceAll('▁', ' ');
      const bytes = Array.from(token, (character) => BYTE_OF.get(character));
      return bytes.every((byte) => byte !== undefined) ? spell(bytes) : token;
    },
  };
}
