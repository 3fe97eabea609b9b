import { bytesText, ofBytes } from '../../worker/bytes.ts';
import { Rich, type Parts } from '../messages/Rich.tsx';
import { shared } from '../messages/shared.ts';
import type { Opening } from '../stores/engine.ts';

const STAGES = ['fetch', 'verify', 'upload', 'compile'] as const;

const parts: Parts = { unit: (words) => <span className="unit">{words}</span> };

/** How far each stage of opening a model is. */
export function Stages({ opening }: { opening: Opening | undefined }) {
  return (
    <ol className="stages" role="list" aria-label={shared.stages.label}>
      {STAGES.map((stage) => {
        const { loaded = 0, total = 0 } = opening?.[stage] ?? {};
        const whole = total > 0 && loaded >= total;
        return (
          <li key={stage} data-state={whole ? 'done' : total > 0 ? 'doing' : 'waiting'}>
            <progress aria-label={shared.stages[stage]} max={Math.max(total, 1)} value={loaded} />
            <span>
              {total > 0 ? (
                <Rich
                  text={shared.stagesWith[stage](whole ? bytesText(total) : ofBytes(loaded, total))}
                  parts={parts}
                />
              ) : (
                shared.stages[stage]
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
