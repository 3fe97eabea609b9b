/** Brings a checkpoint from outside into memory. */
import type { Fetcher } from '../model/checkpoint/bundled.ts';
import { openCheckpoint, type Checkpoint } from '../model/checkpoint/checkpoint.ts';
import { parseJson } from '../model/checkpoint/json.ts';
import type { NamedBlob } from '../model/checkpoint/shards.ts';
import { tokenizerFor } from '../model/tokenizer/gpt2.ts';
import { remoteWords as words } from './messages/remote.ts';
import type { LoadProgress, OpenSource } from './protocol.ts';
import { checkUrl, fetchRemote } from './remote.ts';

/** A tokenizer that was given as text. @throws UnmaskError 'tokenizer' where that is no JSON */
const parseTokenizer = (text: string): object =>
  parseJson(text, 'tokenizer.json', words.ownTokenizer, 'tokenizer');

interface Following {
  signal?: AbortSignal;
  onProgress?: (progress: LoadProgress) => void;
}

/** A file by its address, of the page's origin or https. */
function fetchFile(
  field: string,
  address: string,
  base: string,
  fetcher: Fetcher,
  on: Following,
): Promise<Blob> {
  return fetchRemote(
    checkUrl(field, address, new URL(base).origin),
    fetcher,
    (loaded, total) => on.onProgress?.({ model: address, stage: 'fetch', loaded, total }),
    on.signal ?? new AbortController().signal,
  );
}

/**
 * A tokenizer that is given parsed, as text, or by its address.
 * @param base as in `openSource`
 * @throws UnmaskError naming the file or the field
 */
export async function readTokenizer(
  tokenizer: object | string,
  base: string,
  fetcher: Fetcher,
  on: Following = {},
): Promise<object> {
  if (typeof tokenizer === 'object') return tokenizer;
  if (tokenizer.trimStart().startsWith('{')) return parseTokenizer(tokenizer);
  return parseTokenizer(await (await fetchFile('tokenizer', tokenizer, base, fetcher, on)).text());
}

/** A shard with its name: a file has one, any other blob goes by its place. */
const withName = (part: Blob | NamedBlob, i: number): NamedBlob =>
  part instanceof Blob ? { name: part instanceof File ? part.name : words.shard(i + 1), blob: part } : part;

/** Files in memory as `openCheckpoint` takes them. */
export const namedWeights = (weights: Exclude<OpenSource['weights'], string>): Blob | NamedBlob[] =>
  Array.isArray(weights) ? weights.map(withName) : weights;

/**
 * Fetch what is named by an address, and open the checkpoint.
 * @param base absolute URL of the page's own files: addresses are of its origin, or https
 * @throws UnmaskError naming the file or the field
 */
export async function openSource(
  { config, weights, index, tokenizer, file }: OpenSource,
  base: string,
  fetcher: Fetcher,
  on: Following = {},
): Promise<Checkpoint> {
  const vocabulary = tokenizer === undefined ? undefined : await readTokenizer(tokenizer, base, fetcher, on);
  const named = file ?? (typeof weights === 'string' ? weights.split(/[?#]/)[0].split('/').pop() : '');
  return openCheckpoint({
    config,
    weights:
      typeof weights === 'string'
        ? await fetchFile('weights', weights, base, fetcher, on)
        : namedWeights(weights),
    ...(index === undefined ? {} : { index }),
    ...(vocabulary === undefined ? { findTokenizer: tokenizerFor } : { tokenizer: vocabulary }),
    ...(named ? { file: named } : {}),
  });
}
