/** What a repository of the hub holds (huggingface.co/docs/hub/api). */
import { UnmaskError } from '../../errors.ts';
import { hubWords as words } from '../../messages/hub.ts';
import type { Fetcher } from '../bundled.ts';
import { aborted } from '../http.ts';
import { convertPickle } from '../pickle.ts';
import { defaultFetcher, hostOf, refused, unreachable } from './request.ts';
import type { HubFile, HubListing, HubSource } from './source.ts';

export const HUB = 'https://huggingface.co';

/** A value of a caller, short enough for a sentence. */
const quote = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 120)) : typeof value;

const refuse = (field: string, value: unknown, wanted: string): never => {
  throw new UnmaskError('argument', words.wrong(field, quote(value), wanted));
};

/** Part of a repository's name by the rules of the hub: letters, digits, and single `-`, `_`, `.` between them. */
const isName = (name: string): boolean =>
  /^[\w.-]{1,96}$/.test(name) && !/^[-.]|[-.]$|--|\.\.|\.git$/.test(name);

/** What git takes for the name of a branch or tag, or a commit (git-check-ref-format). */
const isRevision = (revision: string): boolean =>
  /^[\x21-\x7e]{1,200}$/.test(revision) && !/^[-/]|[/.]$|\.\.|\/\/|@\{|[~^:?*[\]\\]/.test(revision);

/**
 * A source with its defaults. Whether the page may ask that endpoint is for the caller to say.
 * @throws UnmaskError 'argument' with the field and what it may hold
 */
export function checkHubSource(source: HubSource): Required<HubSource> {
  const { repo, revision = 'main', endpoint = HUB } = source as Record<keyof HubSource, unknown>;
  const parts = typeof repo === 'string' ? repo.split('/') : [];
  if (typeof repo !== 'string' || parts.length !== 2 || !parts.every(isName)) {
    return refuse('repo', repo, words.wanted.repo);
  }
  if (typeof revision !== 'string' || !isRevision(revision)) {
    return refuse('revision', revision, words.wanted.revision);
  }
  const url = typeof endpoint === 'string' && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
    return refuse('endpoint', endpoint, words.wanted.endpoint(HUB));
  }
  return { repo, revision, endpoint: url.href.replace(/\/+$/, '') };
}

/** An answer as this page needs it; the hub says more. */
interface Answer {
  sha: string;
  gated?: false | string;
  siblings: { rfilename: string; size: number; lfs?: { sha256?: string } }[];
}

function isAnswer(json: unknown): json is Answer {
  const { sha, siblings } = (json ?? {}) as Partial<Record<keyof Answer, unknown>>;
  if (typeof sha !== 'string' || !/^[0-9a-f]{40,64}$/.test(sha) || !Array.isArray(siblings)) return false;
  return siblings.every((sibling: unknown) => {
    const { rfilename, size } = (sibling ?? {}) as Record<string, unknown>;
    return typeof rfilename === 'string' && Number.isSafeInteger(size) && (size as number) >= 0;
  });
}

/** Neither empty parts nor ways out of the repository. */
const isPath = (path: string): boolean =>
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * What a repository holds at a revision, and which commit that is now.
 * @throws UnmaskError 'argument', 'not-found', 'network', 'file-format' or 'aborted'
 */
export async function listHub(
  source: HubSource,
  fetcher: Fetcher = defaultFetcher,
  signal?: AbortSignal,
): Promise<HubListing> {
  const { repo, revision, endpoint } = checkHubSource(source);
  const what = words.fileList(repo);
  const host = hostOf(endpoint);
  const url = `${endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const strange = (cause?: unknown): UnmaskError =>
    new UnmaskError('file-format', words.noHub(host, repo), { cause });

  let response: Response;
  let json: unknown;
  try {
    response = await fetcher(url, signal ? { signal } : {});
    if (response.ok) json = await response.json();
  } catch (cause) {
    if (signal?.aborted) throw aborted(what, cause);
    throw cause instanceof SyntaxError ? strange(cause) : unreachable(what, url, cause);
  }
  // To who has no login, the hub answers alike for what is private and for what is not there.
  if (response.status === 401 || response.status === 404) {
    throw new UnmaskError('not-found', words.notThere(host, repo, revision));
  }
  if (!response.ok) throw refused(what, url, response.status);
  if (!isAnswer(json)) throw strange();
  if (json.gated) throw new UnmaskError('not-found', words.gated(repo, host));
  const files = json.siblings
    .filter(({ rfilename }) => isPath(rfilename))
    .map(({ rfilename: path, size: bytes, lfs }): HubFile => {
      const sha256 = lfs?.sha256;
      return { path, bytes, ...(sha256 !== undefined && SHA256.test(sha256) ? { sha256 } : {}) };
    });
  return { repo, revision, endpoint, commit: json.sha, files };
}

/** Where a file lies, at the commit of the listing. */
export function fileUrl({ endpoint, repo, commit }: HubListing, path: string): string {
  return `${endpoint}/${repo}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** The files of a model in a repository. */
export interface ModelFiles {
  config: HubFile;
  /** One file, or all shards in their order. */
  weights: HubFile[];
  /** Which tensor lies in which shard. */
  index?: HubFile;
  tokenizer?: HubFile;
}

const INDEX = 'model.safetensors.index.json';

/** Shards in their order, if they are all there. */
function shardsOf({ files, repo, revision }: HubListing): HubFile[] {
  const shards = files.filter(({ path }) => /^model-\d{5}-of-\d{5}\.safetensors$/.test(path));
  shards.sort((a, b) => (a.path < b.path ? -1 : 1));
  const count = Number(shards[0]?.path.slice(15, 20) ?? NaN);
  const whole = shards.every(
    ({ path }, i) => Number(path.slice(6, 11)) === i + 1 && Number(path.slice(15, 20)) === count,
  );
  if (!whole || shards.length !== count) {
    throw new UnmaskError('not-found', words.missingShards(repo, revision, INDEX));
  }
  return shards;
}

/** Most files that a message names. */
const SHOWN_FILES = 8;

/** Why there are no weights to open, and what there is. */
function noWeights({ files, repo, revision }: HubListing): UnmaskError {
  const pickle = files.find(({ path }) => /\.(bin|pt|pth|ckpt)$/.test(path));
  if (pickle) {
    return new UnmaskError('not-found', words.onlyPickle(repo, revision, convertPickle(pickle.path)));
  }
  const names = files.map(({ path }) => path);
  const shown = names.slice(0, SHOWN_FILES);
  return new UnmaskError('not-found', words.noWeights(repo, revision, shown, names.length - shown.length));
}

/**
 * The files that make up the model of a repository.
 * @throws UnmaskError 'not-found' with what there is instead
 */
export function modelFiles(listing: HubListing): ModelFiles {
  const find = (name: string): HubFile | undefined => listing.files.find(({ path }) => path === name);
  const single = find('model.safetensors');
  const index = single ? undefined : find(INDEX);
  if (!single && !index) throw noWeights(listing);
  const config = find('config.json');
  if (!config) {
    throw new UnmaskError('not-found', words.noConfig(listing.repo, listing.revision));
  }
  const tokenizer = find('tokenizer.json');
  return {
    config,
    weights: single ? [single] : shardsOf(listing),
    ...(index && { index }),
    ...(tokenizer && { tokenizer }),
  };
}
