import { useState } from 'react';
import { openTrace } from '../actions/open-trace.ts';
import { FilePicker } from '../components/DropZone.tsx';
import { Notice } from '../components/Notice.tsx';
import { traces as words } from '../messages/traces.ts';
import type { Failure } from '../stores/engine.ts';

/** Chooses a trace to play. */
function TracePicker({ small = false, onFile }: { small?: boolean; onFile: (file: File) => void }) {
  return (
    <FilePicker
      label={words.open}
      accept=".json,application/json"
      small={small}
      onFiles={([file]) => {
        if (file instanceof File) onFile(file);
      }}
    />
  );
}

/** Beside a place where traces may be dropped as well. */
export function OpenTrace({ onFile }: { onFile: (file: File) => void }) {
  return (
    <>
      <TracePicker onFile={onFile} />
      <p className="hint">{words.openHint}</p>
    </>
  );
}

/** Beside the figures of a run, with what became of it. */
export function OpenTraceHere() {
  const [outcome, setOutcome] = useState<Failure | { trace: string }>();
  return (
    <>
      <TracePicker small onFile={(file) => void openTrace(file).then(setOutcome)} />
      <span className="visually-hidden" role="status">
        {outcome && 'trace' in outcome ? words.opened(outcome.trace) : ''}
      </span>
      {outcome && 'message' in outcome && <Notice kind="error">{outcome.message}</Notice>}
    </>
  );
}
