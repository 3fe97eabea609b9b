import { memo, useEffect, useMemo, useRef } from 'react';
import { standing } from '../../trace/race.ts';
import type { LoadProgress } from '../../worker/protocol.ts';
import { restart } from '../actions/retry.ts';
import { advanceRace, raceMoves } from '../actions/race-transport.ts';
import { dismissRaceNotice, enterRace } from '../actions/link-race.ts';
import { runRace } from '../actions/run-race.ts';
import { useCalm } from '../components/calm.ts';
import { Notice } from '../components/Notice.tsx';
import { usePlayerKeys } from '../components/player-keys.ts';
import { links } from '../messages/links.ts';
import { race as says, raceLanes } from '../messages/race.ts';
import { shared } from '../messages/shared.ts';
import { watch } from '../messages/watch.ts';
import { useEngine } from '../stores/engine.ts';
import { clockOf, commonClock, isStale, shownResults, useRace, type RaceState } from '../stores/race.ts';
import { Dial } from './Dial.tsx';
import { BudgetCurve } from './figures/BudgetCurve.tsx';
import { ExportRace } from './figures/ExportRace.tsx';
import { QualityBars } from './figures/QualityBars.tsx';
import { SpeedBars } from './figures/SpeedBars.tsx';
import { LaneCard } from './LaneCard.tsx';
import { LatencyStudy } from './latency/LatencyStudy.tsx';
import { Measure } from './Measure.tsx';
import { nameLanes, spokenNames } from './name.ts';
import type { NamedLane } from './named-lane.ts';
import { RaceSetup } from './RaceSetup.tsx';
import { RaceDock, RaceTransport } from './RaceTransport.tsx';
import { progressSentence, ruleSentence, standings } from './sentence.ts';
import './race.css';
import './presenting.css';

/** Longest that a frame counts for, ms: a page that was hidden goes on where it was. */
const LONGEST_FRAME = 100;

/** Moves the race on while it plays, with the frames of the screen. */
function useClock(): void {
  const playing = useRace((state) => state.playing);
  useEffect(() => {
    if (!playing) return undefined;
    let last = performance.now();
    const frame = (now: number): void => {
      advanceRace(Math.min(LONGEST_FRAME, Math.max(0, now - last)));
      last = now;
      asked = requestAnimationFrame(frame);
    };
    let asked = requestAnimationFrame(frame);
    return () => {
      cancelAnimationFrame(asked);
    };
  }, [playing]);
}

/** The first race begins, or that of a link, once it is known which models there are. */
function useFirstRace(): void {
  const known = useEngine(({ models, ready }) => ready !== undefined && models.length > 0);
  useEffect(() => {
    if (known) void enterRace();
  }, [known]);
}

/** The lanes as they are asked for, with their results and names. */
function useLanes(): { lanes: NamedLane[]; names: string[] } {
  const asked = useRace((state) => state.settings.lanes);
  const results = useRace(shownResults);
  const models = useEngine((state) => state.models);
  return useMemo(() => {
    const lanes = nameLanes(asked, models, results);
    return { lanes, names: spokenNames(lanes) };
  }, [asked, models, results]);
}

/** Names of the lanes that are being run: whoever changes lanes meanwhile changes the next race. */
function useAskedNames(): string[] {
  const asked = useRace((state) => state.asked?.lanes);
  const models = useEngine((state) => state.models);
  return useMemo(() => spokenNames(nameLanes(asked ?? [], models, [])), [asked, models]);
}

/** Who is done, and where the others are. */
function standingsNow(state: RaceState, names: readonly string[]): string {
  const clock = clockOf(state);
  const runners = names.flatMap((name, i) => {
    const at = standing(clock, i, state.position);
    return at ? [{ name, ...at }] : [];
  });
  return standings(runners, clock);
}

/** What is said of the race: what is being computed, or who is done. */
function useHeadline(
  names: readonly string[],
  askedNames: readonly string[],
): { headline: string; place: string } {
  const opening = useEngine((state) => state.opening);
  const stage: LoadProgress['stage'] | undefined = (['compile', 'upload', 'verify', 'fetch'] as const).find(
    (name) => opening?.[name],
  );
  const place = useRace((state) => standingsNow(state, names));
  const stopped = useEngine((state) => state.failure !== undefined);
  const headline = useRace(({ status, race, asked, progress, failure }) => {
    // Until the last lane is through there is nothing to play.
    const open = race?.settings !== asked || race?.results.includes(undefined) === true;
    if (status === 'running' && open) return progressSentence(progress, askedNames, stage);
    if (race) return place;
    if (status === 'stopped' && asked === undefined) return links.raceWaits;
    return stopped || failure ? says.nothing : says.preparing;
  });
  return { headline, place };
}

/** The steps that the dial points at. */
function focused(lanes: readonly NamedLane[], focus: number): { focus?: number } {
  const lane = lanes.at(Math.min(focus, lanes.length - 1));
  return lane ? { focus: lane.settings.steps } : {};
}

/** What the lanes come to, and the ways to take it along. */
const RaceFigures = memo(function RaceFigures({
  lanes,
  curve,
}: {
  lanes: readonly NamedLane[];
  /** Whether the curve over step budgets is to be shown here. */
  curve: boolean;
}) {
  const ready = useEngine((state) => state.ready);
  const settings = useRace(({ race, settings }) => race?.settings ?? settings);
  const device = ready?.adapter ?? '';
  const software = ready?.software === true;
  return (
    <>
      <div className="race-figures">
        <SpeedBars {...{ lanes, device, software }} />
        <QualityBars lanes={lanes} />
      </div>
      {curve && <BudgetCurve lanes={lanes} />}
      <ExportRace {...{ lanes, device, software, settings }} />
    </>
  );
});

/** What did distillation buy? */
export default function RaceView() {
  const { lanes, names } = useLanes();
  const askedNames = useAskedNames();
  const { headline, place } = useHeadline(names, askedNames);
  const status = useRace((state) => state.status);
  const playing = useRace((state) => state.playing);
  const dial = useRace((state) => state.settings.preset === 'budgets');
  const focus = useRace((state) => state.focus);
  const raceFailure = useRace((state) => state.failure);
  const speed = useRace((state) => state.speed);
  const stale = useRace(isStale);
  const clock = useRace((state) => commonClock(shownResults(state)));
  const rule = useRace((state) => ruleSentence(clockOf(state), speed, clock));
  const engineFailure = useEngine((state) => state.failure);
  const notice = useRace((state) => state.notice);
  useFirstRace();
  useClock();
  usePlayerKeys(raceMoves);
  const calm = useCalm(headline, !playing && status !== 'running');
  const failure = engineFailure ?? raceFailure;
  const page = useRef<HTMLElement>(null);
  return (
    // The focus comes here when what had it is gone.
    <main className="race" ref={page} tabIndex={-1} data-status={status}>
      <h1 className="visually-hidden">{says.title}</h1>
      <div className="headline">
        <p className="sentence">{headline}</p>
        <div className="race-lead">
          <p className="lead">{rule}</p>
          <details className="race-shared">
            <summary>{says.shared.title}</summary>
            <p>{says.shared.says}</p>
          </details>
        </div>
        <p className="visually-hidden" role="status" data-announces="race">
          {calm}
        </p>
      </div>
      {failure && (
        <Notice
          kind="error"
          // What was asked wrongly is asked wrongly again.
          {...((engineFailure !== undefined || failure.code !== 'argument') && {
            action: {
              label: engineFailure ? shared.tryAgain : watch.runAgain,
              onClick: () => {
                page.current?.focus();
                void (engineFailure ? restart() : runRace());
              },
            },
          })}
        >
          {failure.message}
        </Notice>
      )}
      <div role="status" className="notices">
        {notice !== undefined && (
          <Notice
            kind="warning"
            action={{
              label: links.dismiss,
              onClick: () => {
                page.current?.focus();
                dismissRaceNotice();
              },
            }}
          >
            {notice}
          </Notice>
        )}
      </div>
      <RaceSetup />
      {dial && (
        <Dial lanes={lanes}>
          <BudgetCurve lanes={lanes} {...focused(lanes, focus)} />
        </Dial>
      )}
      <ol className="lanes" role="list" aria-label={raceLanes.label} data-compact={lanes.length > 4}>
        {lanes.map((lane) => (
          <LaneCard
            key={lane.index}
            {...{ lane, clock, stale }}
            name={names[lane.index]}
            focus={dial && lane.index === focus}
          />
        ))}
      </ol>
      <RaceTransport lanes={lanes} valueText={place} />
      <Measure names={askedNames} />
      <RaceFigures lanes={lanes} curve={!dial} />
      <LatencyStudy />
      <RaceDock lanes={lanes} />
    </main>
  );
}
