import { create } from 'zustand';
import type { OfflineFile } from '../../offline/files.ts';

export interface OfflineState {
  /** `asking`: not known yet. `none`: this browser, or this address, keeps nothing. `ready`: the page opens without its host. */
  where: 'asking' | 'none' | 'ready';
  /** The rest of the files, which are kept as they come, or when the visitor asks. */
  rest: readonly OfflineFile[];
  /** Those of the rest that are not kept yet. */
  missing: readonly OfflineFile[];
  /** Whether the visitor has asked for all of it. */
  asked: boolean;
  /** Bytes of the missing files that have come; undefined: nothing is being fetched. */
  loaded: number | undefined;
  /** Bytes that are on their way in all. */
  total: number;
  /** Why it broke off, a sentence. */
  failure: string | undefined;
  /** The visitor broke it off, in this visit. */
  stopped: boolean;
  /** A newer version is here and waits. */
  update: boolean;
}

export const initialOfflineState: OfflineState = {
  ...{ where: 'asking', rest: [], missing: [], asked: false },
  ...{ loaded: undefined, total: 0, failure: undefined, stopped: false, update: false },
};

/** What of the page is kept in this browser. */
export const useOffline = create<OfflineState>()(() => initialOfflineState);

/** Bytes of files. */
export const bytesOf = (files: readonly OfflineFile[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);
