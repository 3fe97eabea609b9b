/** Results of evaluations in the browser's database; in memory where that fails or is full. */
import { createStore, del, get, keys, set } from 'idb-keyval';
import { resultWords } from '../messages/evaluate/results.ts';
import { memoryResults, type ResultStore } from './services.ts';

/** What of a database a store needs; any of it may reject. */
export interface Database {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  keys(): Promise<string[]>;
  remove(key: string): Promise<void>;
}

/** A database of its own: what is forgotten here takes nothing else along. */
function browserDatabase(): Database {
  const store = createStore('unmask-evaluations', 'results');
  return {
    get: (key) => get<unknown>(key, store),
    set: (key, value) => set(key, value, store),
    keys: () => keys<string>(store),
    remove: (key) => del(key, store),
  };
}

/** Results that outlive the page, as far as the database takes them; none of its failures is told as an error. */
export async function openBrowserResults(database = browserDatabase()): Promise<ResultStore> {
  const memory = await memoryResults();
  let failure: string | undefined;
  /** What the database says, or what is said instead where it fails. */
  const ask = async <T>(question: () => Promise<T>, instead: T): Promise<T> => {
    try {
      return await question();
    } catch (error) {
      failure = error instanceof Error && error.message !== '' ? error.message : String(error);
      return instead;
    }
  };
  return {
    get: async (key) => (await memory.get(key)) ?? (await ask(() => database.get(key), undefined)),
    set: async (key, value) => {
      const kept = await ask(() => database.set(key, value).then(() => true), false);
      if (kept) await memory.remove([key]);
      else await memory.set(key, value);
    },
    keys: async () => {
      const kept = await ask(() => database.keys(), []);
      return [...new Set([...kept, ...(await memory.keys())])];
    },
    remove: async (all) => {
      await memory.remove(all);
      for (const key of all) await ask(() => database.remove(key), undefined);
    },
    unsaved: () => (failure === undefined ? undefined : resultWords.unsaved(failure.replace(/\.$/, ''))),
  };
}
