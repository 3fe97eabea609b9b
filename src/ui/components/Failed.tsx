import { shared } from '../messages/shared.ts';

/** Why something small could not be found out, in a sentence, and a button that asks again. */
export function Failed({ why, again }: { why: string; again: () => void }) {
  return (
    <p className="hint" role="alert">
      {why}{' '}
      <button type="button" className="small" onClick={again}>
        {shared.tryAgain}
      </button>
    </p>
  );
}
