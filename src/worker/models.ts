/** What calls that take several models ask of the engine. Nothing here runs. */
import type { Denoiser } from '../model/backend/denoiser.ts';
import type { Checkpoint } from '../model/checkpoint/checkpoint.ts';
import type { Backend, ModelInfo } from './protocol.ts';

/** A model whose files are in memory. */
export interface OpenModel {
  info: ModelInfo;
  checkpoint: Checkpoint;
  /**
   * Its network, set up on the backend asked for (default: the engine's choice); of a causal model a `CausalModel`.
   * @throws UnmaskError 'argument' for a backend that there is not
   */
  denoiser(backend?: Backend): Promise<Denoiser>;
}

/** The models of an engine. */
export interface Models {
  list(): Promise<ModelInfo[]>;
  /** Fetches the files where need be. @throws UnmaskError 'unknown-model', or what stands in the way of its files */
  open(id: string): Promise<OpenModel>;
}
