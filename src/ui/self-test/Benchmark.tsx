import type { BenchmarkCase, BenchmarkProgress, BenchmarkRow } from '../../worker/benchmark/result.ts';
import { runBenchmark, stopSelfTest } from '../actions/self-test.ts';
import { Notice } from '../components/Notice.tsx';
import { useSelfTest } from '../stores/self-test.ts';

const ENGINES: Record<BenchmarkRow['engine'], string> = {
  ours: 'Unmask',
  'onnxruntime-webgpu': 'onnxruntime-web, WebGPU',
  'onnxruntime-wasm': 'onnxruntime-web, CPU',
};

const time = (ms: number): string => (ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3));

/** How much slower than ours, with its spread over the rounds. */
const ratioText = ({ ratio }: BenchmarkRow): string =>
  ratio
    ? `${ratio.median.toPrecision(2)}× (${ratio.low.toPrecision(2)} to ${ratio.high.toPrecision(2)})`
    : '';

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
            {ENGINES[row.engine]}
            <p className="hint">
              {row.variant}; {row.precision}
            </p>
          </td>
          {row.median === undefined ? (
            <td colSpan={3}>{row.problem}</td>
          ) : (
            <>
              <td className="figures-column">
                {time(row.median)} ms
                <p className="hint">
                  {time(row.low ?? row.median)} to {time(row.high ?? row.median)}
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
  if (!progress) return 'Setting up …';
  const { case: name, engine, round, rounds } = progress;
  return round === 0
    ? `${name}: ${ENGINES[engine]} is set up and checked …`
    : `${name}: round ${round} of at most ${rounds} …`;
}

/** Is it faster than what one would take instead? */
export function Benchmark() {
  const benchmark = useSelfTest((state) => state.benchmark);
  const progress = useSelfTest((state) => state.progress);
  const running = benchmark.state === 'running';
  const result = benchmark.state === 'done' ? benchmark.result : undefined;
  return (
    <section className="card benchmark" aria-labelledby="benchmark-title">
      <h2 id="benchmark-title">Speed against onnxruntime-web</h2>
      <p className="hint">
        The same network on our kernels, on onnxruntime-web’s WebGPU kernels (graph captured, same device, its
        logits sampled by our kernel) and on its CPU kernels, in turn. It fetches 27 MB of onnxruntime first.
      </p>
      <div className="self-test-buttons">
        {running ? (
          <button type="button" onClick={stopSelfTest}>
            Stop
          </button>
        ) : (
          <>
            <button type="button" onClick={() => void runBenchmark(false)}>
              Measure
            </button>
            <button type="button" onClick={() => void runBenchmark(true)}>
              Measure quickly
            </button>
          </>
        )}
      </div>
      <p role="status">
        {running ? progressText(progress) : benchmark.state === 'stopped' ? 'Stopped before its end.' : ''}
      </p>
      {benchmark.state === 'failed' && <Notice kind="error">{benchmark.failure.message}</Notice>}
      {result && (
        <>
          {result.software && (
            <Notice kind="warning">A CPU plays GPU here: these times say nothing about GPUs.</Notice>
          )}
          <div className="scrolls" role="region" aria-label="Times" tabIndex={0}>
            <table className="checks">
              <thead>
                <tr>
                  <th scope="col">engine</th>
                  <th scope="col" className="figures-column">
                    median, range
                  </th>
                  <th scope="col" className="figures-column">
                    against ours
                  </th>
                  <th scope="col" className="figures-column">
                    rounds
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
