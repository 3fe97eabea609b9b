import './slot-panel.css';
import { useEffect, type CSSProperties } from 'react';
import type { Slot } from '../../trace/slots.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Candidates, Vocabulary } from '../../worker/protocol.ts';
import { closePanel, focusPanel, inspect } from '../actions/look-into.ts';
import { useWhyNoCandidates } from '../actions/open-trace.ts';
import { unpin } from '../actions/pin.ts';
import { canGoOn } from '../actions/what-if.ts';
import { Failed } from '../components/Failed.tsx';
import { shared } from '../messages/shared.ts';
import { traces } from '../messages/traces.ts';
import { slotPanel as words } from '../messages/watch.ts';
import { useEngine } from '../stores/engine.ts';
import { inspectionKey, passOf, useWatch, type Inspection } from '../stores/watch.ts';
import { chance, number } from '../../words/numbers.ts';
import { PieceText } from './PieceText.tsx';
import { PinForm } from './PinForm.tsx';
import { PutButton, WhatIfSlot } from './WhatIfSlot.tsx';

/** The candidates of a slot, likeliest first. */
function CandidateList({
  law,
  taken,
  vocabulary,
  put,
}: {
  law: Candidates;
  /** The token that came in this pass, if it is this slot's. */
  taken: number | undefined;
  vocabulary: Vocabulary | undefined;
  /** The slot that a candidate may be put into. */
  put: number | undefined;
}) {
  const most = law.candidates[0]?.probability ?? 1;
  const rows = law.candidates.map((candidate, i) => ({ ...candidate, rank: i + 1 }));
  const { drawn } = law;
  const outside = drawn?.token === taken && drawn && !rows.some(({ token }) => token === drawn.token);
  return (
    <ol className="candidates" role="list" aria-label={words.candidates} data-put={put}>
      {[...rows, ...(outside ? [drawn] : [])].map(({ token, probability, rank }) => (
        <li key={token} data-drawn={token === taken} data-outside={rank > rows.length}>
          <span className="rank">{number(rank)}</span>
          <PieceText token={token} vocabulary={vocabulary} />
          <span
            className="candidate-bar"
            aria-hidden="true"
            style={{ '--share': probability / most } as CSSProperties}
          />
          <span className="candidate-chance">{chance(probability)}</span>
          {token === taken && <span className="visually-hidden">{words.drawn}</span>}
          {put !== undefined && <PutButton slot={put} {...{ token, vocabulary }} />}
        </li>
      ))}
    </ol>
  );
}

/** What became of the slot, and how sure the model was. */
function lawSentence(law: Candidates, tokens: number, came: boolean, before: boolean): string {
  const { drawn, entropy } = law;
  if (!came || !drawn) return words.law[before ? 'before' : 'notDrawn'](entropy);
  return words.law.drawn(drawn.probability, drawn.rank, tokens, entropy);
}

function Law({
  inspection,
  came,
  before,
  taken,
  tokens,
  vocabulary,
  put,
  again,
}: {
  inspection: Inspection | undefined;
  came: boolean;
  /** Nothing has come yet. */
  before: boolean;
  taken: number | undefined;
  tokens: number;
  vocabulary: Vocabulary | undefined;
  put: number | undefined;
  again: () => void;
}) {
  if (inspection?.state === 'failed') {
    return <Failed why={inspection.why} again={again} />;
  }
  if (inspection?.state !== 'known') {
    return (
      <>
        <p className="hint">{words.law.asking}</p>
        <ol className="candidates" aria-hidden="true">
          {Array.from({ length: 10 }, (_, i) => (
            <li key={i}>
              <span className="hatch unknown" />
            </li>
          ))}
        </ol>
      </>
    );
  }
  return (
    <>
      <p className="hint">{lawSentence(inspection.law, tokens, came, before)}</p>
      <CandidateList law={inspection.law} taken={came ? taken : undefined} {...{ vocabulary, put }} />
    </>
  );
}

/** A slot, and where in a run its law belongs: "Slot 7 in step 3". @param slot from 1 */
function titleOf(slot: number, trace: Trace, pass: number, before: boolean): string {
  const { title } = words;
  const step = trace.trace.at(pass)?.step;
  if (step === undefined) return title.plain(slot);
  if (trace.sampler === 'first-hitting') return title[before ? 'beforePass' : 'inPass'](slot, step);
  if (step > trace.steps) return title[before ? 'beforeFinal' : 'inFinal'](slot);
  return title[before ? 'beforeStep' : 'inStep'](slot, step);
}

/** A slot from within: what the model held possible there, and a word of the visitor's own for it. */
export function SlotPanel({ slots }: { slots: Slot[] }) {
  const run = useWatch((state) => state.run);
  const sample = useWatch((state) => state.sample);
  const position = useWatch(({ player }) => player.position);
  const index = useWatch((state) => state.slot);
  const settings = useWatch((state) => state.settings);
  const inspections = useWatch((state) => state.inspections);
  const imported = run?.origin === 'imported';
  const whyNot = useWhyNoCandidates(run);
  const changeable = useEngine((state) => canGoOn(run, state));
  const here = useEngine(({ vocabularies }) => run && vocabularies[run.settings.model]);
  const vocabulary = (whyNot === undefined ? here : undefined) ?? run?.vocabulary;
  const trace = run?.traces[sample];
  const slot = index === undefined ? undefined : (slots[index] as Slot | undefined);

  // Nothing is asked before the model and the pass are there.
  const askable =
    (imported ? whyNot === undefined : run?.origin === 'live') && (trace?.trace.length ?? 0) > 0;
  useEffect(() => {
    if (run && index !== undefined && askable) void inspect(run, sample, position, index);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a run grows as an object; which one it is counts
  }, [run?.id, sample, position, index, askable]);

  useEffect(() => {
    if (index === undefined) return undefined;
    // The panel may lie over it.
    document.querySelector(`[data-slot='${index}']`)?.scrollIntoView({ block: 'nearest' });
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) closePanel();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, [index]);

  if (index === undefined || !slot) {
    return (
      <section className="card slot-panel" data-open="false" aria-labelledby="slot-title">
        <h2 id="slot-title">{words.empty.title}</h2>
        <p className="hint">{words.empty.hint}</p>
      </section>
    );
  }

  const token = index + (run?.beginnings ?? 0);
  const pass = trace ? passOf(trace, position, token) : 0;
  const came = slot.state === 'new' || slot.state === 'earlier';
  const given = slot.state === 'given';
  const before = position === 0;
  const inspection = run
    ? (inspections[inspectionKey(run, sample, pass, index)] as Inspection | undefined)
    : undefined;
  const pinned = !imported && index in settings.pins;
  // A prompt that was changed since may leave the slot free.
  const held = given && !(index in (run?.settings.pins ?? {})) && run?.settings.prompt === settings.prompt;

  return (
    <section className="card slot-panel" data-open="true" aria-labelledby="slot-title">
      <div className="card-head">
        <h2 id="slot-title" tabIndex={-1}>
          {given || !trace ? words.title.plain(index + 1) : titleOf(index + 1, trace, pass, before)}
        </h2>
        <button type="button" className="small" onClick={closePanel}>
          {shared.close}
        </button>
      </div>
      {given ? (
        <p className="hint">
          {imported && index in run.settings.pins
            ? traces.pinned
            : index in run!.settings.pins
              ? words.law.youPinned
              : words.law.given}
        </p>
      ) : askable ? (
        <Law
          {...{ inspection, came, before, vocabulary, tokens: trace?.maskId ?? 0 }}
          taken={came ? slot.token : undefined}
          put={changeable ? index : undefined}
          again={() => {
            if (run) void inspect(run, sample, position, index);
          }}
        />
      ) : (
        <p className="hint">
          {whyNot ?? (run?.origin === 'recorded' ? words.law.recorded : words.law.notYet)}
        </p>
      )}
      {run && changeable && <WhatIfSlot {...{ run, index, slot, vocabulary }} />}
      {imported ? (
        !given && <p className="hint">{traces.noPins}</p>
      ) : pinned ? (
        <button
          type="button"
          onClick={() => {
            unpin(index);
            focusPanel();
          }}
        >
          {words.unpin}
        </button>
      ) : held ? (
        <p className="hint">{words.held}</p>
      ) : (
        // A form of its own for each slot: what was typed for another is not meant for this one.
        <PinForm key={index} slot={index} />
      )}
    </section>
  );
}
