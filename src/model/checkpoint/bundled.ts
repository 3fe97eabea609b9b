import { keepCopy, keptCopy } from '../../offline/copy.ts';
import { UnmaskError } from '../errors.ts';
import { bundledWords as words } from '../messages/bundled.ts';
import { httpWords } from '../messages/http.ts';
import { checkpointWords } from '../messages/checkpoint.ts';
import { openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { aborted, isPage } from './http.ts';
import { parseJson } from './json.ts';

/** A file that the page serves, with what is needed to announce and to check its download. */
export interface BundledFile {
  /** Relative to the folder of the manifest. */
  path: string;
  bytes: number;
  /** SHA-256 in lower-case hexadecimal. */
  sha256: string;
}

/** What the manifest says of a model, known before anything large is fetched. */
export interface BundledModel {
  id: 'teacher' | 'student' | 'causal';
  kind: 'teacher' | 'student' | 'causal';
  title: string;
  /** One sentence. */
  description: string;
  /** Sum over its files. */
  bytes: number;
  /** Longest text, in tokens. */
  length: number;
  /** V, mask included. */
  vocabulary: number;
  /** Steps a student was distilled for. */
  nativeSteps?: number;
  files: { config: BundledFile; weights: BundledFile; tokenizer: BundledFile };
}

/** public/weights/manifest.json, written by scripts/make-manifest.mjs. */
export interface Manifest {
  version: 1;
  models: BundledModel[];
  /** Texts that the teacher wrote, separated by <|endoftext|>; absent in manifests of older releases. */
  samples?: BundledFile;
}

/** What is asked of `fetch` here. */
export interface FetchInit {
  signal?: AbortSignal;
  headers?: Record<string, string>;
  cache?: RequestCache;
}

/** `fetch`, or what stands for it in a test. */
export type Fetcher = (url: string, init?: FetchInit) => Promise<Response>;

/** How far a download is; `loaded` and `total` are bytes of `file`. */
export interface BundledProgress {
  stage: 'fetch' | 'verify';
  file: string;
  loaded: number;
  total: number;
}

const MANIFEST = 'manifest.json';

const join = (base: string, path: string): string => `${base.replace(/\/$/, '')}/${path}`;

/** Of the page: the folder of the weights lies in it. */
const scopeOf = (base: string): string => new URL('../', join(base, '')).href;

/** Where the page was opened from what is kept of it, a file that differs is of a newer version, and a reload changes nothing. */
const remedy = async (base: string, usual: string): Promise<string> =>
  (await keptCopy(join(base, MANIFEST), scopeOf(base))) ? words.remedies.newVersion : usual;

async function request(url: string, file: string, fetcher: Fetcher, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetcher(url, signal ? { signal } : {});
  } catch (cause) {
    if (signal?.aborted) throw aborted(file, cause);
    throw new UnmaskError('network', words.unreachable(file), {
      cause,
    });
  }
  if (response.status === 404 || (response.ok && isPage(response))) {
    throw new UnmaskError('not-found', words.missing(file, url));
  }
  if (!response.ok) {
    throw new UnmaskError('network', httpWords.refused(file, response.status));
  }
  return response;
}

const isFile = (value: unknown): value is BundledFile => {
  const file = value as BundledFile | undefined;
  return (
    typeof file?.path === 'string' &&
    Number.isSafeInteger(file.bytes) &&
    file.bytes >= 0 &&
    /^[0-9a-f]{64}$/.test(file.sha256)
  );
};

/**
 * Fetch the list of bundled models.
 * @param base URL of the folder with the manifest; a worker passes an absolute one, since relative ones are taken
 *   from the worker's script
 * @throws UnmaskError 'not-found', 'network' or 'file-format'
 */
export async function loadManifest(
  base: string,
  fetcher: Fetcher = (url, init) => fetch(url, init),
): Promise<Manifest> {
  const file = MANIFEST;
  const url = join(base, file);
  const response = (await keptCopy(url, scopeOf(base))) ?? (await request(url, file, fetcher));
  let manifest: Manifest;
  try {
    manifest = (await response.json()) as Manifest;
  } catch (cause) {
    throw new UnmaskError('file-format', checkpointWords.notJson(file, words.fetchAgain), {
      cause,
    });
  }
  const known = (manifest as Partial<Manifest> | null)?.version === 1 && Array.isArray(manifest.models);
  const whole = (model: BundledModel | null): boolean =>
    isFile(model?.files.config) && isFile(model.files.weights) && isFile(model.files.tokenizer);
  const texts = (samples?: BundledFile): boolean => samples === undefined || isFile(samples);
  if (!known || !manifest.models.every(whole) || !texts(manifest.samples)) {
    throw new UnmaskError('file-format', words.noManifest(file));
  }
  return manifest;
}

/**
 * Fetch a file of known size into memory, reporting after every chunk, and check size and SHA-256.
 * @param base as in `loadManifest`
 * @throws UnmaskError 'not-found', 'network', 'file-truncated', 'hash-mismatch' or 'aborted'
 */
export async function fetchFile(
  base: string,
  file: BundledFile,
  fetcher: Fetcher,
  onProgress: (p: BundledProgress) => void,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { path, bytes: total } = file;
  const report = (stage: 'fetch' | 'verify', loaded: number): void => {
    onProgress({ stage, file: path, loaded, total });
  };
  const url = join(base, path);
  const scope = scopeOf(base);
  const response = (await keptCopy(url, scope, file.sha256)) ?? (await request(url, path, fetcher, signal));
  const bytes = new Uint8Array(total);
  let loaded = 0;
  report('fetch', 0);
  const reader = response.body?.getReader();
  try {
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
      if (loaded + chunk.value.length > total) {
        throw new UnmaskError(
          'hash-mismatch',
          words.tooLong(path, total, await remedy(base, words.remedies.reload)),
        );
      }
      bytes.set(chunk.value, loaded);
      loaded += chunk.value.length;
      report('fetch', loaded);
    }
  } catch (cause) {
    if (cause instanceof UnmaskError) {
      await reader?.cancel().catch(() => undefined);
      throw cause;
    }
    if (signal?.aborted) throw aborted(path, cause);
    throw new UnmaskError('network', words.broken(path, loaded, total), {
      cause,
    });
  }
  if (loaded < total) {
    throw new UnmaskError(
      'file-truncated',
      words.truncated(path, loaded, total, await remedy(base, words.remedies.tryAgain)),
    );
  }
  await verify(bytes, file, base, report);
  if (signal?.aborted) throw aborted(path);
  // Nobody waits for it.
  void keepCopy(url, file.sha256, bytes, scope);
  return bytes;
}

/** Compare the SHA-256. Pages without a secure context have no `crypto.subtle`: there the size has to do. */
async function verify(
  bytes: Uint8Array<ArrayBuffer>,
  file: BundledFile,
  base: string,
  report: (stage: 'verify', loaded: number) => void,
): Promise<void> {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  if (!subtle) return;
  report('verify', 0);
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hash !== file.sha256) {
    throw new UnmaskError(
      'hash-mismatch',
      words.otherHash(file.path, await remedy(base, words.remedies.withoutCache)),
    );
  }
  report('verify', file.bytes);
}

/** JSON of a verified file; what it must hold is checked by who reads it. */
const parse = (bytes: Uint8Array, file: string): object =>
  parseJson(new TextDecoder().decode(bytes), file, words.fetchAgain);

/**
 * Fetch one bundled model: its configuration, the tokenizer and its weights, each checked by size and SHA-256.
 * @param base as in `loadManifest`
 * @param onProgress called as bytes arrive, file after file
 * @throws UnmaskError 'unknown-model', 'not-found', 'network', 'file-truncated', 'hash-mismatch', 'aborted',
 *   or as `openCheckpoint`
 */
export async function fetchBundled(
  base: string,
  manifest: Manifest,
  id: string,
  onProgress: (p: BundledProgress) => void = () => undefined,
  signal?: AbortSignal,
  fetcher: Fetcher = (url, init) => fetch(url, init),
): Promise<Checkpoint> {
  const model = manifest.models.find((candidate) => candidate.id === id);
  if (!model) {
    const known = manifest.models.map((candidate) => candidate.id);
    throw new UnmaskError('unknown-model', words.unknownModel(id, known));
  }
  const { config, tokenizer, weights } = model.files;
  const get = (file: BundledFile): Promise<Uint8Array<ArrayBuffer>> =>
    fetchFile(base, file, fetcher, onProgress, signal);
  const small = {
    config: parse(await get(config), config.path),
    tokenizer: parse(await get(tokenizer), tokenizer.path),
  };
  return openCheckpoint({ ...small, weights: new Blob([await get(weights)]), file: weights.path });
}
