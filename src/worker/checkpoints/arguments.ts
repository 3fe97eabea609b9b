/** Checks what the calls about checkpoints are given; every refusal names the field and what it may hold. */
import { choice } from '../../model/arguments.ts';
import { checkModel, checkStorage, refuse, show } from '../arguments.ts';
import { requestWords } from '../messages/arguments.ts';
import { checkpointWords as words } from '../messages/checkpoints.ts';
import type { HubOpen, HubSource, StoreRemoval } from './result.ts';

/** A source as far as the engine itself is concerned; names are checked by who knows the hub's rules. */
export function checkHubFields(source: unknown): HubSource {
  if (typeof source === 'object' && source !== null && 'repo' in source) {
    const { repo, revision, endpoint } = source as Record<string, unknown>;
    for (const [field, value] of Object.entries({ repo, revision, endpoint })) {
      if (typeof value === 'string' || (value === undefined && field !== 'repo')) continue;
      throw refuse(requestWords.text(field, show(value)));
    }
    return {
      repo: repo as string,
      ...(revision === undefined ? {} : { revision: revision as string }),
      ...(endpoint === undefined ? {} : { endpoint: endpoint as string }),
    };
  }
  throw refuse(words.source);
}

function checkKeep(keep: unknown): 'file' | 'f16' | undefined {
  if (keep === undefined) return undefined;
  return choice<'file' | 'f16'>('keep', keep, ['file', 'f16']);
}

/** `open` and `fetchModel` of a model of a hub. */
export function checkHubOpen(options: unknown): HubOpen {
  const source = checkHubFields(options);
  const { keep: how, storage: wanted } = options as Record<string, unknown>;
  const keep = checkKeep(how);
  const storage = checkStorage(wanted);
  return {
    ...source,
    ...(keep === undefined ? {} : { keep }),
    ...(storage === undefined ? {} : { storage }),
  };
}

/** `storeRemove`. */
export function checkRemoval(options: unknown): StoreRemoval {
  const given = (typeof options === 'object' && options !== null ? options : {}) as Record<string, unknown>;
  if (given['all'] === true) return { all: true };
  if ('model' in given) return { model: checkModel(given['model']) };
  if ('source' in given) {
    const keep = checkKeep(given['keep']);
    return { source: checkHubFields(given['source']), ...(keep === undefined ? {} : { keep }) };
  }
  throw refuse(words.removal);
}
