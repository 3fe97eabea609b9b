import './ladder.css';
import { useState } from 'react';
import type { DistillState, RoundState } from '../../worker/distill/result.ts';
import { exportRound, raceRound, watchRound } from '../actions/distill-rounds.ts';
import { lookAtRung } from '../actions/distill-setup.ts';
import { Choice } from '../components/Choice.tsx';
import { Notice } from '../components/Notice.tsx';
import { ladder as says } from '../messages/distill-figures.ts';
import { Rich, type Parts } from '../messages/Rich.tsx';
import { useComparison } from '../stores/comparison.ts';
import { useDistill } from '../stores/distill.ts';
import { threeDigits, twoDecimals } from '../figures/estimates.ts';
import { floorText, gapText, lossText, steps, teacherSteps } from './sentence.ts';

type RungState = 'done' | 'on' | 'to come';

const stateOf = (round: RoundState, state: DistillState): RungState =>
  round.model !== undefined ? 'done' : round.round === state.round && !state.finished ? 'on' : 'to come';

/** How good what the student of a round writes is, in its own number of steps or in the nearest that was measured. */
function RoundQuality({ model, nativeSteps }: { model: string; nativeSteps: number }) {
  const measured = useComparison(({ quality }) => quality[model]);
  const judge = useComparison((state) => state.judge);
  if (!measured || measured.length === 0) {
    return <p className="hint">{says.noQuality}</p>;
  }
  const nearest = measured.reduce((best, one) =>
    Math.abs(one.steps - nativeSteps) < Math.abs(best.steps - nativeSteps) ? one : best,
  );
  const { perplexity, entropy, texts } = nearest;
  return (
    <p className="hint">
      {says.quality(
        ...([nearest.steps, threeDigits(perplexity.mean), twoDecimals(entropy), texts] as const),
        judge ?? '',
      )}
    </p>
  );
}

/** Saves a model as files. */
export function ExportRound({ model }: { model: string }) {
  const [precision, setPrecision] = useState<'f16' | 'f32'>('f16');
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Awaited<ReturnType<typeof exportRound>>>();
  const save = async (): Promise<void> => {
    setBusy(true);
    setOutcome(undefined);
    setOutcome(await exportRound(model, precision));
    setBusy(false);
  };
  return (
    <>
      <Choice
        legend={says.export.weights}
        value={precision}
        options={(['f16', 'f32'] as const).map((value) => ({ value, label: value }))}
        onChange={setPrecision}
      />
      <button
        type="button"
        aria-disabled={busy}
        onClick={() => {
          if (!busy) void save();
        }}
      >
        {busy ? says.export.busy : says.export.button}
      </button>
      <div className="rung-outcome">
        {outcome && 'message' in outcome && <Notice kind="error">{outcome.message}</Notice>}
        <p className="hint" role="status">
          {outcome && 'files' in outcome ? says.export.saved(outcome.file, outcome.bytes, outcome.files) : ''}
        </p>
      </div>
    </>
  );
}

/** What a finished round left. */
function Rung({ round, state }: { round: RoundState; state: DistillState }) {
  const held = state.validation.findLast((report) => report.round === round.round);
  const between = { from: steps(teacherSteps(round)), to: steps(round.nativeSteps) };
  const closed = gapText(round.floor, held?.loss);
  return (
    <div className="rung-panel" role="group" aria-label={says.panel(round.round)}>
      <p>
        {says.facts(round.round, round.updates, between, {
          ...(held ? { held: lossText(held.loss) } : {}),
          ...(round.floor
            ? { floor: floorText(round.floor), untrained: lossText(round.floor.untrained) }
            : {}),
          ...(closed === undefined ? {} : { closed }),
        })}
      </p>
      {round.model !== undefined && (
        <>
          <RoundQuality model={round.model} nativeSteps={round.nativeSteps} />
          <div className="rung-actions">
            <button
              type="button"
              onClick={() => {
                watchRound(state, round);
              }}
            >
              {says.watch}
            </button>
            <button
              type="button"
              onClick={() => {
                raceRound(state, round);
              }}
            >
              {says.race}
            </button>
            <ExportRound model={round.model} />
          </div>
        </>
      )}
    </div>
  );
}

const PARTS: Parts = {
  steps: (count) => <b>{count}</b>,
  quiet: (words) => <span className="visually-hidden">{words}</span>,
};

/** The rounds, from the teacher down. */
export function Ladder({ state }: { state: DistillState }) {
  const open = useDistill((view) => view.rung);
  const chosen = state.rounds.find(({ round, model }) => round === open && model !== undefined);
  return (
    <section className="card ladder" aria-labelledby="ladder-title">
      <h2 id="ladder-title">{says.title}</h2>
      <ol className="rungs" role="list">
        <li>
          <span className="rung" data-state="done">
            <Rich text={says.teacher(steps(teacherSteps(state.rounds[0])))} parts={PARTS} />
          </span>
        </li>
        {state.rounds.map((round) => {
          const rung = stateOf(round, state);
          const label = (
            <>
              <Rich text={says.round(round.round, steps(round.nativeSteps))} parts={PARTS} />
              <small>
                {rung === 'on'
                  ? says.updates(round.updates, state.options.updatesPerRound)
                  : rung === 'done'
                    ? says.done
                    : says.toCome}
              </small>
            </>
          );
          return (
            <li key={round.round} aria-current={rung === 'on' ? 'step' : undefined}>
              {rung === 'done' ? (
                <button
                  type="button"
                  className="rung"
                  data-state={rung}
                  aria-expanded={round === chosen}
                  onClick={() => {
                    lookAtRung(round === chosen ? undefined : round.round);
                  }}
                >
                  {label}
                </button>
              ) : (
                <span className="rung" data-state={rung}>
                  {label}
                </span>
              )}
            </li>
          );
        })}
      </ol>
      {chosen ? (
        <Rung key={chosen.round} round={chosen} state={state} />
      ) : (
        <p className="hint">
          {state.rounds.some(({ model }) => model !== undefined) ? says.choose : says.says}
        </p>
      )}
    </section>
  );
}
