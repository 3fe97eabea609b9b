import './transport.css';
import { useEffect, useRef, useState } from 'react';
import type { DistillState } from '../../worker/distill/result.ts';
import { discard } from '../actions/distill-open.ts';
import { run, setDelay, setSlow, toggleRun } from '../actions/distill-run.ts';
import { distill } from '../messages/distill.ts';
import { shared } from '../messages/shared.ts';
import { isAtWork, useDistill } from '../stores/distill.ts';
import { onCpu, useEngine } from '../stores/engine.ts';
import { number } from '../../words/numbers.ts';
import { withFocus } from './focus.ts';
import { useNow } from './now.ts';
import { clock, paceOf, savedText } from './sentence.ts';

const says = distill.transport;

/** How fast it goes, how long it takes yet, and when it was saved. */
function Numbers({ state }: { state: DistillState }) {
  const now = useNow();
  const cpu = useEngine(({ ready }) => onCpu(ready));
  const slow = useDistill((view) => view.slow && isAtWork(view));
  const waited = useDistill((view) => view.waited);
  const saved = savedText(state, now);
  const pace = paceOf(state, waited);
  // Slow ones are told by what one takes.
  const long = pace !== undefined && pace.updatesPerSecond < 1;
  const rate = (value: number): string => number(value, value < 9.95 ? 1 : 0);
  return (
    <div className="distill-numbers">
      <dl>
        <div>
          <dt>{long ? says.perUpdate : says.updates}</dt>
          <dd>{pace ? rate(long ? 1 / pace.updatesPerSecond : pace.updatesPerSecond) : '–'}</dd>
        </div>
        <div>
          <dt>{says.tokens}</dt>
          <dd>{pace ? rate(pace.tokensPerSecond) : '–'}</dd>
        </div>
        <div>
          <dt>{says.left}</dt>
          <dd>{pace ? clock(pace.left) : '–'}</dd>
        </div>
      </dl>
      <p className="hint">{slow ? says.savedSlow(saved) : cpu ? says.savedCpu(saved) : saved}</p>
    </div>
  );
}

/** Asks before it gives a run up. */
function Discard({ name, busy }: { name: string; busy: boolean }) {
  const [asking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const whole = useRef<HTMLSpanElement>(null);
  const keep = (): void => {
    setAsking(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!asking) return;
    const onPointer = ({ target }: PointerEvent): void => {
      if (!whole.current?.contains(target as Node)) setAsking(false);
    };
    const onKey = ({ key }: KeyboardEvent): void => {
      if (key !== 'Escape') return;
      setAsking(false);
      button.current?.focus();
    };
    document.addEventListener('pointerdown', onPointer);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', onPointer);
      document.removeEventListener('keydown', onKey);
    };
  }, [asking]);
  return (
    <span
      ref={whole}
      className="discard"
      onBlur={({ relatedTarget }) => {
        // Without another element it is the window that lost the focus.
        if (relatedTarget && !whole.current?.contains(relatedTarget)) setAsking(false);
      }}
    >
      <button
        ref={button}
        type="button"
        aria-expanded={asking}
        onClick={() => {
          setAsking(!asking);
        }}
      >
        {says.discard}
      </button>
      {/* Over what lies below, so that nothing moves. */}
      {asking && (
        <span className="discard-asks" role="group" aria-label={says.discardLabel}>
          <span>{busy ? says.asksRunning : says.asks}</span>
          <button
            type="button"
            autoFocus
            onClick={() => {
              void withFocus(discard(name));
            }}
          >
            {says.yes}
          </button>
          <button type="button" onClick={keep}>
            {shared.confirm.no}
          </button>
        </span>
      )}
    </span>
  );
}

/** Waits after a phase, ms. */
const DELAYS = [300, 600, 1200, 2500];

/** Start and pause, one by one, or slowly. */
export function DistillTransport({ state }: { state: DistillState }) {
  const status = useDistill((view) => view.status);
  const slow = useDistill((view) => view.slow);
  const delay = useDistill((view) => view.delay);
  const busy = status !== 'paused';
  const idle = busy || state.finished;
  const step = (until: 'phase' | 'update' | 'round') => (): void => {
    if (!idle) void run(until);
  };
  return (
    <section className="card distill-transport" aria-label={says.label}>
      <div className="buttons">
        <button
          type="button"
          className="primary"
          aria-disabled={state.finished || status === 'opening' || status === 'pausing'}
          onClick={toggleRun}
        >
          {status === 'pausing' ? says.pausing : status === 'running' ? says.pause : says.start}
        </button>
        {/* They keep the focus while they lead nowhere. */}
        <div className="group">
          <button type="button" aria-disabled={idle} onClick={step('phase')}>
            {says.phase}
          </button>
          <button type="button" aria-disabled={idle} onClick={step('update')}>
            {says.update}
          </button>
          <button type="button" aria-disabled={idle} onClick={step('round')}>
            {says.round}
          </button>
        </div>
        <label className="check distill-slow">
          <input
            type="checkbox"
            checked={slow}
            onChange={(event) => {
              setSlow(event.target.checked);
            }}
          />
          {says.slow}
        </label>
        <select
          className="distill-delay"
          aria-label={says.wait}
          value={delay}
          disabled={!slow}
          onChange={(event) => {
            setDelay(Number(event.target.value));
          }}
        >
          {DELAYS.map((value) => (
            <option key={value} value={value}>
              {says.seconds(value / 1000)}
            </option>
          ))}
        </select>
        <Discard key={state.run} name={state.run} busy={status === 'running'} />
      </div>
      <Numbers state={state} />
    </section>
  );
}
