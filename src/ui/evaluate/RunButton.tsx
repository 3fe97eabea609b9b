import { panels } from '../messages/evaluate/panels.ts';

/** The button that begins a measure, and cancels it while it runs: the same one throughout, so that it keeps the focus. */
export function RunButton({
  run,
  running,
  barred,
  onCancel,
}: {
  /** What it does at rest, where it submits its form. */
  run: string;
  running: boolean;
  /** The form cannot be taken as it is. */
  barred: boolean;
  onCancel: () => void;
}) {
  return (
    <button
      type={running ? 'button' : 'submit'}
      className={running ? '' : 'primary'}
      aria-disabled={!running && barred}
      onClick={(event) => {
        if (!running) return;
        // It may be one that submits before its click has come to an end, and must not begin what it has just cancelled.
        event.preventDefault();
        onCancel();
      }}
    >
      {running ? panels.cancel : run}
    </button>
  );
}
