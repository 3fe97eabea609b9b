import { useMemo } from 'react';
import { Slider } from '../components/Slider.tsx';
import { panel } from '../messages/lessons/panel.ts';
import { useWatch } from '../stores/watch.ts';
import { momentOf } from '../watch/moment.ts';
import { proseOf } from '../watch/piece.ts';
import { chanceMasked, maskedAt, useMasking, maskAnew } from './masking.ts';

const says = panel.masking;

/** The pieces of the text on the canvas, once its run is whole. */
function useText(): readonly string[] {
  const run = useWatch((state) => state.run);
  const sample = useWatch((state) => state.sample);
  return useMemo(() => {
    const length = run?.schedules[sample]?.length ?? 0;
    if (!run || length === 0 || run.traces[sample].trace.length < length) return [];
    const tokens = momentOf(run, sample, length).map((slot) =>
      slot.state === 'masked' ? undefined : slot.token,
    );
    return proseOf(tokens, run.vocabulary);
  }, [run, sample]);
}

/** The forward process at a time of the reader's choice, on the text of the canvas. */
export function MaskingWidget() {
  const { t, draw } = useMasking();
  const pieces = useText();
  if (pieces.length === 0) return <p className="hint">{says.none}</p>;
  const masked = maskedAt(t, draw, pieces.length);
  const count = masked.filter(Boolean).length;
  return (
    <div className="masking-widget">
      <Slider
        label={says.level}
        {...{ min: 0, max: 1, step: 0.01, value: t, shown: t.toFixed(2) }}
        onChange={(next) => {
          useMasking.setState({ t: next });
        }}
      />
      <p className="masking-text" role="img" aria-label={says.text(spoken(pieces, masked))}>
        {pieces.map((piece, i) =>
          masked[i] ? <span key={i} className="hatch" /> : <span key={i}>{piece}</span>,
        )}
      </p>
      <p className="hint">
        {says.counts(t, Math.round(chanceMasked(t) * pieces.length), count, pieces.length)}
      </p>
      <button type="button" className="small" onClick={() => void maskAnew.act()}>
        {says.again}
      </button>
    </div>
  );
}

/** The text as it is read out. */
const spoken = (pieces: readonly string[], masked: readonly boolean[]): string =>
  pieces.map((piece, i) => (masked[i] ? ` ${says.masked}` : piece)).join('');
