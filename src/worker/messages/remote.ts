import { localised } from '../../words/localised.ts';

/** What keeps a file from being fetched from its address, or from being read. */
export const remoteWords = localised({
  address: (field: string, shown: string) =>
    `${field} is ${shown}: give an https address, or one of this page's own host.`,
  notFetched: (address: string) =>
    `${address} could not be fetched: check the address and the connection, and whether the host allows other pages to read it (CORS).`,
  noFile: (address: string) => `There is no file at ${address}: check the address.`,
  /** What ends "tokenizer.json is not JSON:". */
  ownTokenizer: 'use the tokenizer.json that came with the model',
  /** Stands for the name of a file that has none; from 1. */
  shard: (n: number) => `shard ${n}`,
});
