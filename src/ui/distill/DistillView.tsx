import { useEffect, useMemo, useRef } from 'react';
import type { DistillState } from '../../worker/distill/result.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import { compareFinished } from '../actions/distill-compare.ts';
import { presenterMoves } from '../actions/distill-run.ts';
import { cancelOpening, enterDistill, listSaved, resume } from '../actions/distill-open.ts';
import { restart } from '../actions/retry.ts';
import { watchOver } from '../actions/wake-lock.ts';
import { useCalm } from '../components/calm.ts';
import { NothingYet } from '../components/NothingYet.tsx';
import { Notice } from '../components/Notice.tsx';
import { usePlayerKeys } from '../components/player-keys.ts';
import { distill as says } from '../messages/distill.ts';
import { distillSetup } from '../messages/distill-setup.ts';
import { shared } from '../messages/shared.ts';
import { currentRound, isAtWork, useDistill } from '../stores/distill.ts';
import { useEngine } from '../stores/engine.ts';
import { usePage } from '../stores/page.ts';
import { loadingSentence } from '../watch/sentence.ts';
import { BeforeAfter } from './BeforeAfter.tsx';
import { DistillSetup } from './DistillSetup.tsx';
import { DistillTransport } from './DistillTransport.tsx';
import { Ladder } from './Ladder.tsx';
import { LossCurve } from './LossCurve.tsx';
import { Microscope } from './Microscope.tsx';
import { maskOf, phaseBoxes, phaseSentence } from './phases.ts';
import { Phases } from './Phases.tsx';
import { SavedRuns } from './SavedRuns.tsx';
import { explanation, followedTitle, headline } from './sentence.ts';
import './distill.css';
import './presenting.css';

/** Which round it is, and what an update does. */
function Headline({ told }: { told: string }) {
  const opening = useEngine((state) => state.opening);
  const stage = (['compile', 'upload', 'verify', 'fetch'] as const).find((name) => opening?.[name]);
  const sentence = useDistill((view) => headline(view, loadingSentence(stage, says.teacher)));
  const lead = useDistill(({ state, form }) =>
    state ? explanation(state.options.m, currentRound(state).round) : explanation(form.m, 1),
  );
  const working = useDistill(isAtWork);
  const calm = useCalm(told === '' ? sentence : told, !working);
  return (
    <div className="headline">
      {/* The focus comes here when what had it is gone. */}
      <p className="sentence" tabIndex={-1}>
        {sentence}
      </p>
      <p className="lead">{lead}</p>
      <p className="visually-hidden" role="status" data-announces="distill">
        {calm}
      </p>
    </div>
  );
}

/** What went wrong, and what can be done about it. */
function Failures({ onAct }: { onAct: () => void }) {
  const engineFailure = useEngine((state) => state.failure);
  const failure = useDistill((view) => view.failure);
  const note = useDistill((view) => view.note);
  const name = useDistill(({ state }) => (state?.savedAt === undefined ? undefined : state.run));
  const lost = failure?.code === 'device-lost' && name !== undefined;
  const shown = engineFailure ?? failure;
  return (
    <>
      {shown && (
        <Notice
          kind="error"
          {...(engineFailure
            ? {
                action: {
                  label: shared.tryAgain,
                  onClick: () => {
                    onAct();
                    void restart();
                  },
                },
              }
            : lost && {
                action: {
                  label: says.resumeSaved,
                  onClick: () => {
                    onAct();
                    void resume(name);
                  },
                },
              })}
        >
          {shown.message}
        </Notice>
      )}
      {note !== undefined && (
        <Notice
          kind="warning"
          action={{
            label: shared.close,
            onClick: () => {
              onAct();
              useDistill.setState({ note: undefined });
            },
          }}
        >
          {note}
        </Notice>
      )}
    </>
  );
}

/** The phases of the update that is followed, and the sentence for those who listen. */
function useBoxes(state: DistillState | undefined, vocabulary: Vocabulary | undefined, given: 0 | 1) {
  const followed = useDistill((view) => view.followed);
  const lit = useDistill((view) => view.lit);
  const length = useDistill((view) => Number(view.form.slots) || 32);
  const m = useDistill((view) => view.form.m);
  const maskId = vocabulary?.maskId ?? maskOf(followed);
  return useMemo(() => {
    const wanted = { m, clip: 1, length: Math.min(length, 1024) + given, loss: 'kl-bwd' as const };
    return phaseBoxes({ options: state?.options ?? wanted }, { followed, lit }, { given, maskId });
  }, [state?.options, followed, lit, given, maskId, length, m]);
}

const NO_MOVES = {};

/** How is a student made? */
export default function DistillView() {
  const state = useDistill((view) => view.state);
  const status = useDistill((view) => view.status);
  const slow = useDistill((view) => view.slow);
  const known = useEngine(({ models, ready }) => ready !== undefined && models.length > 0);
  const vocabulary = useDistill((view) => view.vocabulary);
  const given = useDistill((view) => view.given);
  const page = useRef<HTMLElement>(null);
  usePlayerKeys(usePage(({ presenting }) => (presenting && state ? presenterMoves : NO_MOVES)));
  useEffect(() => {
    watchOver();
    if (known) void enterDistill();
  }, [known]);
  useEffect(() => {
    // Another tab may have saved or deleted some meanwhile.
    const again = (): void => {
      if (known && !document.hidden) void listSaved();
    };
    document.addEventListener('visibilitychange', again);
    return () => {
      document.removeEventListener('visibilitychange', again);
    };
  }, [known]);
  const finished = (state?.rounds ?? []).filter(({ model }) => model !== undefined).length;
  useEffect(() => {
    if (finished > 0) void compareFinished();
  }, [status, finished]);
  const boxes = useBoxes(state, vocabulary, given);
  // At full speed phases pass faster than they can be read out.
  const phasesTitle = useDistill((view) => followedTitle(view));
  const told = slow || status === 'paused' ? phaseSentence(boxes) : '';
  return (
    // The focus comes here when what had it is gone.
    <main className="distill" ref={page} tabIndex={-1} data-status={status}>
      <h1 className="visually-hidden">{says.title}</h1>
      <Headline told={told} />
      <Failures
        onAct={() => {
          page.current?.focus();
        }}
      />
      {!state && (
        <>
          <NothingYet of="distill" onShow={() => page.current?.focus()} />
          <SavedRuns />
          <DistillSetup />
        </>
      )}
      {status === 'opening' && state && (
        <button type="button" className="small distill-cancel" onClick={cancelOpening}>
          {says.cancel}
        </button>
      )}
      <Phases boxes={boxes} title={phasesTitle} />
      {state && (
        <>
          <DistillTransport state={state} />
          <div className="distill-figures">
            <LossCurve state={state} />
            <Microscope {...{ state, given, vocabulary }} />
          </div>
          <Ladder state={state} />
          <BeforeAfter state={state} />
          <details className="distill-asked">
            <summary>{distillSetup.again}</summary>
            <DistillSetup />
          </details>
        </>
      )}
      {state && <SavedRuns />}
    </main>
  );
}
