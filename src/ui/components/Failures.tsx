import { restart } from '../actions/retry.ts';
import { shared } from '../messages/shared.ts';
import { useEngine, type Failure } from '../stores/engine.ts';
import { Notice } from './Notice.tsx';

/** What went wrong with the engine, or else in a view, with a way to try again. */
export function Failures({
  failure,
  onAct,
  onRetry,
}: {
  /** What went wrong in the view. */
  failure: Failure | undefined;
  /** The notice, and with it the focus, is about to go. */
  onAct: () => void;
  /** Try again what the view failed at. */
  onRetry: () => void;
}) {
  const engineFailure = useEngine((state) => state.failure);
  const shown = engineFailure ?? failure;
  if (!shown) return null;
  return (
    <Notice
      kind="error"
      action={{
        label: shared.tryAgain,
        onClick: () => {
          onAct();
          if (engineFailure) void restart();
          else onRetry();
        },
      }}
    >
      {shown.message}
    </Notice>
  );
}
