import { widgets } from '../messages/lessons/widgets.ts';
import { pieceOf } from '../watch/piece.ts';
import { isMasked, type ShownText } from './shown-text.ts';

/** A token within a sentence. */
export function tokenWords(token: number, { vocabulary }: Pick<ShownText, 'vocabulary'>): string {
  const { text, ours } = pieceOf(token, vocabulary);
  return ours ? text : widgets.quoted(text);
}

/** A position of a text within a sentence: "masked slot 7", "slot 6 “time”", "the start". */
export function positionWords(text: ShownText, position: number): string {
  const slot = position - text.given + 1;
  if (slot < 1) return widgets.start;
  if (isMasked(text, position)) return widgets.masked(slot);
  return widgets.holds(slot, tokenWords(text.tokens[position], text));
}
