/** Where a model of a hub lies: as the visitor types it, and as the page tells one from another. */
import type { HubSource } from '../../worker/checkpoints/result.ts';
import { releasedModel } from '../../worker/checkpoints/released.ts';

export const HUB = 'https://huggingface.co';

const host = (endpoint: string | undefined): string => (endpoint ?? HUB).replace(/\/+$/, '');

/** One text for one place, however much of it was left to the defaults. */
export const keyOf = ({ repo, revision, endpoint }: HubSource): string =>
  `${host(endpoint)}/${repo}@${revision ?? 'main'}`;

/** The host of a source, where it is not the hub. */
export const mirrorOf = ({ endpoint }: HubSource): string | undefined =>
  host(endpoint) === HUB ? undefined : host(endpoint).replace(/^https?:\/\//, '');

/** What a source is called: a released checkpoint by its title. */
export const titleAt = (source: HubSource): string => {
  const { repo, revision } = source;
  const place = revision === undefined || revision === 'main' ? repo : `${repo} at ${revision}`;
  return releasedModel(source)?.title ?? place;
};

/** What is typed. */
export interface SourceForm {
  repo: string;
  revision: string;
  /** '' for the hub. */
  endpoint: string;
}

/** One sentence for a field that cannot be taken as it is. */
export type SourceErrors = Partial<Record<keyof SourceForm, string>>;

/** An address of the hub, as it is copied from a browser: host, repository, and revision if there is one. */
const ADDRESS = /^(https?:\/\/[^/]+)\/([^/\s]+\/[^/\s?#]+)(?:\/(?:tree|blob|resolve)\/([^/\s?#]+))?/;

/**
 * The host as the engine takes it.
 * @param origin of the page
 * @returns {} for the hub itself
 */
export function endpointOf(typed: string, origin: string): { endpoint?: string } | { error: string } {
  const text = typed.trim().replace(/\/+$/, '');
  if (text === '' || text === HUB) return {};
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'https:' || url.origin === origin)) return { endpoint: text };
  return { error: 'Give an https address, such as https://hub.example.org.' };
}

/**
 * What the form asks for. A whole address in the field of the repository says the rest itself.
 * @param origin of the page
 */
export function sourceOf(form: SourceForm, origin: string): { source: HubSource } | { errors: SourceErrors } {
  const address = ADDRESS.exec(form.repo.trim());
  const repo = address ? address[2] : form.repo.trim();
  const revision = address?.[3] ?? form.revision.trim();
  const host = endpointOf(address ? address[1] : form.endpoint, origin);
  const errors: SourceErrors = {};
  if (!/^[\w.-]+\/[\w.-]+$/.test(repo)) {
    errors.repo = 'Give owner/name, such as kuleshov-group/mdlm-owt, or the address of its page.';
  }
  if (/[\s?#]/.test(revision)) errors.revision = 'Give a branch, a tag or a commit, without blanks.';
  if ('error' in host) errors[address ? 'repo' : 'endpoint'] = host.error;
  if (Object.keys(errors).length > 0) return { errors };
  return { source: { repo, ...(revision === '' ? {} : { revision }), ...host } };
}
