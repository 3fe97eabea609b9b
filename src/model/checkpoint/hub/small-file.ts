/** Files of a hub that are read whole: config.json, tokenizer.json, the index of shards. */
import { UnmaskError } from '../../errors.ts';
import { downloadWords as words } from '../../messages/hub-download.ts';
import { download, type DownloadOptions } from './download.ts';
import { fileUrl } from './hub.ts';
import type { DownloadSink } from './sink.ts';
import type { HubFile, HubListing } from './source.ts';

/** Far above any of them: tokenizers of large vocabularies take 20 MB. */
const LARGEST = 100_000_000;

/**
 * The JSON object in a file of a repository.
 * @param fetch its bytes, from the hub or from where they are kept
 * @throws UnmaskError 'file-format' where it is none, or what `fetch` throws
 */
export async function readHubJson(
  { repo }: Pick<HubListing, 'repo'>,
  { path, bytes }: HubFile,
  fetch: () => Promise<Blob>,
): Promise<object> {
  const refuse = (sentence: string, cause?: unknown): UnmaskError =>
    new UnmaskError('file-format', sentence, { cause });
  if (bytes > LARGEST) throw refuse(words.small.tooLarge(path, repo, bytes));
  const text = await (await fetch()).text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refuse(words.small.notJson(path, repo), cause);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw refuse(words.small.noObject(path, repo));
  return json;
}

/**
 * Fetch a file and read the JSON object in it.
 * @throws UnmaskError as `readHubJson` and `download`
 */
export function fetchHubJson(
  listing: HubListing,
  file: HubFile,
  options: Pick<DownloadOptions, 'fetcher' | 'signal' | 'pauses'> = {},
): Promise<object> {
  return readHubJson(listing, file, async () => {
    let parts: Uint8Array<ArrayBuffer>[] = [];
    const sink: DownloadSink = {
      state: undefined,
      write: (part) => Promise.resolve(void parts.push(part)),
      commit: () => Promise.resolve(),
      restart: () => Promise.resolve(void (parts = [])),
    };
    await download(fileUrl(listing, file.path), file, sink, options);
    return new Blob(parts);
  });
}
