import type { BenchmarkCase, BenchmarkProgress, BenchmarkRow } from '../../worker/benchmark/result.ts';
import { runBenchmark, stopSelfTest } from '../actions/self-test.ts';
import { Notice } from '../components/Notice.tsx';
import { benchmark as words } from '../messages/self-test.ts';
import { useSelfTest } from '../stores/self-test.ts';

const time = (ms: number): string => (ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3));

/** How much slower than ours, with its spread over the rounds. */
const ratioText = ({ ratio }: BenchmarkRow): string =>
  ratio ? words.ratio(ratio.median.toPrecision(2), ratio.low.toPrecision(2), ratio.high.toPrecision(2)) : '';

function Case({ name, rows }: BenchmarkCase) {
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={4}>
          {name}
        </th>
      </tr>
      {rows.map((row) => (
        <tr key={`${row.engine} ${row.variant} ${row.precision}`}>
          <td>
            {words.engines[row.engine]}
            <p className="hint">
              {row.variant}; {row.precision}
            </p>
          </td>
          {row.median === undefined ? (
            <td colSpan={3}>{row.problem}</td>
          ) : (
            <>
              <td className="figures-column">
                {words.milliseconds(time(row.median))}
                <p className="hint">
                  {words.range(time(row.low ?? row.median), time(row.high ?? row.median))}
                </p>
              </td>
              <td className="figures-column">{ratioText(row)}</td>
              <td className="figures-column">{row.n}</td>
            </>
          )}
        </tr>
      ))}
    </tbody>
  );
}

function progressText(progress: BenchmarkProgress | undefined): string {
  if (!progress) return words.settingUp;
  const { case: name, engine, round, rounds } = progress;
  return round === 0 ? words.checking(name, words.engines[engine]) : words.round(name, round, rounds);
}

/** Is it faster than what one would take instead? */
export function Benchmark() {
  const benchmark = useSelfTest((state) => state.benchmark);
  const progress = useSelfTest((state) => state.progress);
  const running = benchmark.state === 'running';
  const result = benchmark.state === 'done' ? benchmark.result : undefined;
  return (
    <section className="card benchmark" aria-labelledby="benchmark-title">
      <h2 id="benchmark-title">{words.title}</h2>
      <p className="hint">{words.hint}</p>
      <div className="self-test-buttons">
        {running ? (
          <button type="button" onClick={stopSelfTest}>
            {words.stop}
          </button>
        ) : (
          <>
            <button type="button" onClick={() => void runBenchmark(false)}>
              {words.measure}
            </button>
            <button type="button" onClick={() => void runBenchmark(true)}>
              {words.measureQuickly}
            </button>
          </>
        )}
      </div>
      <p role="status">
        {running ? progressText(progress) : benchmark.state === 'stopped' ? words.stopped : ''}
      </p>
      {benchmark.state === 'failed' && <Notice kind="error">{benchmark.failure.message}</Notice>}
      {result && (
        <>
          {result.software && <Notice kind="warning">{words.software}</Notice>}
          <div className="scrolls" role="region" aria-label={words.table} tabIndex={0}>
            <table className="checks">
              <thead>
                <tr>
                  <th scope="col">{words.columns.engine}</th>
                  <th scope="col" className="figures-column">
                    {words.columns.times}
                  </th>
                  <th scope="col" className="figures-column">
                    {words.columns.ratio}
                  </th>
                  <th scope="col" className="figures-column">
                    {words.columns.rounds}
                  </th>
                </tr>
              </thead>
              {result.cases.map((measured) => (
                <Case key={measured.name} {...measured} />
              ))}
            </table>
          </div>
          <p className="hint">{result.adapter}</p>
        </>
      )}
    </section>
  );
}
