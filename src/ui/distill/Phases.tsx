import './phases.css';
import { memo, useId, useMemo, type CSSProperties } from 'react';
import { distillPhases as says } from '../messages/distill.ts';
import { phaseGroups, type Cell, type PhaseBox } from './phases.ts';

/** Columns in which so many slots are shown. */
const columns = (slots: number): number => (slots <= 48 ? 8 : slots <= 160 ? 16 : 32);

/** The slots of a phase, as a picture: what they come to stands below in words. */
const Cells = memo(function Cells({ cells }: { cells: readonly Cell[] }) {
  return (
    <span
      className="phase-cells"
      aria-hidden="true"
      data-many={cells.length > 48}
      style={{ '--columns': columns(cells.length) } as CSSProperties}
    >
      {cells.map(({ look, mark, heat }, i) => (
        <span
          key={i}
          className="phase-cell"
          data-look={look}
          data-heat={heat === undefined ? undefined : ''}
          style={heat === undefined ? undefined : ({ '--heat': heat } as CSSProperties)}
        >
          {mark}
        </span>
      ))}
    </span>
  );
});

/** A gradient's norm beside what it is cut to. */
function Gradient({ gradient }: { gradient: PhaseBox['gradient'] }) {
  if (!gradient) return <span className="phase-gradient hatch" aria-hidden="true" />;
  const { norm, clip } = gradient;
  const most = Math.max(norm, clip) * 1.15;
  return (
    <span
      className="phase-gradient"
      aria-hidden="true"
      style={{ '--norm': Math.min(1, norm / most), '--clip': clip / most } as CSSProperties}
    >
      <span className="phase-norm" />
      <span className="phase-clip" />
    </span>
  );
}

/** One phase. @param number from 1 */
function Phase({
  box,
  number,
  slots,
  inRail,
}: {
  box: PhaseBox;
  number: number;
  slots: number;
  inRail: boolean;
}) {
  return (
    <li
      className="phase"
      data-phase={box.key.split(' ')[0]}
      data-state={box.state}
      aria-current={box.state === 'on' ? 'step' : undefined}
    >
      <span className="phase-title">
        <span className="phase-number">{number}</span>{' '}
        <span className={inRail ? 'visually-hidden' : undefined}>{box.title}</span>
        <span className="visually-hidden">, {says.states[box.state]}</span>
      </span>
      <span
        className="phase-picture"
        data-many={slots > 48}
        style={{ '--rows': Math.ceil(slots / columns(slots)) } as CSSProperties}
      >
        {box.key === 'update' ? <Gradient gradient={box.gradient} /> : <Cells cells={box.cells} />}
      </span>
      {inRail ? (
        <span className="phase-words">
          <span className="visually-hidden">{box.words}</span>
          <span aria-hidden="true">{box.short}</span>
        </span>
      ) : (
        <span className="phase-words">{box.words}</span>
      )}
    </li>
  );
}

/** The teacher's sub-steps on one card, where there are many; below it what was said of the last. */
function Rail({ boxes, slots }: { boxes: readonly PhaseBox[]; slots: number }) {
  const id = useId();
  const last = boxes.findLast(({ state }) => state !== 'waiting');
  return (
    <li className="phase-group">
      <span id={id} className="phase-title">
        {says.rail.title(boxes.length)}
      </span>
      <ol className="phase-rail" role="list" aria-labelledby={id}>
        {boxes.map((box, i) => (
          <Phase key={box.key} {...{ box, slots }} number={i + 1} inRail />
        ))}
      </ol>
      <span className="phase-group-says" aria-hidden="true">
        {last ? says.rail.last(last.key.split(' ')[1], last.words) : says.rail.each(boxes[0].words)}
      </span>
    </li>
  );
}

/** One update from left to right; the phase that was told last is lit. */
export const Phases = memo(function Phases({ boxes, title }: { boxes: readonly PhaseBox[]; title: string }) {
  const id = useId();
  const slots = useMemo(() => boxes.at(0)?.cells.length ?? 0, [boxes]);
  const { rail, apart } = phaseGroups(boxes);
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="phases-title">
        {title}
      </h2>
      <ol className="phases" role="list" aria-labelledby={id} data-grouped={rail.length > 0}>
        {rail.length > 0 && <Rail boxes={rail} slots={slots} />}
        {apart.map((box, i) => (
          <Phase key={box.key} {...{ box, slots }} number={rail.length + i + 1} inRail={false} />
        ))}
      </ol>
    </section>
  );
});
