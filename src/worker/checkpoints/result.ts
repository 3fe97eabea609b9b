/** What the calls about checkpoints are asked for and what they say: plain data, for the page. Nothing here runs. */
import type { HubSource } from '../../model/checkpoint/hub/source.ts';
import type { Storage } from '../protocol.ts';

export type { HubSource };

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
  /** Bytes still to fetch: without those of a download that broke off. */
  downloadBytes: number;
  /** Bytes that are here already, of a download that broke off or of the model itself. */
  haveBytes: number;
  /** Bytes of GPU memory by how the weights lie there: with all that a text of `length` slots takes. */
  gpuBytes: { f16: number; f32: number };
  /** Bytes in the store, by `keep`. */
  storeBytes: { file: number; f16: number };
  limits: LimitNeed[];
  /** The adapter in one line; absent where the model would run on the CPU. */
  adapter?: string;
  /** Bytes that the browser still gives this page, where it says so. */
  freeBytes?: number;
  /** Where the weights would be kept: 'here' where they are already. */
  kept: 'disk' | 'memory' | 'here';
  /** What is proposed, and why, in one sentence. */
  proposal: { keep: 'file' | 'f16'; storage: 'f16' | 'f32'; why: string };
  /** Whether it can be opened here at all. */
  fits: boolean;
  /** Why not, and what else is worth knowing, each a sentence with its remedy. */
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

/** A download that did not come to its end, and can go on. */
export interface PartialDownload {
  source: Required<HubSource> & { commit: string };
  keep: 'file' | 'f16';
  /** Bytes of the source: fetched, and in all. */
  loaded: number;
  total: number;
  /** ms since 1970. */
  at: number;
  /** Somebody is at it, here or in another tab. */
  busy: boolean;
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
  /** Models in memory alone, by id: removed while in use, or without room in the store; gone with the page. */
  inMemory?: string[];
}

/** What a look at every byte of a stored model says. */
export interface VerifyReport {
  whole: boolean;
  /** What is wrong and what to do, in one sentence. */
  problem?: string;
}

/** What to delete: a model, a download that did not come to its end, or all of both. */
export type StoreRemoval = { model: string } | { source: HubSource } | { all: true };
