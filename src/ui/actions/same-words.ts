import type { ModelInfo, Vocabulary } from '../../worker/protocol.ts';
import { useEngine } from '../stores/engine.ts';

/** Whether a model of a hub is of the released list: all of that have GPT-2's tokenizer. The list comes when it is needed. */
let isReleased: ((source: { repo: string; revision: string }) => boolean) | undefined;

/** Fetch the released list where a model may be of it: to be called before models are shown. Never fails. */
export async function learnReleased(models: readonly ModelInfo[]): Promise<void> {
  if (isReleased || !models.some(({ origin }) => origin === 'hub')) return;
  try {
    const { releasedModel } = await import('../../worker/checkpoints/released.ts');
    isReleased = (source) => releasedModel(source) !== undefined;
  } catch {
    // Without it, models of the list are compared like all others: by their words, once those are known.
  }
}

/** Whether the tokenizer is one of those that the page knows by the size of the vocabulary; of others any may be. */
const isKnown = ({ origin, hub }: ModelInfo): boolean =>
  // What is distilled here has the tokenizer of its teacher.
  origin === 'bundled' || origin === 'distilled' || (hub !== undefined && isReleased?.(hub) === true);

const samePieces = (a: Vocabulary, b: Vocabulary): boolean =>
  a.maskId === b.maskId &&
  a.pieces !== undefined &&
  b.pieces !== undefined &&
  (a.pieces === b.pieces ||
    (Object.keys(a.pieces).length === Object.keys(b.pieces).length &&
      Object.entries(a.pieces).every(([id, text]) => b.pieces?.[Number(id)] === text)));

/**
 * Whether ids of one model are the same words for another: by their vocabularies where both were used, or else by where the
 * models come from. A vocabulary of the same size alone says nothing of them.
 */
export function sameWords(a: ModelInfo, b: ModelInfo): boolean {
  if (a.id === b.id) return true;
  if (a.vocabulary !== b.vocabulary) return false;
  const { vocabularies } = useEngine.getState();
  const [one, other] = [a, b].map(({ id }) => vocabularies[id] as Vocabulary | undefined);
  return one && other ? samePieces(one, other) : isKnown(a) && isKnown(b);
}
