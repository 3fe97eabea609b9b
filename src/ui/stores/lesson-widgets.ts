import { create } from 'zustand';
import type { Calls } from '../../worker/protocol.ts';
import type { ShownText } from '../lessons/shown-text.ts';

/** Calls of the engine that figures of the lessons show. */
export type WidgetCall = 'attention' | 'pair' | 'lens';

/** What is asked, and of which text. */
export interface Question<C extends WidgetCall> {
  text: ShownText;
  options: Calls[C]['options'];
}

/** What is known of a question; while the next one is asked, the answer to the one before stays. */
export interface Answer<C extends WidgetCall> {
  known?: { question: Question<C>; result: Calls[C]['result'] };
  asking: boolean;
  /** Why there is no answer to the newest question. */
  failed?: string;
}

const nothing = { asking: false };
export const useAttention = create<Answer<'attention'>>()(() => nothing);
export const usePair = create<Answer<'pair'>>()(() => nothing);
export const useLens = create<Answer<'lens'>>()(() => nothing);

/** Most steps that the lens supposes, as a power of two. */
export const MOST_DOUBLINGS = 10;
/** Least and largest temperature of the lens. */
export const LENS_TEMPERATURES = [0.3, 1.5] as const;

/** What the reader has chosen in the figures. Slots count from 0; positions too, the token that begins a text among them. */
export interface WidgetChoices {
  layer: number;
  head: number;
  /** Whether the causal model is to read the text, instead of the one that wrote it. */
  causal: boolean;
  /** Position that reads; undefined: the first that is masked. */
  reader: number | undefined;
  /** Position of which it is said how much is read. */
  read: number | undefined;
  /** Slots that were chosen for the pair, the last two. */
  pair: readonly number[];
  /** How far the search for two slots that disagree is. */
  search: 'idle' | 'searching' | { failed: string };
  /** The slot in the lens; undefined: the last that is masked, which is the least certain one of most texts. */
  slot: number | undefined;
  /** Steps of the run that the lens supposes, as a power of two; undefined: those of the run that is shown. */
  steps: number | undefined;
  temperature: number;
  /** The open slot that each figure has followed; for one whose choice came by a link, that which the link opens. */
  followed: Readonly<Partial<Record<WidgetCall, number | undefined>>>;
}

export const initialChoices: WidgetChoices = {
  ...{ layer: 0, head: 2, causal: false, reader: undefined, read: undefined },
  ...{ pair: [], search: 'idle', slot: undefined, steps: undefined, temperature: 1, followed: {} },
};

export const useChoices = create<WidgetChoices>()(() => initialChoices);
