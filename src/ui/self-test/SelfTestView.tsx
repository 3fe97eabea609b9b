import './self-test.css';
import { bytesText } from '../../words/bytes.ts';
import type { CheckResult, DeviceReport } from '../../worker/protocol.ts';
import { saveFile } from '../actions/download.ts';
import { runSelfTest, stopSelfTest } from '../actions/self-test.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { LOCALE } from '../../words/language.ts';
import { selfTest as words } from '../messages/self-test.ts';
import { useEngine } from '../stores/engine.ts';
import { useSelfTest, type Task } from '../stores/self-test.ts';
import { Benchmark } from './Benchmark.tsx';
import { agreement, errorText, markdown, verdict, type Report } from './report.ts';

/** Results by kernel, in the order in which they came. */
function byKernel(checks: readonly CheckResult[]): [string, CheckResult[]][] {
  const groups = new Map<string, CheckResult[]>();
  for (const check of checks) groups.set(check.kernel, [...(groups.get(check.kernel) ?? []), check]);
  return [...groups];
}

function Checks({ checks }: { checks: readonly CheckResult[] }) {
  return (
    <div className="scrolls" role="region" aria-label={words.checks.label} tabIndex={0}>
      <table className="checks">
        <thead>
          <tr>
            <th scope="col">{words.checks.kernel}</th>
            <th scope="col">{words.checks.what}</th>
            <th scope="col" className="figures-column">
              {words.checks.error}
            </th>
            <th scope="col" className="figures-column">
              {words.checks.bound}
            </th>
            <th scope="col">{words.checks.verdict}</th>
          </tr>
        </thead>
        {byKernel(checks).map(([kernel, group]) => (
          <tbody key={kernel}>
            {group.map(({ what, error, bound, measure, ok, message }, i) => (
              <tr key={what} data-ok={ok}>
                {i === 0 && (
                  <th scope="rowgroup" rowSpan={group.length}>
                    {kernel}
                  </th>
                )}
                <td>
                  {what}
                  {message !== undefined && <p className="hint">{message}</p>}
                </td>
                <td className="figures-column">{errorText(error)}</td>
                <td className="figures-column">
                  {errorText(bound)} <span className="measure">{words.measures[measure]}</span>
                </td>
                <td>{ok ? words.checks.right : words.checks.wrong}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Device({ device }: { device: DeviceReport }) {
  return (
    <section className="card" aria-labelledby="device-title">
      <h2 id="device-title">{words.device.title}</h2>
      <dl className="facts">
        <dt>{words.device.adapter}</dt>
        <dd>{device.adapter}</dd>
        <dt>{words.device.features}</dt>
        <dd>{device.features.join(', ') || words.device.noFeatures}</dd>
        <dt>{words.device.variants}</dt>
        <dd>
          {Object.entries(device.tuning).map(([problem, variant]) => (
            <span key={problem} className="line">
              {problem}: {variant}
            </span>
          ))}
          {Object.keys(device.tuning).length === 0 && words.device.noVariants}
        </dd>
        <dt>{words.device.memory}</dt>
        <dd>
          {device.memory.map(({ owner, bytes }) => (
            <span key={owner} className="line">
              {owner}: {bytesText(bytes)}
            </span>
          ))}
          {device.memory.length === 0 && words.device.noMemory}
        </dd>
      </dl>
      <details>
        <summary>{words.device.limits}</summary>
        <dl className="facts">
          {Object.entries(device.limits).map(([name, value]) => (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd>{value.toLocaleString(LOCALE)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

const resultOf = <T,>(task: Task<T>): T | undefined => (task.state === 'done' ? task.result : undefined);

/** What is known so far, as a report. */
function report(): Report {
  const { checks, kernels, network, benchmark } = useSelfTest.getState();
  return {
    date: new Date().toISOString(),
    browser: navigator.userAgent,
    ready: useEngine.getState().ready,
    device: resultOf(kernels)?.device,
    checks,
    network: resultOf(network),
    benchmark: resultOf(benchmark),
  };
}

const copyMarkdown = (): string => markdown(report());
const saveJson = (): void => {
  saveFile(
    new Blob([JSON.stringify(report(), null, 2)], { type: 'application/json' }),
    'unmask-self-test.json',
  );
};

/** Does it work on this GPU? */
export default function SelfTestView() {
  const checks = useSelfTest((state) => state.checks);
  const kernels = useSelfTest((state) => state.kernels);
  const network = useSelfTest((state) => state.network);
  const ready = useEngine((state) => state.ready);
  const running = kernels.state === 'running' || network.state === 'running';
  const device = resultOf(kernels)?.device;
  const compared = resultOf(network);
  const wrong = checks.some(({ ok }) => !ok);
  const sentence =
    kernels.state === 'running'
      ? words.through(checks.length)
      : network.state === 'running'
        ? words.comparing
        : verdict(checks);
  return (
    <main className="self-test" tabIndex={-1}>
      <h1>{ready?.backend === 'wasm' ? words.title.machine : words.title.gpu}</h1>
      <p className="lead">{words.lead}</p>
      <div className="self-test-buttons">
        <button
          type="button"
          className="primary"
          onClick={() => {
            if (running) stopSelfTest();
            else void runSelfTest();
          }}
        >
          {running ? words.stop : checks.length > 0 ? words.runAgain : words.run}
        </button>
        <CopyButton label={words.copy} copy={copyMarkdown} />
        <button type="button" className="small" onClick={saveJson}>
          {words.save}
        </button>
      </div>
      <p className="sentence" role="status" data-wrong={wrong}>
        {sentence}
      </p>
      {kernels.state === 'failed' && <Notice kind="error">{kernels.failure.message}</Notice>}
      {network.state === 'failed' && <Notice kind="error">{network.failure.message}</Notice>}
      {compared && (
        <section className="card" aria-labelledby="network-title">
          <h2 id="network-title">{words.network.title}</h2>
          <p>{agreement(compared)}</p>
        </section>
      )}
      <Benchmark />
      {device && <Device device={device} />}
      {checks.length > 0 && (
        <section className="card" aria-labelledby="checks-title">
          <h2 id="checks-title">{words.checks.title}</h2>
          <Checks checks={checks} />
        </section>
      )}
    </main>
  );
}
