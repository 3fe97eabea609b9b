import type { StoreApi } from 'zustand';
import type { Calls } from '../../worker/protocol.ts';
import { engine } from '../engine.ts';
import {
  useAttention,
  useLens,
  usePair,
  type Answer,
  type Question,
  type WidgetCall,
} from '../stores/lesson-widgets.ts';
import { toFailure } from './failure.ts';

/** A question waits so long for the next one, which takes its place, ms: sliders move and texts play. */
const WAIT = 200;
/** Answers kept of each call, so that going back and forth asks nothing anew. */
const KEPT = 24;

/** Asks one question at a time: a new one gives up the one before. */
export interface Asker<C extends WidgetCall> {
  /** The same question is asked once. @param question undefined: there is nothing to ask now */
  ask: (question: Question<C> | undefined) => void;
  /** Ask the newest question once more. */
  again: () => void;
  /** Nobody looks any more. */
  leave: () => void;
}

function asker<C extends WidgetCall>(
  call: C,
  store: Pick<StoreApi<Answer<C>>, 'getState' | 'setState'>,
): Asker<C> {
  const kept = new Map<string, Calls[C]['result']>();
  let current: { key: string; question: Question<C>; controller: AbortController } | undefined;
  const tell = (answer: Omit<Answer<C>, 'known'>): void => {
    const { known } = store.getState();
    store.setState({ ...answer, ...(known ? { known } : {}) }, true);
  };

  function begin(key: string, question: Question<C>, wait: number): void {
    current?.controller.abort();
    const controller = new AbortController();
    const own = { key, question, controller };
    current = own;
    const show = (result: Calls[C]['result']): void => {
      store.setState({ known: { question, result }, asking: false }, true);
    };
    const known = kept.get(key);
    if (known !== undefined) {
      show(known);
      return;
    }
    tell({ asking: true });
    const timer = setTimeout(() => {
      engine.call(call, question.options, { signal: controller.signal }).then(
        (result) => {
          kept.set(key, result);
          const oldest = kept.keys().next();
          if (kept.size > KEPT && oldest.done !== true) kept.delete(oldest.value);
          if (current === own) show(result);
        },
        (error: unknown) => {
          if (current === own) tell({ asking: false, failed: toFailure(error).message });
        },
      );
    }, wait);
    controller.signal.addEventListener('abort', () => {
      clearTimeout(timer);
    });
  }

  const leave = (): void => {
    current?.controller.abort();
    current = undefined;
    tell({ asking: false });
  };
  return {
    ask: (question) => {
      if (!question) {
        leave();
        return;
      }
      const key = JSON.stringify([question.text.run, question.options]);
      if (key !== current?.key) begin(key, question, WAIT);
    },
    again: () => {
      if (current) begin(current.key, current.question, 0);
    },
    leave,
  };
}

export const askAttention = asker('attention', useAttention);
export const askPair = asker('pair', usePair);
export const askLens = asker('lens', useLens);
