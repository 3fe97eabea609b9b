/** What the calls about checkpoints are asked for and what they say: plain data, for the page. Nothing here runs. */
import type { HubSource } from '../../model/checkpoint/hub/source.ts';

export type { HubSource };

/** How weights lie on the GPU: 'file' as in the checkpoint. */
export type Storage = 'file' | 'f16' | 'f32';

/** A model of a hub, and how its weights are to be kept. */
export interface HubOpen extends HubSource {
  /**
   * 'f16': F32 and BF16 tensors are rounded as they come, half the room; 'file': as the file has them. By default as it is
   * stored already, or else 'file'.
   */
  keep?: 'file' | 'f16';
  /** How its weights lie on the GPU, now and on later visits (default 'file'). */
  storage?: Storage;
}

/** A limit of the device that decides whether a model runs. */
export interface LimitNeed {
  /** As WebGPU calls it, such as maxBufferSize. */
  limit: string;
  needed: { f16: number; f32: number };
  has: number;
}

/** What one way of keeping a model takes. */
export interface KeepPreflight {
  /** Bytes still to fetch: without those of a download that broke off. */
  downloadBytes: number;
  /** Bytes that are here already, of a download that broke off or of the model itself. */
  haveBytes: number;
  /** Where the weights would be kept: 'here' where they are already. */
  kept: 'disk' | 'memory' | 'here';
  /** How the weights would lie on the GPU: of 'file' as the file has them, where that runs here. */
  storage: 'f16' | 'f32';
  /** Bytes of GPU memory with that storage. */
  gpuBytes: number;
  /** What it means, in one sentence. */
  why: string;
  /** As `reasons` of the whole, kept like this. */
  reasons: string[];
  /** Another tab fetches it. */
  busy?: boolean;
}

/** What opening a model would take here, known before a byte of weights is fetched. */
export interface ModelPreflight {
  /** What the model calls itself. */
  name: string;
  kind: 'teacher' | 'student' | 'causal';
  parameters: number;
  shape: { hidden: number; blocks: number; heads: number; vocabulary: number; length: number };
  /** How the file stores its tensors; 'mixed' where not all alike. */
  dtype: 'F32' | 'F16' | 'BF16' | 'mixed';
  files: { path: string; bytes: number }[];
  /** What each way of keeping it takes. */
  by: Record<'file' | 'f16', KeepPreflight>;
  /** As `by` has it, kept as proposed. */
  downloadBytes: number;
  haveBytes: number;
  kept: KeepPreflight['kept'];
  busy?: boolean;
  /** Bytes of GPU memory by how the weights lie there: with all that a text of `length` slots takes. */
  gpuBytes: { f16: number; f32: number };
  /** Bytes in the store, by `keep`: of all its files, a tokenizer that this page brings included. */
  storeBytes: { file: number; f16: number };
  limits: LimitNeed[];
  /** The adapter in one line; absent where the model would run on the CPU. */
  adapter?: string;
  /** Bytes that the browser still gives this page, where it says so. */
  freeBytes?: number;
  /** What is proposed, and why, in one sentence. */
  proposal: { keep: 'file' | 'f16'; storage: 'f16' | 'f32'; why: string };
  /** Whether it can be opened here at all. */
  fits: boolean;
  /** Why not, and what else is worth knowing, kept as proposed: each a sentence with its remedy. */
  reasons: string[];
}

/** A model that outlives the page. */
export interface StoredModelInfo {
  /** Id of the model, as `models()` lists it. */
  model: string;
  title: string;
  origin: 'hub' | 'distilled';
  /** Where it came from, of a model of a hub. */
  source?: Required<HubSource> & { commit: string };
  /** How its weights are kept, of a model of a hub. */
  keep?: 'file' | 'f16';
  bytes: number;
  /** ms since 1970. */
  addedAt: number;
  /** ms since 1970; when it was last put on the GPU. Of what was trained here, when it was added. */
  usedAt: number;
  /** Why it cannot be opened, in one sentence: damaged, or of a newer version of the page. */
  problem?: string;
}

/** A download that did not come to its end, and can go on; source and keep tell it from others. */
export interface PartialDownload {
  source: Required<HubSource> & { commit: string };
  keep: 'file' | 'f16';
  /** What `storage` it was begun with: it goes on with that, unless asked for another. */
  storage?: Storage;
  /** Bytes of the source: fetched, and in all. */
  loaded: number;
  total: number;
  /** ms since 1970. */
  at: number;
  /** Somebody is at it, here or in another tab. */
  busy: boolean;
}

/** A model that is gone with the page. */
export interface MemoryModelInfo {
  /** Id of the model, as `models()` lists it. */
  model: string;
  title: string;
  bytes: number;
}

/** What the store holds. */
export interface StoreState {
  models: StoredModelInfo[];
  partial: PartialDownload[];
  /** Bytes that this page takes and may take, by the browser's own estimate. */
  usage?: number;
  quota?: number;
  /** Whether the browser promised not to clear it by itself; absent where it cannot promise. */
  persisted?: boolean;
  /** Why what it holds is gone with the page, in one sentence; absent where it is not. */
  unsaved?: string;
  /** Models in memory alone: they are used and removed as those of the store. */
  inMemory?: MemoryModelInfo[];
  /** What was to be removed and is still there: why, each a sentence. Absent where all went. */
  notRemoved?: string[];
}

/** What a look at every byte of a stored model says. */
export interface VerifyReport {
  whole: boolean;
  /** What is wrong and what to do, in one sentence. */
  problem?: string;
}

/**
 * What to delete: a model; downloads that did not come to their end, of one `keep` or of both (a commit serves as revision); or
 * all that there is, as far as it can be removed: `notRemoved` of the answer says what is left.
 */
export type StoreRemoval = { model: string } | { source: HubSource; keep?: 'file' | 'f16' } | { all: true };
