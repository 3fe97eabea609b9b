import { useEngine, type Opening } from '../stores/engine.ts';
import { useWatch } from '../stores/watch.ts';
import { megabytes } from './numbers.ts';

const STAGES = [
  ['fetch', 'fetched'],
  ['verify', 'checked'],
  ['upload', 'to the GPU'],
  ['compile', 'compiled'],
] as const;

/** Bytes of WGSL are thousands, those of weights millions. */
const amount = (stage: string, bytes: number): string =>
  stage === 'compile' ? (bytes / 1000).toFixed(0) : megabytes(bytes);

/** How far each stage of opening a model is. */
function Stages({ opening }: { opening: Opening | undefined }) {
  return (
    <ol className="stages" role="list" aria-label="Opening the model">
      {STAGES.map(([stage, done]) => {
        const { loaded = 0, total = 0 } = opening?.[stage] ?? {};
        const unit = stage === 'compile' ? 'kB' : 'MB';
        const whole = total > 0 && loaded >= total;
        return (
          <li key={stage} data-state={whole ? 'done' : total > 0 ? 'doing' : 'waiting'}>
            <progress aria-label={done} max={Math.max(total, 1)} value={loaded} />
            <span>
              {done}
              {total > 0 && (
                <>
                  {' '}
                  {!whole && `${amount(stage, loaded)} of `}
                  {amount(stage, total)} {unit}
                  {stage === 'compile' && <span className="unit"> of WGSL</span>}
                </>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** Where the text on the canvas comes from, and what is being fetched for the next one. */
export function Origin() {
  const { run, status, pending } = useWatch();
  const { opening, ready, failure } = useEngine();
  const loading = !failure && (status === 'loading' || status === 'idle');
  const recorded = run?.origin === 'recorded';
  const busy = loading && (opening !== undefined || !run || recorded);
  const model = opening?.model ?? run?.settings.model ?? 'student';
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
          {status === 'running' ? 'being written' : 'written'} by the {run.settings.model}
          {ready ? ` on ${ready.adapter}` : ''}
        </span>
      ) : null}
    </div>
  );
}
