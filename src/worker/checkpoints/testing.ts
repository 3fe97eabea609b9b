/** A hub of one small model that stands in for the real one in tests. */
import { openCheckpoint } from '../../model/checkpoint/checkpoint.ts';
import type { HubListing } from '../../model/checkpoint/hub/source.ts';
import { UnmaskError } from '../../model/errors.ts';
import { smallModel } from '../testing.ts';
import { describeCheckpoint } from './describe.ts';
import type { DescribedModel, Hub } from './hub.ts';

export interface FakeHub extends Hub {
  /** Bytes of weights sent so far, in all downloads. */
  sent: number;
  /** What is waited for before each piece of the weights. */
  gate: () => Promise<void>;
  /** Nobody answers. */
  offline: boolean;
  commit: string;
  /** What of the description is other than it is. */
  other: Partial<DescribedModel>;
  /** The weights file. */
  weights: Blob;
}

/** Bytes of weights that come at once. */
export const PIECE = 50_000;

export async function fakeHub(): Promise<FakeHub> {
  const { config, weights } = await smallModel();
  const described = describeCheckpoint(await openCheckpoint({ config, weights }));
  const hub: FakeHub = {
    ...{ sent: 0, offline: false, commit: 'a'.repeat(40), other: {}, weights },
    gate: () => Promise.resolve(),
    check: ({ repo, revision = 'main', endpoint = 'https://hub.test' }) => {
      if (repo.includes('/')) return { repo, revision, endpoint };
      throw new UnmaskError('argument', `repo is "${repo}": give owner/name.`);
    },
    list: (source): Promise<HubListing> => {
      if (hub.offline) return Promise.reject(new UnmaskError('network', 'The hub does not answer.'));
      const files = [{ path: 'model.safetensors', bytes: weights.size }];
      return Promise.resolve({ ...source, commit: hub.commit, files });
    },
    describe: (listing) => {
      const file = { path: 'model.safetensors', bytes: weights.size };
      return Promise.resolve({
        ...{ ...described, listing, source: config, weights: file },
        ...{ id: 'small', title: 'A small model', files: [file, { path: 'config.json', bytes: 100 }] },
        ...hub.other,
      });
    },
    tokenizer: () => Promise.resolve(undefined),
    download: async (_remote, _keep, sink, { signal, onBytes }) => {
      let at = sink.state?.received ?? 0;
      const commit = (): Promise<void> => sink.commit({ received: at, stored: at, total: weights.size });
      onBytes(at, weights.size);
      while (at < weights.size) {
        await hub.gate();
        if (signal?.aborted) {
          await commit();
          throw new UnmaskError('aborted', 'It was stopped.');
        }
        const bytes = new Uint8Array(await weights.slice(at, at + PIECE).arrayBuffer());
        await sink.write(bytes);
        at += bytes.length;
        hub.sent += bytes.length;
        onBytes(at, weights.size);
      }
      await commit();
    },
  };
  return hub;
}
