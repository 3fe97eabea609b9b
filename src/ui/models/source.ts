/** Where a model of a hub lies: as the visitor types it, and as the page tells one from another. */
import type { HubSource } from '../../worker/checkpoints/result.ts';
import type { ReleasedModel } from '../../worker/checkpoints/released.ts';
import { sources as words } from '../messages/sources.ts';

export const HUB = 'https://huggingface.co';

/** An address as the engine writes it: scheme and host in lower case, no port that goes without saying, no blank end. */
const tidy = (address: string): string =>
  (URL.canParse(address) ? new URL(address).href : address).replace(/\/+$/, '');

const host = (endpoint: string | undefined): string => tidy(endpoint ?? HUB);

/** Whether a repository is named as hubs name them: "owner/name". */
export const isRepository = (repo: string): boolean => /^[\w.-]+\/[\w.-]+$/.test(repo);

/** One text for one place, however much of it was left to the defaults. */
export const keyOf = ({ repo, revision, endpoint }: HubSource): string =>
  `${host(endpoint)}/${repo}@${revision ?? 'main'}`;

/** The host of a source, where it is not the hub. */
export const mirrorOf = ({ endpoint }: HubSource): string | undefined =>
  host(endpoint) === HUB ? undefined : host(endpoint).replace(/^https?:\/\//, '');

/** What is typed. */
export interface SourceForm {
  repo: string;
  revision: string;
  /** '' for the hub. */
  endpoint: string;
}

/** One sentence for a field that cannot be taken as it is. */
export type SourceErrors = Partial<Record<keyof SourceForm, string>>;

/** What follows the host in an address of the hub: repository, and revision if there is one, with escapes. */
const PLACE = /^\/([^/\s]+\/[^/\s?#]+)(?:\/(?:tree|blob|resolve)\/(refs\/[^/]+\/[^/?#]+|[^/?#]+))?/;

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * The host as the engine takes it.
 * @param origin of the page
 * @returns {} for the hub itself
 */
export function endpointOf(typed: string, origin: string): { endpoint?: string } | { error: string } {
  const text = tidy(typed.trim());
  if (text === '' || text === HUB) return {};
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'https:' || url.origin === origin)) return { endpoint: text };
  return { error: words.host };
}

/**
 * An address copied from a browser: of the mirror, of the hub, or of any other host.
 * @returns undefined where it is no address; an endpoint of '' for the host that the form names
 */
function addressOf(typed: string, mirror: string): SourceForm | undefined {
  if (!/^https?:\/\//i.test(typed) || !URL.canParse(typed)) return undefined;
  const url = new URL(typed);
  const own = [mirror, HUB].find((base) => base !== '' && url.href.startsWith(`${base}/`));
  const [, repo = '', revision = ''] = PLACE.exec(url.href.slice((own ?? url.origin).length)) ?? [];
  return { repo, revision: unescaped(revision), endpoint: own === undefined ? url.origin : '' };
}

/**
 * What the form asks for. A whole address in the field of the repository says the rest itself; one of the hub is asked of
 * the mirror, where one is set.
 * @param origin of the page
 */
export function sourceOf(form: SourceForm, origin: string): { source: HubSource } | { errors: SourceErrors } {
  const address = addressOf(form.repo.trim(), tidy(form.endpoint.trim()));
  const repo = address?.repo ?? form.repo.trim();
  const revision = address && address.revision !== '' ? address.revision : form.revision.trim();
  const elsewhere = address !== undefined && address.endpoint !== '';
  const host = endpointOf(elsewhere ? address.endpoint : form.endpoint, origin);
  const errors: SourceErrors = {};
  if (!isRepository(repo)) errors.repo = words.repository;
  else if ('error' in host) errors[elsewhere ? 'repo' : 'endpoint'] = host.error;
  if (/[\s?#]/.test(revision)) errors.revision = words.revision;
  if (Object.keys(errors).length > 0 || 'error' in host) return { errors };
  return { source: { repo, ...(revision === '' ? {} : { revision }), ...host } };
}

/**
 * A released checkpoint on the host that is typed, be that one that can be asked or not.
 * @param origin of the page
 */
export function releasedAt({ repo, revision }: ReleasedModel, typed: string, origin: string): HubSource {
  const host = endpointOf(typed, origin);
  return { repo, revision, ...('error' in host ? { endpoint: typed.trim() } : host) };
}
