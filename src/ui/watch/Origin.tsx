import { useEngine } from '../stores/engine.ts';
import { useWatch } from '../stores/watch.ts';
import { Imported } from './Imported.tsx';
import { Stages } from './Stages.tsx';

/** Where the text on the canvas comes from, and what is being fetched for the next one. */
export function Origin() {
  const run = useWatch((state) => state.run);
  const status = useWatch((state) => state.status);
  const pending = useWatch((state) => state.pending !== undefined);
  const { opening, ready, failure } = useEngine();
  const loading = !failure && (status === 'loading' || status === 'idle');
  const recorded = run?.origin === 'recorded';
  const busy = loading && (opening !== undefined || !run || run.origin !== 'live');
  const model = opening?.model ?? run?.settings.model ?? 'student';
  // A run that is asked for anew is opened in sight.
  if (run?.origin === 'imported' && !busy) return <Imported run={run} />;
  return (
    <div className="origin">
      {run && (
        <span className="badge" data-origin={run.origin}>
          {run.origin}
        </span>
      )}
      {busy ? (
        <>
          <span>{recorded ? `the ${model} is on its way:` : `opening the ${model}:`}</span>
          <Stages opening={opening} />
        </>
      ) : recorded ? (
        <span>
          {pending
            ? 'the same run is being written here, and takes over without a jump'
            : `written earlier by the ${run.settings.model}, with the settings below`}
        </span>
      ) : run ? (
        <span>
          {{ running: 'being written', stopped: 'stopped before its end, written' }[status as string] ??
            'written'}{' '}
          by the {run.settings.model}
          {ready ? ` on ${ready.adapter}` : ''}
        </span>
      ) : null}
    </div>
  );
}
