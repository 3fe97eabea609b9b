import './ladder.css';
import { useState } from 'react';
import { bytesText } from '../../worker/bytes.ts';
import type { DistillState, RoundState } from '../../worker/distill/result.ts';
import { exportRound, raceRound, watchRound } from '../actions/distill-rounds.ts';
import { lookAtRung } from '../actions/distill-setup.ts';
import { Choice } from '../components/Choice.tsx';
import { Notice } from '../components/Notice.tsx';
import { plural } from '../messages/english.ts';
import { useComparison } from '../stores/comparison.ts';
import { useDistill } from '../stores/distill.ts';
import { threeDigits, twoDecimals } from '../figures/estimates.ts';
import { number } from '../watch/numbers.ts';
import { floorText, gapText, lossText, steps, teacherSteps } from './sentence.ts';

type RungState = 'done' | 'on' | 'to come';

const stateOf = (round: RoundState, state: DistillState): RungState =>
  round.model !== undefined ? 'done' : round.round === state.round && !state.finished ? 'on' : 'to come';

/** How good what the student of a round writes is, in its own number of steps or in the nearest that was measured. */
function RoundQuality({ model, nativeSteps }: { model: string; nativeSteps: number }) {
  const measured = useComparison(({ quality }) => quality[model]);
  const judge = useComparison((state) => state.judge);
  if (!measured || measured.length === 0) {
    return <p className="hint">How good its texts are is measured below, under “Before and after”.</p>;
  }
  const nearest = measured.reduce((best, one) =>
    Math.abs(one.steps - nativeSteps) < Math.abs(best.steps - nativeSteps) ? one : best,
  );
  const { perplexity, entropy, texts } = nearest;
  return (
    <p className="hint">
      In {plural(nearest.steps, 'step', 'steps')}: perplexity {threeDigits(perplexity.mean)}, entropy{' '}
      {twoDecimals(entropy)} nats, over {plural(texts, 'text', 'texts')}, as “{judge}” judges.
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
        legend="Weights"
        value={precision}
        options={[
          { value: 'f16', label: 'f16' },
          { value: 'f32', label: 'f32' },
        ]}
        onChange={setPrecision}
      />
      <button
        type="button"
        aria-disabled={busy}
        onClick={() => {
          if (!busy) void save();
        }}
      >
        {busy ? 'Writing the archive …' : 'Export as .zip'}
      </button>
      <div className="rung-outcome">
        {outcome && 'message' in outcome && <Notice kind="error">{outcome.message}</Notice>}
        <p className="hint" role="status">
          {outcome && 'files' in outcome
            ? `Saved ${outcome.file}, ${bytesText(outcome.bytes)}, with ${outcome.files.join(', ')}. Unpack it and drop them on the Watch view to open them again.`
            : ''}
        </p>
      </div>
    </>
  );
}

/** What a finished round left. */
function Rung({ round, state }: { round: RoundState; state: DistillState }) {
  const held = state.validation.findLast((report) => report.round === round.round);
  const closed = gapText(round.floor, held?.loss);
  return (
    <div className="rung-panel" role="group" aria-label={`Round ${round.round}`}>
      <p>
        Round {round.round}: {plural(round.updates, 'update', 'updates')}, from {steps(teacherSteps(round))}{' '}
        steps to {steps(round.nativeSteps)}
        {held ? `; loss on held-out texts ${lossText(held.loss)}` : ''}
        {round.floor ? `, floor ${floorText(round.floor)}, before ${lossText(round.floor.untrained)}` : ''}
        {closed === undefined ? '' : `: ${closed} of the gap closed`}.
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
              Open in Watch
            </button>
            <button
              type="button"
              onClick={() => {
                raceRound(state, round);
              }}
            >
              Race it
            </button>
            <ExportRound model={round.model} />
          </div>
        </>
      )}
    </div>
  );
}

/** The rounds, from the teacher down. */
export function Ladder({ state }: { state: DistillState }) {
  const open = useDistill((view) => view.rung);
  const chosen = state.rounds.find(({ round, model }) => round === open && model !== undefined);
  return (
    <section className="card ladder" aria-labelledby="ladder-title">
      <h2 id="ladder-title">Round ladder</h2>
      <ol className="rungs" role="list">
        <li>
          <span className="rung" data-state="done">
            teacher <b>{steps(teacherSteps(state.rounds[0]))}</b>
          </span>
        </li>
        {state.rounds.map((round) => {
          const rung = stateOf(round, state);
          const label = (
            <>
              round {round.round}: <b>{steps(round.nativeSteps)}</b>
              <span className="visually-hidden"> steps</span>
              <small>
                {rung === 'on'
                  ? `${number(round.updates)} of ${number(state.options.updatesPerRound)}`
                  : rung}
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
          {state.rounds.some(({ model }) => model !== undefined)
            ? 'Choose a round that is done: look at it, race it, or take it along.'
            : 'Numbers are steps. The student of a round is the teacher of the next, and can be used everywhere once its round is done.'}
        </p>
      )}
    </section>
  );
}
