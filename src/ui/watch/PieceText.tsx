import type { Vocabulary } from '../../worker/protocol.ts';
import { pieceOf } from './piece.ts';

/** A token in a line of our own text, its leading space as a faint dot. */
export function PieceText({ token, vocabulary }: { token: number; vocabulary: Vocabulary | undefined }) {
  const { text, space, ours } = pieceOf(token, vocabulary);
  return (
    <span className={ours ? 'piece-text ours' : 'piece-text'}>
      {space && (
        <span className="space" aria-hidden="true">
          ·
        </span>
      )}
      {text}
    </span>
  );
}
