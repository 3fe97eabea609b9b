/** A model that outlives the page, as the shelf takes it. Nothing here runs. */
import type { Checkpoint } from '../model/checkpoint/checkpoint.ts';
import type { ModelInfo, Storage } from './protocol.ts';

export interface KeptModel {
  info: ModelInfo;
  /** How its weights lie on the GPU. */
  storage?: Storage;
  open(): Promise<Checkpoint>;
  /** It is about to be put on the GPU. Never fails. */
  used?(): Promise<void>;
}
