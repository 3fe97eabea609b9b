import { useState } from 'react';
import { saveTrace } from '../actions/save-trace.ts';
import type { Saved } from '../actions/download.ts';
import { Notice } from '../components/Notice.tsx';
import { savedText } from '../components/saved-text.ts';
import { traces as words } from '../messages/traces.ts';
import type { Failure } from '../stores/engine.ts';
import { useWatch } from '../stores/watch.ts';

/** The run as a file. */
export function SaveTrace() {
  const nothing = useWatch((state) => state.run === undefined);
  const [outcome, setOutcome] = useState<Failure | Saved>();
  return (
    <>
      <button
        type="button"
        className="small"
        disabled={nothing}
        onClick={() => {
          setOutcome(saveTrace());
        }}
      >
        {words.save}
      </button>
      <span className="visually-hidden" role="status">
        {outcome && 'file' in outcome ? savedText(undefined, outcome) : ''}
      </span>
      {outcome && 'message' in outcome && <Notice kind="error">{outcome.message}</Notice>}
    </>
  );
}
