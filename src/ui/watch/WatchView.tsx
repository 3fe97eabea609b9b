import { useEffect, useMemo } from 'react';
import { slotsAt, type Slot } from '../../trace/slots.ts';
import { retry } from '../actions/retry.ts';
import { advance } from '../actions/transport.ts';
import { dismissNotice } from '../actions/view.ts';
import { Notice } from '../components/Notice.tsx';
import { useEngine } from '../stores/engine.ts';
import { useWatch } from '../stores/watch.ts';
import { Canvas } from './Canvas.tsx';
import { colourContext, colourScale, heatOf } from './colour.ts';
import { Controls } from './Controls.tsx';
import { Figures } from './Figures.tsx';
import { useTransportKeys } from './keyboard.ts';
import { Legend } from './Legend.tsx';
import { OpenFiles } from './OpenFiles.tsx';
import { Origin } from './Origin.tsx';
import { Prose } from './Prose.tsx';
import { announcement, loadingSentence, sentence, timesSentence } from './sentence.ts';
import { SlotPanel } from './SlotPanel.tsx';
import { Texts } from './Texts.tsx';
import { Transport } from './Transport.tsx';
// After the parts' own: what it says of screen widths goes before what they say.
import './watch.css';

/** Time that a step stays before the next one, ms; runs with many steps play faster, so that none takes minutes. */
const pace = (total: number, speed: number): number =>
  Math.max(120, Math.min(700, 9000 / Math.max(1, total))) / speed;

/** Moves the player on while it plays. */
function useClock(): void {
  const { playing, position, available, total } = useWatch((state) => state.player);
  const speed = useWatch((state) => state.speed);
  useEffect(() => {
    if (!playing || position >= available) return undefined;
    const timer = setTimeout(advance, pace(total, speed));
    return () => {
      clearTimeout(timer);
    };
  }, [playing, position, available, total, speed]);
}

const masked: Slot = { state: 'masked' };

/** The sentence over the canvas, and the slots under it. */
function useMoment() {
  const { run, sample, player, settings, status, colourBy, speed } = useWatch();
  const opening = useEngine((state) => state.opening);
  const stopped = useEngine((state) => state.failure);
  const trace = run?.traces[sample];
  const schedule = run?.schedules[sample] ?? [];
  const beginnings = run?.beginnings ?? 0;
  const slots = useMemo(
    () =>
      trace
        ? slotsAt(trace, player.position).slice(beginnings)
        : Array.from({ length: settings.slots }, (): Slot => masked),
    [trace, player.position, settings.slots, beginnings],
  );
  const context = useMemo(() => (trace ? colourContext(trace) : undefined), [trace]);
  const heats = useMemo(() => (context ? heatOf(slots, colourBy, context) : []), [slots, colourBy, context]);
  const moment = {
    steps: trace?.steps ?? settings.steps,
    current: player.position === 0 ? undefined : schedule[player.position - 1],
    masked: slots.filter(({ state }) => state === 'masked').length,
  };
  const loading = !trace && !stopped && (status === 'loading' || status === 'idle');
  const stage = (['compile', 'upload', 'verify', 'fetch'] as const).find((name) => opening?.[name]);
  return {
    ...{ run, trace, schedule, player, slots, heats },
    scale: context && colourScale(colourBy, context),
    step: sentence(moment),
    headline: loading ? loadingSentence(stage, settings.model) : sentence(moment),
    announced: trace ? announcement(moment) : '',
    times: timesSentence(pace(player.total, speed), run?.cost, schedule.length),
  };
}

/** How does text appear all at once? */
export function WatchView() {
  const { run, trace, schedule, player, slots, heats, scale, step, headline, announced, times } = useMoment();
  const { failure: runFailure, notice, slot } = useWatch();
  const engineFailure = useEngine((state) => state.failure);
  useClock();
  useTransportKeys();
  const failure = engineFailure ?? runFailure;
  return (
    <main className="watch">
      <div className="stage">
        <h1 className="visually-hidden">Watch a language model write all its tokens at once</h1>
        <div className="headline">
          <p className="sentence">{failure && !trace ? 'Nothing can be written yet.' : headline}</p>
          <p className="lead">
            The model reads every slot at once and guesses all that are masked. Each step keeps some of the
            guesses.
          </p>
          <p className="visually-hidden" role="status" data-announces="step">
            {announced}
          </p>
          <Origin />
        </div>
        {failure && (
          <Notice
            kind="error"
            action={{
              label: runFailure && !engineFailure ? 'Run again' : 'Try again',
              onClick: () => void retry(),
            }}
          >
            {failure.message}
          </Notice>
        )}
        {notice !== undefined && (
          <Notice kind="warning" action={{ label: 'Dismiss', onClick: dismissNotice }}>
            {notice}
          </Notice>
        )}
        <Canvas
          slots={slots}
          steps={trace?.steps ?? 0}
          pins={run?.settings.pins ?? {}}
          heats={heats}
          chosen={slot}
          vocabulary={run?.vocabulary}
        />
        <Legend scale={scale} />
        <Transport schedule={schedule} player={player} valueText={step} times={times} />
        <Prose slots={slots} vocabulary={run?.vocabulary} />
        <Texts />
      </div>
      <div className="side">
        <SlotPanel slots={slots} />
        <Figures />
        <Controls />
        <OpenFiles />
      </div>
    </main>
  );
}
