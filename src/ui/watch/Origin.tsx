import { watch } from '../messages/watch.ts';
import { whatIf } from '../messages/what-if.ts';
import { useEngine } from '../stores/engine.ts';
import { useWatch } from '../stores/watch.ts';
import { Imported } from './Imported.tsx';
import { Stages } from './Stages.tsx';
import { placeOf } from './use-what-if.ts';

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
          {watch.origin[run.origin]}
        </span>
      )}
      {busy ? (
        <>
          <span>{recorded ? watch.origin.onItsWay(model) : watch.origin.opening(model)}</span>
          <Stages opening={opening} />
        </>
      ) : recorded ? (
        <span>{pending ? watch.origin.pending : watch.origin.earlier(run.settings.model)}</span>
      ) : run?.taken ? (
        <span>{whatIf.taken(placeOf(run.traces[0], 0))}</span>
      ) : run ? (
        <span>
          {watch.origin[status === 'running' || status === 'stopped' ? status : 'written'](
            run.settings.model,
            ready?.adapter,
          )}
        </span>
      ) : null}
    </div>
  );
}
