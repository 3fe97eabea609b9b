import { benchmarkMarkdown } from '../../worker/benchmark/report.ts';
import type { BenchmarkResult } from '../../worker/benchmark/result.ts';
import type { CheckResult, CrossCheck, DeviceReport, ReadyInfo } from '../../worker/protocol.ts';

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
  if (!Number.isFinite(error)) return 'none';
  if (error === 0) return '0';
  return error >= 0.01 && error < 1000 ? error.toPrecision(2) : error.toExponential(1);
}

/** How many checks went wrong, in a sentence. */
export function verdict(checks: readonly CheckResult[]): string {
  const wrong = checks.filter(({ ok }) => !ok).length;
  if (checks.length === 0) return 'Nothing has been checked yet.';
  if (wrong === 0) return `All ${checks.length} checks are within their bounds.`;
  return `${wrong} of ${checks.length} checks ${wrong === 1 ? 'is' : 'are'} out of bounds.`;
}

/** How far our kernels and onnxruntime agree, in a sentence. */
export function agreement({ model, length, masked, logits, draws, equal }: CrossCheck): string {
  const text = masked === 0 ? `${length} tokens` : `${length} tokens, ${masked} of them masked`;
  return `The ${model} on ${text}: logits differ by ${errorText(logits)} at most, and ${equal.toLocaleString('en')} of ${draws.toLocaleString('en')} draws with the same noise are equal.`;
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

/** The report as Markdown, to be pasted into a message. */
export function markdown({ date, browser, ready, device, checks, network, benchmark }: Report): string {
  const parts = [
    `# Unmask self-test, ${date}`,
    [
      `- browser: ${browser}`,
      ...(ready
        ? [`- backend: ${ready.backend} on ${ready.adapter}${ready.why ? `; ${ready.why}` : ''}`]
        : []),
      ...(device?.software ? ['- a CPU plays GPU here: times say nothing about GPUs'] : []),
    ].join('\n'),
    verdict(checks),
  ];
  if (network) parts.push(agreement(network));
  if (checks.length > 0) {
    parts.push(
      table(
        ['kernel', 'what', 'error', 'bound', 'measure', 'ms', ''],
        checks.map(({ kernel, what, error, bound, measure, milliseconds, ok, message }) => [
          ...[kernel, what, errorText(error), errorText(bound), measure, milliseconds.toFixed(0)],
          ok ? 'ok' : `WRONG ${message ?? ''}`.trim(),
        ]),
      ),
    );
  }
  if (device) {
    parts.push(
      table(
        ['limit', 'value'],
        Object.entries(device.limits).map(([name, value]) => [name, String(value)]),
      ),
      `Features: ${device.features.join(', ') || 'none'}`,
      `GEMM variants: ${
        Object.entries(device.tuning)
          .map(([problem, variant]) => `${problem}: ${variant}`)
          .join('; ') || 'the defaults, nothing measured'
      }`,
    );
  }
  if (benchmark) parts.push(benchmarkMarkdown(benchmark));
  return `${parts.join('\n\n')}\n`;
}
