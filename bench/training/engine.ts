/** What is measured: an engine that makes one update after another. */
import type { DeviceWatch } from './device-counts.ts';

export const TRAINING_ENGINES = ['ours', 'jax-js', 'tfjs'] as const;
export type TrainingEngineId = (typeof TRAINING_ENGINES)[number];

/** What an update tells; read from the GPU at its end. */
export interface UpdateNumbers {
  /** Mean over masked positions. */
  loss: number;
  /** Of all gradients together, before clipping. */
  gradientNorm: number;
}

/** One engine with a problem on its device, for as long as the page that it runs in. */
export interface TrainingEngine {
  readonly watch: DeviceWatch;
  /** From the call until its numbers are there, and so all of its work is done. */
  update(): Promise<UpdateNumbers>;
}
