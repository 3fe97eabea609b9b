/** The hub as the engine asks it: our own parts of `src/model/checkpoint/hub`, put together. */
import type { Fetcher } from '../../model/checkpoint/bundled.ts';
import { modelConfig } from '../../model/checkpoint/checkpoint.ts';
import { parseConfig } from '../../model/checkpoint/config.ts';
import { download } from '../../model/checkpoint/hub/download.ts';
import { f16Size, f16Stream } from '../../model/checkpoint/hub/f16-stream.ts';
import { checkHubSource, fileUrl, listHub, modelFiles } from '../../model/checkpoint/hub/hub.ts';
import { releasedModel, withNativeSteps } from '../../model/checkpoint/hub/released.ts';
import { fetchHeader, type RemoteHeader } from '../../model/checkpoint/hub/remote-header.ts';
import { request } from '../../model/checkpoint/hub/request.ts';
import type { HubFile, HubListing } from '../../model/checkpoint/hub/source.ts';
import { withCanonicalNames } from '../../model/checkpoint/names.ts';
import { UnmaskError } from '../../model/errors.ts';
import { GPT2_BYTES, GPT2_TOKENS, gpt2Tokenizer } from '../../model/tokenizer/gpt2.ts';
import { hubAccessWords as words } from '../messages/hub-access.ts';
import { aborted } from '../../model/checkpoint/http.ts';
import { checkUrl } from '../remote.ts';
import { describeCheckpoint } from './describe.ts';
import type { Hub, RemoteModel, Stoppable } from './hub.ts';

/** Ids stand in links: short, and of characters that need no escape there. */
export function idOf(listing: HubListing): string {
  const { repo, revision } = listing;
  const released = releasedModel(listing);
  if (released?.loss !== undefined && released.round !== undefined) {
    const size = { '169M': 'sm', '424M': 'md', '863M': 'large', '1.3B': 'xl' }[released.shape];
    // Those of the three losses are all small; one size of the scaling study is small too.
    return `sdtt-${revision.startsWith('scaling') ? size : released.loss}-${released.round}`;
  }
  const name = repo.split('/')[1];
  const plain =
    revision === 'main' ? name : `${name}-${revision.replace(/^[0-9a-f]{40}$/, (c) => c.slice(0, 7))}`;
  return plain.replace(/[^\w.-]+/g, '-').slice(0, 60);
}

const readJson = async (
  listing: HubListing,
  file: HubFile,
  fetcher: Fetcher,
  { signal }: Stoppable,
): Promise<object> => {
  const title = words.fileOf(file.path, listing.repo);
  const response = await request(title, fileUrl(listing, file.path), fetcher, signal ? { signal } : {});
  try {
    const json = (await response.json()) as unknown;
    if (typeof json === 'object' && json !== null) return json;
  } catch (cause) {
    if (signal?.aborted) throw aborted(title, cause);
    throw new UnmaskError('file-format', words.notJson(title), { cause });
  }
  throw new UnmaskError('file-format', words.noJsonObject(title));
};

/** @param origin of the page: endpoints are https, or of this one */
export function createHub(fetcher: Fetcher, origin: string): Hub {
  /** Of what was described: rounding goes by them. */
  const headers = new WeakMap<HubListing, RemoteHeader>();
  return {
    check: (source) => {
      const checked = checkHubSource(source);
      checkUrl('endpoint', checked.endpoint, origin);
      return checked;
    },
    list: (source, { signal }) => listHub(source, fetcher, signal),
    describe: async (listing, on) => {
      const { config, weights, tokenizer } = modelFiles(listing);
      if (weights.length > 1) {
        throw new UnmaskError('file-format', words.severalFiles(listing.repo, weights.length));
      }
      const released = releasedModel(listing);
      const source = withNativeSteps(await readJson(listing, config, fetcher, on), released?.nativeSteps);
      const [file] = weights;
      const header = await fetchHeader(fileUrl(listing, file.path), file, fetcher, on.signal);
      const name = `${listing.repo}: ${file.path}`;
      const tensors = withCanonicalNames(header.tensors, name);
      const beside = `${listing.repo}: ${config.path}`;
      const model = modelConfig(parseConfig(source, beside), tensors, name);
      const { repo, revision } = listing;
      headers.set(listing, header);
      return {
        ...describeCheckpoint({ config: model, tensors, bytes: file.bytes }),
        ...{ f16Bytes: f16Size(header, model), listing, source, weights: file },
        files: [file, config, ...(tokenizer ? [tokenizer] : [])],
        ...(!tokenizer && model.vocabulary === GPT2_TOKENS + 1 ? { ownBytes: GPT2_BYTES } : {}),
        id: idOf(listing),
        title: released?.title ?? (revision === 'main' ? repo : `${repo}, ${revision}`),
      };
    },
    tokenizer: async ({ listing, config }: RemoteModel, on) => {
      const { tokenizer } = modelFiles(listing);
      if (tokenizer) return await readJson(listing, tokenizer, fetcher, on);
      // Repositories of the released code name GPT-2's tokenizer and do not carry it.
      return config.vocabulary === GPT2_TOKENS + 1 ? await gpt2Tokenizer() : undefined;
    },
    download: async ({ listing, weights, config }, keep, sink, { signal, onBytes }) => {
      const header = headers.get(listing);
      if (!header) throw new Error('a model is described before it is fetched');
      await download(fileUrl(listing, weights.path), weights, sink, {
        ...{ fetcher, onProgress: onBytes },
        ...(signal ? { signal } : {}),
        ...(keep === 'f16' ? { transform: f16Stream(header, config) } : {}),
      });
    },
  };
}
