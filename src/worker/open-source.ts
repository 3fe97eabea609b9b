/** Brings a checkpoint from outside into memory. */
import type { Fetcher } from '../model/checkpoint/bundled.ts';
import { openCheckpoint, type Checkpoint } from '../model/checkpoint/checkpoint.ts';
import { UnmaskError } from '../model/errors.ts';
import type { LoadProgress, OpenSource } from './protocol.ts';
import { checkUrl, fetchRemote } from './remote.ts';

/** A tokenizer that was given as text. @throws UnmaskError 'tokenizer' where that is no JSON */
function parseTokenizer(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch (cause) {
    const message = 'tokenizer.json is not JSON: use the tokenizer.json that came with the model.';
    throw new UnmaskError('tokenizer', message, { cause });
  }
}

/**
 * Fetch what is named by an address, and open the checkpoint.
 * @param base absolute URL of the page's own files: addresses are of its origin, or https
 * @throws UnmaskError naming the file or the field
 */
export async function openSource(
  { config, weights, tokenizer, file }: OpenSource,
  base: string,
  fetcher: Fetcher,
  on: { signal?: AbortSignal; onProgress?: (progress: LoadProgress) => void } = {},
): Promise<Checkpoint> {
  const signal = on.signal ?? new AbortController().signal;
  const { origin } = new URL(base);
  const fetchFile = (field: string, address: string): Promise<Blob> =>
    fetchRemote(
      checkUrl(field, address, origin),
      fetcher,
      (loaded, total) => on.onProgress?.({ model: address, stage: 'fetch', loaded, total }),
      signal,
    );
  let vocabulary = tokenizer;
  if (typeof vocabulary === 'string') {
    const isJson = vocabulary.trimStart().startsWith('{');
    vocabulary = parseTokenizer(
      isJson ? vocabulary : await (await fetchFile('tokenizer', vocabulary)).text(),
    );
  }
  const named = file ?? (typeof weights === 'string' ? weights.split(/[?#]/)[0].split('/').pop() : '');
  return openCheckpoint({
    config,
    weights: typeof weights === 'string' ? await fetchFile('weights', weights) : weights,
    ...(vocabulary === undefined ? {} : { tokenizer: vocabulary }),
    ...(named ? { file: named } : {}),
  });
}
