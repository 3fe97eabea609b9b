import { create } from 'zustand';
import type { LoadProgress, ModelInfo, ReadyInfo, Vocabulary } from '../../worker/protocol.ts';

/** What went wrong, as the page shows it. */
export interface Failure {
  code: string;
  message: string;
}

/** How far the stages of opening a model are, in bytes; those not reached yet are absent. */
export type Opening = { model: string } & Partial<
  Record<LoadProgress['stage'], { loaded: number; total: number }>
>;

export interface EngineState {
  ready: ReadyInfo | undefined;
  models: ModelInfo[];
  /** Of models that were used. */
  vocabularies: Record<string, Vocabulary>;
  /** The model that is being opened. */
  opening: Opening | undefined;
  /** What keeps the page from running at all. */
  failure: Failure | undefined;
}

export const initialEngineState: EngineState = {
  ready: undefined,
  models: [],
  vocabularies: {},
  opening: undefined,
  failure: undefined,
};

/** The opening of a model, one report later. */
export function withProgress(
  opening: Opening | undefined,
  { model, stage, loaded, total }: LoadProgress,
): Opening {
  return { ...(opening?.model === model ? opening : {}), model, [stage]: { loaded, total } };
}

/** What the page knows of its engine. */
export const useEngine = create<EngineState>()(() => initialEngineState);

/** Tokens that a model is given to begin a text with: one, unless its vocabulary is known to have none for that. */
export function beginnings(vocabulary: Vocabulary | undefined): 0 | 1 {
  return vocabulary !== undefined && vocabulary.bos === undefined ? 0 : 1;
}

/** Whether a CPU does the work, so that times say nothing about GPUs. */
export function onCpu(ready: ReadyInfo | undefined): boolean {
  return ready?.software === true || ready?.backend === 'wasm';
}
