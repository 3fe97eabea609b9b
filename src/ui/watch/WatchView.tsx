import { useEffect, useMemo, useRef } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Slot } from '../../trace/slots.ts';
import { retry } from '../actions/retry.ts';
import { advance, moves } from '../actions/transport.ts';
import { dismissNotice } from '../actions/view.ts';
import { useCalm } from '../components/calm.ts';
import { Notice } from '../components/Notice.tsx';
import { ViewLink } from '../components/ViewLink.tsx';
import { usePlayerKeys } from '../components/player-keys.ts';
import { files } from '../messages/files.ts';
import { Rich } from '../messages/Rich.tsx';
import { shared } from '../messages/shared.ts';
import { watch } from '../messages/watch.ts';
import { whatIf as whatIfWords } from '../messages/what-if.ts';
import { useEngine } from '../stores/engine.ts';
import { useWatch } from '../stores/watch.ts';
import { Canvas } from './Canvas.tsx';
import { colourContext, colourScale, heatOf } from './colour.ts';
import { Controls } from './Controls.tsx';
import { ExportModel } from './ExportModel.tsx';
import { Figures } from './Figures.tsx';
import { Legend } from './Legend.tsx';
import { momentOf } from './moment.ts';
import { OpenFiles } from './OpenFiles.tsx';
import { Origin } from './Origin.tsx';
import { Prose } from './Prose.tsx';
import { announcement, loadingSentence, sentence, timesSentence } from './sentence.ts';
import { SaveStep } from './SaveStep.tsx';
import { SlotPanel } from './SlotPanel.tsx';
import { Texts } from './Texts.tsx';
import { Transport } from './Transport.tsx';
import { useShownWhatIf } from './use-what-if.ts';
import { WhatIfCanvas, WhatIfCard, WhatIfProse } from './WhatIf.tsx';
// After the parts' own: what it says of screen widths goes before what they say.
import './watch.css';
import './presenting.css';

/** Time that a step stays before the next one, ms; runs with many steps play faster, so that none takes minutes. */
const pace = (total: number, speed: number): number =>
  Math.max(16, Math.min(700, 9000 / Math.max(1, total))) / speed;

/** Moves the player on while it plays. */
function useClock(): void {
  const { playing, position, total } = useWatch((state) => state.player);
  const waiting = useWatch(({ player }) => player.position >= player.available);
  const speed = useWatch((state) => state.speed);
  useEffect(() => {
    if (!playing || waiting) return undefined;
    const timer = setTimeout(advance, pace(total, speed));
    return () => {
      clearTimeout(timer);
    };
  }, [playing, position, waiting, total, speed]);
}

const masked: Slot = { state: 'masked' };
const nothing: [] = [];
const NO_PINS = {};

/** What is on the canvas now, and what is said of it. */
function useMoment() {
  const { run, sample, player, status, colourBy, speed } = useWatch(
    useShallow(({ run, sample, player, status, colourBy, speed }) => ({
      ...{ run, sample, player, status, colourBy, speed },
    })),
  );
  const wanted = useWatch((state) => state.settings.slots);
  const opening = useEngine((state) => state.opening);
  const stopped = useEngine((state) => state.failure);
  const trace = run?.traces[sample];
  const whatIf = useShownWhatIf();
  const own = run?.schedules[sample] ?? nothing;
  const beyond = whatIf?.beyond ?? nothing;
  const schedule = useMemo(() => (beyond.length === 0 ? own : [...own, ...beyond]), [own, beyond]);
  const empty = useMemo(() => Array.from({ length: wanted }, (): Slot => masked), [wanted]);
  const slots = run && trace ? momentOf(run, sample, player.position) : empty;
  const context = useMemo(
    () => (trace && colourBy !== 'none' ? colourContext(trace) : undefined),
    [trace, colourBy],
  );
  const heats = useMemo(
    () => (context ? heatOf(slots, colourBy, context) : nothing),
    [slots, colourBy, context],
  );
  const moment = {
    steps: trace?.steps ?? 0,
    current: player.position === 0 ? undefined : schedule[player.position - 1],
    masked: slots.filter(({ state }) => state === 'masked').length,
  };
  const loading = !trace && !stopped && (status === 'loading' || status === 'idle');
  const stage = (['compile', 'upload', 'verify', 'fetch'] as const).find((name) => opening?.[name]);
  const model = opening?.model ?? 'model';
  return {
    ...{ run, trace, schedule, player, slots, heats, status, whatIf },
    scale: context && colourScale(colourBy, context),
    step: sentence(moment),
    headline: loading ? loadingSentence(stage, model) : sentence(moment),
    announced: trace ? announcement(moment) : '',
    times: timesSentence(pace(player.total, speed), run?.cost, run?.traces.length ?? 1),
  };
}

/** How does text appear all at once? */
export function WatchView() {
  const moment = useMoment();
  const { run, trace, schedule, player, slots, heats, scale, status, step, whatIf } = moment;
  const { headline, announced, times } = moment;
  const runFailure = useWatch((state) => state.failure);
  const notice = useWatch((state) => state.notice);
  const slot = useWatch((state) => state.slot);
  const model = useWatch((state) => state.settings.model);
  const engineFailure = useEngine((state) => state.failure);
  useClock();
  usePlayerKeys(moves);
  const calm = useCalm(announced, !player.playing);
  const failure = engineFailure ?? runFailure;
  const page = useRef<HTMLElement>(null);
  return (
    // The focus comes here when what had it is gone.
    <main className="watch" ref={page} tabIndex={-1} data-status={status}>
      <div className="stage">
        <h1 className="visually-hidden">{watch.title}</h1>
        <div className="headline">
          <p className="sentence">{failure && !trace ? watch.moment.failed : headline}</p>
          <p className="lead">{watch.lead}</p>
          <p className="visually-hidden" role="status" data-announces="step">
            {calm}
          </p>
          <Origin />
        </div>
        {failure && (
          <Notice
            kind="error"
            action={{
              label: runFailure && !engineFailure ? watch.runAgain : shared.tryAgain,
              onClick: () => {
                page.current?.focus();
                void retry();
              },
            }}
          >
            {failure.message}
          </Notice>
        )}
        <div role="status" className="notices">
          {notice !== undefined && (
            <Notice
              kind="warning"
              action={{
                label: watch.dismiss,
                onClick: () => {
                  page.current?.focus();
                  dismissNotice();
                },
              }}
            >
              {notice}
            </Notice>
          )}
        </div>
        <div className="canvases" data-beside={whatIf ? '' : undefined}>
          <div>
            {whatIf && <h2>{whatIfWords.original}</h2>}
            <Canvas
              slots={slots}
              steps={trace?.steps ?? 0}
              pins={run?.settings.pins ?? NO_PINS}
              heats={heats}
              chosen={slot}
              vocabulary={run?.vocabulary}
            />
          </div>
          {whatIf && <WhatIfCanvas shown={whatIf} position={player.position} />}
        </div>
        {whatIf && <WhatIfCard shown={whatIf} />}
        <Legend scale={scale} />
        <Transport schedule={schedule} player={player} valueText={step} times={times} />
        <div className="texts-beside" data-beside={whatIf ? '' : undefined}>
          <Prose slots={slots} vocabulary={run?.vocabulary} differs={whatIf?.differs} />
          {whatIf && <WhatIfProse shown={whatIf} position={player.position} />}
        </div>
        <Texts />
      </div>
      <div className="side">
        <SlotPanel slots={slots} />
        <Figures />
        <Controls />
        <SaveStep {...{ run, trace, slots, heats }} sentence={step} scale={scale} />
        <OpenFiles traces>
          <ExportModel model={model} />
          <p className="hint">
            <Rich
              text={files.fromHub}
              parts={{ models: (words) => <ViewLink view="models">{words}</ViewLink> }}
            />
          </p>
        </OpenFiles>
      </div>
    </main>
  );
}
