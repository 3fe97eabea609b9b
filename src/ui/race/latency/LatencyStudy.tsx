import './latency.css';
import { useEffect } from 'react';
import type { LatencyResult, ShapeName } from '../../../worker/latency/result.ts';
import {
  askPreflight,
  chooseLatency,
  runLatency,
  saveLatencyCsv,
  saveLatencyJson,
  STEPS,
  stopLatency,
} from '../../actions/latency.ts';
import { Choice } from '../../components/Choice.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Select } from '../../components/Select.tsx';
import { TableFold } from '../../components/TableFold.tsx';
import { latency as says } from '../../messages/latency.ts';
import { measured } from '../../messages/measured.ts';
import { shared } from '../../messages/shared.ts';
import { useLatency } from '../../stores/latency.ts';
import { number } from '../../../words/numbers.ts';
import { RateFigure } from './RateFigure.tsx';
import {
  crossingText,
  gainText,
  howText,
  preflightFacts,
  progressText,
  rate,
  sourceText,
  timeOf,
  timeText,
} from './report.ts';

/** Shapes with their depth and width. */
const SHAPES: Record<ShapeName, readonly [blocks: number, width: number]> = {
  '169M': [12, 768],
  '424M': [24, 1024],
  '863M': [24, 1536],
  '1.3B': [24, 2048],
};

const shapes = (Object.keys(SHAPES) as ShapeName[]).map((value) => ({
  value,
  label: says.shapeOf(value, ...SHAPES[value]),
}));
const lengths = [128, 1024].map((value) => ({ value, label: says.tokens(value) }));

/** What a study would take, before it begins. */
function Preflight() {
  const preflight = useLatency((state) => state.preflight);
  const known = preflight.state === 'done' ? preflight.result : undefined;
  const facts: [string, string?][] = known
    ? preflightFacts(known)
    : [[says.facts.parameters], [says.facts.memory], [says.facts.time]];
  return (
    <>
      <dl className="latency-facts" aria-busy={preflight.state === 'running'}>
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {text ?? (
                <span className="hatch">
                  <span className="visually-hidden">{shared.notKnown}</span>
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {known?.refusals.map((refusal) => (
        <Notice key={refusal} kind="warning">
          {refusal}
        </Notice>
      ))}
      {preflight.state === 'failed' && <Notice kind="warning">{preflight.failure.message}</Notice>}
    </>
  );
}

/** What is asked for, and the button that measures it. */
function Setup() {
  const { shape, tokens, preflight, task } = useLatency();
  const running = task.state === 'running';
  const possible = preflight.state === 'done' && preflight.result.refusals.length === 0;
  return (
    <div className="latency-setup">
      <Select
        label={says.shape}
        options={shapes}
        value={shape}
        onChange={(value) => void chooseLatency({ shape: value })}
      />
      <Choice
        legend={says.text}
        options={lengths}
        value={tokens}
        onChange={(value) => void chooseLatency({ tokens: value })}
      />
      {running ? (
        <button type="button" onClick={stopLatency}>
          {says.stop}
        </button>
      ) : (
        <button type="button" className="primary" disabled={!possible} onClick={() => void runLatency()}>
          {says.run}
        </button>
      )}
    </div>
  );
}

/** Where a study is, and how it ended. */
function Status() {
  const { task, progress } = useLatency();
  const running = task.state === 'running';
  const share = progress && progress.total > 0 ? progress.done / progress.total : 0;
  return (
    <>
      <p className="latency-status" role="status">
        {running ? progressText(progress) : task.state === 'stopped' ? says.stopped : ''}
      </p>
      {running && (
        <div className="progress-line" data-busy style={{ '--done': share } as React.CSSProperties} />
      )}
      {task.state === 'failed' && <Notice kind="error">{task.failure.message}</Notice>}
    </>
  );
}

/** The figure for those who read tables. */
function AsTable({ study }: { study: LatencyResult }) {
  const { table } = says;
  return (
    <TableFold
      title={table.title}
      columns={[table.network, table.steps, table.passes, table.rate, table.time, table.how]}
      className="latency-table"
    >
      {study.points.map((point) => (
        <tr key={`${point.kind} ${point.steps}`}>
          <th scope="row">{says.figure[point.kind]}</th>
          <td>{point.steps === 0 ? table.oneEach : number(point.steps)}</td>
          <td>{number(point.forwardPasses)}</td>
          <td>{rate(point.tokensPerSecond)}</td>
          <td>{timeText(timeOf(study, point))}</td>
          <td>{howText(point)}</td>
        </tr>
      ))}
    </TableFold>
  );
}

/** What is known of a study. */
function Study({ study }: { study: LatencyResult }) {
  const running = useLatency((state) => state.task.state === 'running');
  const sentence = crossingText(study);
  if (study.points.length === 0) return null;
  return (
    <>
      {study.software && <Notice kind="warning">{measured.software}</Notice>}
      <p className="sentence">
        {sentence ?? says.crossing.open(study.shape.name)} {gainText(study)}
      </p>
      <RateFigure study={study} planned={STEPS} />
      <AsTable study={study} />
      <div className="latency-save">
        <button type="button" className="small" disabled={running} onClick={saveLatencyCsv}>
          {says.csv}
        </button>
        <button type="button" className="small" disabled={running} onClick={saveLatencyJson}>
          {says.json}
        </button>
      </div>
      <p className="hint">{sourceText(study)}</p>
    </>
  );
}

/** From how many steps on is one token at a time the faster way to write? */
export function LatencyStudy() {
  const study = useLatency((state) => state.study);
  useEffect(() => {
    if (useLatency.getState().preflight.state === 'idle') void askPreflight();
  }, []);
  return (
    <section className="card latency" aria-labelledby="latency-title">
      <h2 id="latency-title">{says.title}</h2>
      <p className="hint">{says.says}</p>
      <Setup />
      <Preflight />
      <Status />
      {study && <Study study={study} />}
    </section>
  );
}
