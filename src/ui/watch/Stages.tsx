import { bytesText, ofBytes } from '../../words/bytes.ts';
import { Rich, type Parts } from '../messages/Rich.tsx';
import { shared } from '../messages/shared.ts';
import { useEngine, type Opening } from '../stores/engine.ts';
import { stageOn } from './sentence.ts';

const STAGES = ['fetch', 'verify', 'upload', 'compile'] as const;

const parts: Parts = { unit: (words) => <span className="unit">{words}</span> };

/** How far each stage of opening a model is. */
export function Stages({ opening }: { opening: Opening | undefined }) {
  const backend = useEngine((state) => state.ready?.backend);
  // There are no kernels to compile without a GPU.
  const stages = backend === 'wasm' ? STAGES.filter((stage) => stage !== 'compile') : STAGES;
  return (
    <ol className="stages" role="list" aria-label={shared.stages.label}>
      {stages.map((stage) => {
        const name = stageOn(stage, backend);
        const { loaded = 0, total = 0 } = opening?.[stage] ?? {};
        const whole = total > 0 && loaded >= total;
        return (
          <li key={stage} data-state={whole ? 'done' : total > 0 ? 'doing' : 'waiting'}>
            <progress aria-label={shared.stages[name]} max={Math.max(total, 1)} value={loaded} />
            <span>
              {total > 0 ? (
                <Rich
                  text={shared.stagesWith[name](whole ? bytesText(total) : ofBytes(loaded, total))}
                  parts={parts}
                />
              ) : (
                shared.stages[name]
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
