import { fetchFile, type Fetcher, type Manifest } from '../checkpoint/bundled.ts';
import { UnmaskError } from '../errors.ts';
import { textFileWords } from '../messages/text-file.ts';
import { readTextFile } from './text-file.ts';

/**
 * The bundled texts, which the bundled teacher wrote: what its distillation trains on where nothing else is given.
 * @param base as in `loadManifest`
 * @throws UnmaskError 'not-found' where the manifest names none, or as `fetchFile`
 */
export async function fetchSamples(
  base: string,
  manifest: Manifest,
  fetcher: Fetcher = (url, init) => fetch(url, init),
  signal?: AbortSignal,
): Promise<string[]> {
  const { samples } = manifest;
  if (!samples) throw new UnmaskError('not-found', textFileWords.noSamples);
  return readTextFile(await fetchFile(base, samples, fetcher, () => undefined, signal), samples.path);
}
