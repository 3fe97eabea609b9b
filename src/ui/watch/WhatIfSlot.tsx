import type { Slot } from '../../trace/slots.ts';
import { focusPanel } from '../actions/look-into.ts';
import { changeSlot, goOn, leaveSlot, momentNow, putIn } from '../actions/what-if.ts';
import { Rich } from '../messages/Rich.tsx';
import { whatIf as words } from '../messages/what-if.ts';
import { useWatch, type Run } from '../stores/watch.ts';
import { useWhatIf, whatIfOf } from '../stores/what-if.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import { PieceText } from './PieceText.tsx';
import { pieceOf } from './piece.ts';
import { WordForm } from './PinForm.tsx';
import { placeOf } from './use-what-if.ts';

/** Button of a candidate: its token is put into the slot. */
export function PutButton({
  slot,
  token,
  vocabulary,
}: {
  slot: number;
  token: number;
  vocabulary: Vocabulary | undefined;
}) {
  return (
    <button
      type="button"
      className="put"
      aria-label={words.slot.putToken(pieceOf(token, vocabulary).text)}
      onClick={() => {
        changeSlot(slot, token);
      }}
    >
      {words.slot.put}
    </button>
  );
}

/** What may be changed of a slot at the step that is shown. @param index of the slot, from 0 */
export function WhatIfSlot({
  run,
  index,
  slot,
  vocabulary,
}: {
  run: Run;
  index: number;
  slot: Slot;
  vocabulary: Vocabulary | undefined;
}) {
  const sample = useWatch((state) => state.sample);
  const position = useWatch(momentNow);
  const whatIf = useWhatIf((state) => whatIfOf(state.whatIf, run, sample));
  const trace = run.traces[sample];
  const here = whatIf?.position === position;
  const change = here && index in whatIf.changes ? whatIf.changes[index] : undefined;
  const masked = change === 'mask' || (change === undefined && slot.state === 'masked');
  return (
    <section className="what-if-slot" aria-labelledby="what-if-slot">
      <h3 id="what-if-slot">{words.slot.title(placeOf(trace, position))}</h3>
      {change !== undefined && (
        <p className="hint">
          <Rich
            text={change === 'mask' ? words.slot.changed.mask : words.slot.changed.token}
            parts={{
              token: () => (
                <span className="chip">
                  <PieceText token={change as number} vocabulary={vocabulary} />
                </span>
              ),
            }}
          />
        </p>
      )}
      {whatIf && !here && <p className="hint">{words.slot.elsewhere(placeOf(trace, whatIf.position))}</p>}
      <div className="what-if-buttons">
        {!masked && (
          <button
            type="button"
            onClick={() => {
              changeSlot(index, 'mask');
              focusPanel();
            }}
          >
            {words.slot.again}
          </button>
        )}
        {change !== undefined && (
          <button
            type="button"
            onClick={() => {
              leaveSlot(index);
              focusPanel();
            }}
          >
            {words.slot.leave}
          </button>
        )}
        {(here || !whatIf) && whatIf?.status !== 'done' && (
          <button
            type="button"
            className={here ? 'primary' : ''}
            disabled={whatIf?.status === 'running'}
            onClick={() => {
              void goOn();
            }}
          >
            {words.goOn.here}
          </button>
        )}
      </div>
      <WordForm
        key={index}
        {...{ slot: index, slots: run.settings.slots, model: run.settings.model }}
        label={words.slot.word}
        submit={words.slot.submit}
        take={putIn}
      />
    </section>
  );
}
