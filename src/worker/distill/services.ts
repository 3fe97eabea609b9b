/** What a distillation asks of the engine. */
import type { Gpu } from '../../gpu/device.ts';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.ts';
import { memoryFiles, memoryLocks } from '../../model/distill/files.ts';
import { createRunStore, type RunStore } from '../../model/distill/store.ts';
import { distillServiceWords } from '../messages/distill/services.ts';
import type { Models, OpenModel } from '../models.ts';
import type { ModelInfo } from '../protocol.ts';
import type { DistillProgress } from './result.ts';

/** What goes along with a call of a distillation. */
export interface DistillContext {
  signal?: AbortSignal;
  onDistill?: (progress: DistillProgress) => void;
}

/** Where distillations and students are kept. */
export interface DistillStores {
  runs: RunStore;
  /** Students that are done. */
  students: RunStore;
  /** Why what they hold is gone with the page, in one sentence; absent where it is not. */
  unsaved?: string;
}

/** Stores that are gone with the engine. */
export function memoryStores(unsaved = distillServiceWords.nothingKept): DistillStores {
  const store = (): RunStore => createRunStore(memoryFiles(), memoryLocks());
  return { runs: store(), students: store(), unsaved };
}

export interface DistillServices {
  /** The open device. @throws UnmaskError, WebGpuUnavailable where there is none */
  gpu(): Promise<Gpu>;
  models(context: DistillContext): Models;
  /** Texts of the bundled teacher. */
  samples(signal?: AbortSignal): Promise<string[]>;
  /** tokenizer.json, parsed; given so, as text, or by its address. @throws UnmaskError as `open` */
  tokenizer(given: object | string, context: DistillContext): Promise<object>;
  /** Have a model write texts: token ids, `length` each. */
  write(
    model: OpenModel,
    options: { count: number; length: number; seed: number },
    context: DistillContext,
  ): Promise<number[][]>;
  /** Make a model of a checkpoint. @returns its id: `name`, or with a number that makes it new */
  register(name: string, checkpoint: Checkpoint, info: Omit<ModelInfo, 'id'>): Promise<string>;
  stores(): Promise<DistillStores>;
  /** Do a part of what a call is for, while no other call is at work. */
  turn<T>(context: DistillContext, task: () => Promise<T>): Promise<T>;
}
