import { benchmarkMarkdown } from '../../worker/benchmark/report.ts';
import type { BenchmarkResult } from '../../worker/benchmark/result.ts';
import type { CheckResult, CrossCheck, DeviceReport, ReadyInfo } from '../../worker/protocol.ts';
import { selfTest as words } from '../messages/self-test.ts';

/** What a self-test found, to be read by people and programs. */
export interface Report {
  date: string;
  browser: string;
  ready: ReadyInfo | undefined;
  device: DeviceReport | undefined;
  checks: CheckResult[];
  network: CrossCheck | undefined;
  benchmark: BenchmarkResult | undefined;
}

/** An error as it is shown: two digits, and what cannot be measured as such. */
export function errorText(error: number): string {
  if (!Number.isFinite(error)) return words.noError;
  if (error === 0) return '0';
  return error >= 0.01 && error < 1000 ? error.toPrecision(2) : error.toExponential(1);
}

/** How many checks went wrong, in a sentence. */
export function verdict(checks: readonly CheckResult[]): string {
  const wrong = checks.filter(({ ok }) => !ok).length;
  if (checks.length === 0) return words.nothing;
  if (wrong === 0) return words.allRight(checks.length);
  return words.someWrong(wrong, checks.length);
}

/** How far our kernels and onnxruntime agree, in a sentence. */
export function agreement({ model, length, masked, logits, draws, equal }: CrossCheck): string {
  return words.network.agree(model, length, masked, errorText(logits), equal, draws);
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

const { report: said } = words;

const backendText = ({ backend, adapter, why }: ReadyInfo): string =>
  why ? said.backendWhy(backend, adapter, why) : said.backend(backend, adapter);

/** The report as Markdown, to be pasted into a message. */
export function markdown({ date, browser, ready, device, checks, network, benchmark }: Report): string {
  const parts = [
    `# ${said.title(date)}`,
    [
      said.browser(browser),
      ...(ready ? [backendText(ready)] : []),
      ...(device?.software ? [said.software] : []),
    ]
      .map((fact) => `- ${fact}`)
      .join('\n'),
    verdict(checks),
  ];
  if (network) parts.push(agreement(network));
  if (checks.length > 0) {
    parts.push(
      table(
        said.checks,
        checks.map(({ kernel, what, error, bound, measure, milliseconds, ok, message }) => [
          ...[kernel, what, errorText(error), errorText(bound), words.measures[measure]],
          milliseconds.toFixed(0),
          ok ? said.right : message ? said.wrongWhy(message) : said.wrong,
        ]),
      ),
    );
  }
  if (device) {
    const tuning = Object.entries(device.tuning).map(([problem, variant]) => `${problem}: ${variant}`);
    parts.push(
      table(
        said.limits,
        Object.entries(device.limits).map(([name, value]) => [name, String(value)]),
      ),
      device.features.length > 0 ? said.features(device.features.join(', ')) : said.noFeatures,
      tuning.length > 0 ? said.variants(tuning.join('; ')) : said.noVariants,
    );
  }
  if (benchmark) parts.push(benchmarkMarkdown(benchmark));
  return `${parts.join('\n\n')}\n`;
}
