/** What the calls about checkpoints stand on. Nothing here runs. */
import type { Gpu } from '../../gpu/device.ts';
import type { ModelStore } from '../../model/checkpoint/store/model-store.ts';
import type { BrowserStore } from '../../model/distill/browser-files.ts';
import type { DistillStores } from '../distill/services.ts';
import type { LoadProgress } from '../protocol.ts';
import type { HubModels } from './hub-models.ts';
import type { Hub } from './hub.ts';

/** What goes along with a call. */
export interface CheckpointContext {
  signal?: AbortSignal;
  onProgress?: (progress: LoadProgress) => void;
}

/** What `navigator.storage` tells a worker. */
export interface StorageEstimate {
  estimate: () => Promise<{ usage?: number; quota?: number }>;
  persisted: () => Promise<boolean>;
}

/** What the calls ask of the engine. */
export interface CheckpointServices {
  hub(): Promise<Hub>;
  models: HubModels;
  store(): Promise<BrowserStore<ModelStore>>;
  trained(): Promise<DistillStores>;
  /** The device; undefined where the CPU computes. */
  gpu(): Promise<Gpu | undefined>;
  storage?: StorageEstimate | undefined;
  /** Whether the files of a model are open, or about to be. */
  inUse(id: string): boolean;
  /** A model is gone: let go of it, its networks included. */
  forget(id: string, title: string): void;
  /** The model that the open distillation learns from, by id, until that is done. */
  teacher(): Promise<string | undefined>;
  /** Do it while no other call is at work. */
  turn<T>(task: () => Promise<T>): Promise<T>;
}
