/** What is done on the way of a distillation or a training, and how often. */
import type { Gpu } from '../../gpu/device.ts';
import type { HeldOutSize } from '../../model/distill/held-out.ts';

/** A run is saved so often while it goes on, ms. */
export const AUTOSAVE = 60_000;
/** What is trained is held against held-out texts so many times in a round, or in a training. */
const VALIDATIONS = 20;

/** Updates from one look at the held-out texts to the next. @param updates of a round, or of a training */
export const validationInterval = (updates: number): number => Math.max(1, Math.ceil(updates / VALIDATIONS));

/** What is looked at then: of texts fewer where a CPU plays GPU, of draws always as many as the floor is told of. */
export const sizeFor = (gpu: Gpu): HeldOutSize => ({ draws: 16, batches: gpu.adapter.software ? 1 : 4 });
