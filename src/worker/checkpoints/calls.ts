/** Calls about checkpoints: what opening one takes, models of a hub, and what the store holds. */
import { refuse } from '../arguments.ts';
import type { Calls } from '../protocol.ts';

type Names = 'preflight' | 'fetchModel' | 'storeState' | 'storeVerify' | 'storeRemove';

type CheckpointCalls = { [K in Names]: (options: Calls[K]['options']) => Promise<Calls[K]['result']> };

const missing = (name: string) => () => Promise.reject(refuse(`${name}() is not part of this build.`));

export const checkpointCalls: CheckpointCalls = {
  preflight: missing('preflight'),
  fetchModel: missing('fetchModel'),
  storeState: missing('storeState'),
  storeVerify: missing('storeVerify'),
  storeRemove: missing('storeRemove'),
};
