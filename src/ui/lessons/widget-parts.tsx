import './widgets.css';
import { useEffect, useEffectEvent, useMemo, type ReactNode } from 'react';
import { goHalfWay } from '../actions/lesson-widgets.ts';
import { useWhyNoCandidates } from '../actions/open-trace.ts';
import { Failed } from '../components/Failed.tsx';
import { page } from '../messages/page.ts';
import { widgets } from '../messages/lessons/widgets.ts';
import { titleOf } from '../race/name.ts';
import { useEngine } from '../stores/engine.ts';
import { useChoices, type Answer, type WidgetCall } from '../stores/lesson-widgets.ts';
import { useWatch } from '../stores/watch.ts';
import { textOf, type ShownText } from './shown-text.ts';

/** The text on the canvas, or why nothing can be asked about it. */
export function useShownText(): { text?: ShownText; whyNot?: string } {
  const run = useWatch((state) => state.run);
  const sample = useWatch((state) => state.sample);
  const position = useWatch(({ player }) => player.position);
  const whyNot = useWhyNoCandidates(run);
  return useMemo(() => {
    if (whyNot !== undefined) return { whyNot };
    const text = run && textOf(run, sample, position);
    return text ? { text } : { whyNot: widgets.waits };
  }, [run, sample, position, whyNot]);
}

/**
 * Follow the slot that is open beside a figure, whenever it is another one.
 * @param text none yet: nothing is followed
 */
export function useOpenedSlot(
  figure: WidgetCall,
  text: ShownText | undefined,
  take: (slot: number) => void,
): void {
  const slot = useWatch((state) => state.slot);
  const followed = useChoices((state) => state.followed[figure]);
  const follow = useEffectEvent(() => {
    if (slot === followed) return;
    if (slot !== undefined) take(slot);
    useChoices.setState((state) => ({ followed: { ...state.followed, [figure]: slot } }));
  });
  const ready = text !== undefined;
  useEffect(() => {
    if (ready) follow();
  }, [slot, ready]);
}

/** By which model and on what a figure was computed; or why it was not. */
function Foot({ answer, again }: { answer: Answer<WidgetCall>; again: () => void }) {
  const { ready, models } = useEngine();
  if (answer.failed !== undefined) {
    return <Failed why={answer.failed} again={again} />;
  }
  const model = answer.known?.question.options.model;
  return (
    <p className="hint widget-foot">
      {answer.asking || !ready || model === undefined
        ? widgets.asking
        : widgets.asked(titleOf(model, models), page.status[ready.backend], ready.adapter)}
    </p>
  );
}

/** The frame of a figure: what is chosen, what is seen, and where it comes from. */
export function Widget({
  name,
  answer,
  again,
  whyNot,
  canGoBack = false,
  choices,
  children,
}: {
  name: WidgetCall;
  answer: Answer<WidgetCall>;
  again: () => void;
  /** Why there is nothing to see. */
  whyNot: string | undefined;
  /** Whether an earlier step of the run has what is missing. */
  canGoBack?: boolean;
  choices?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="lesson-widget" data-widget={name}>
      {choices}
      {whyNot === undefined ? (
        <>
          <div className="widget-body" aria-busy={answer.asking} data-failed={answer.failed !== undefined}>
            {answer.known ? children : <span className="hatch widget-unknown" />}
          </div>
          <Foot {...{ answer, again }} />
        </>
      ) : (
        <p className="hint">
          {whyNot}{' '}
          {canGoBack && (
            <button type="button" className="small" onClick={goHalfWay}>
              {widgets.back}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
