/** Numbers as tables a person reads, and as a file a program reads. */
import type { AdapterDescription } from '../src/gpu/device.ts';
import { COST_FORMULAS } from '../src/model/network/cost.ts';
import type { Spread } from '../src/worker/benchmark/spread.ts';
import { digits, table } from '../src/worker/benchmark/table.ts';
import type { Skipped } from './browser.ts';
import type { ModelResult, VariantsResult } from './cases.ts';
import type { DecodingResult } from './decoding.ts';
import { ACTIVATION_FORMULA } from './kernel-cost.ts';
import type { NativeResult, NativeRow } from './native.ts';
import type { PageResult } from './page.ts';

/** Everything a benchmark found out, and where. */
export interface Report {
  /** ISO 8601. */
  date: string;
  adapter: AdapterDescription;
  /** Machine and engine, one line. */
  host: string;
  sampler: string;
  models: ModelResult[];
  variants: VariantsResult[];
  native?: NativeResult | Skipped;
  decoding?: DecodingResult;
  page?: PageResult;
}

const range = ({ least, most }: Spread): string => `${digits(least)} to ${digits(most)}`;

function passTable(models: ModelResult[]): string {
  const rows = models.flatMap(({ model, passes }) =>
    passes.map(({ length, rows: drawn, milliseconds, gigabytesPerSecond, gigaflops }) => [
      model,
      String(length),
      String(drawn),
      digits(milliseconds.median),
      range(milliseconds),
      String(milliseconds.values.length),
      digits(gigabytesPerSecond),
      digits(gigaflops),
    ]),
  );
  return table(['Forward pass', 'L', 'drawn', 'ms', 'range', 'n', 'GB/s', 'GFLOPS'], rows);
}

function runTable(models: ModelResult[]): string {
  const rows = models.flatMap(({ model, runs }) =>
    runs.map(({ length, steps, forwardPasses, milliseconds, counts: c }) => [
      model,
      ...[length, steps, forwardPasses].map(String),
      digits(milliseconds.median),
      range(milliseconds),
      String(milliseconds.values.length),
      ...[c.dispatches, c.passes, c.submits, c.bindGroups, c.bytesWritten].map(String),
    ]),
  );
  return table(
    [
      ...['Run', 'L', 'steps', 'forward', 'ms', 'range', 'n'],
      ...['dispatches', 'compute passes', 'submits', 'bind groups', 'bytes written'],
    ],
    rows,
  );
}

function kernelTables(models: ModelResult[]): string[] {
  return models.flatMap(({ model, passes }) =>
    passes.flatMap(({ length, rows: drawn, dispatches, kernels }) => {
      if (!kernels) return [];
      const rows = kernels.map(({ kernel, launches, milliseconds, share, rates }) => [
        kernel,
        String(launches),
        digits(milliseconds),
        `${(100 * share).toFixed(1)} %`,
        ...(rates
          ? [rates.gigabytesPerSecond, rates.allGigabytesPerSecond, rates.gigaflops].map(digits)
          : ['', '', '']),
      ]);
      return [
        `GPU time by kernel: ${model}, L = ${length}, ${drawn} drawn, ${dispatches} dispatches`,
        table(['Kernel', 'launches', 'ms', 'share', 'GB/s', 'with activations', 'GFLOPS'], rows),
      ];
    }),
  );
}

function kernelSection(models: ModelResult[]): string[] {
  const tables = kernelTables(models);
  if (tables.length === 0) return [];
  const note =
    'GB/s and GFLOPS of a kernel: its part of the formulas above, divided by its GPU time. With activations: also ' +
    `${ACTIVATION_FORMULA}. What is left out of the formulas has no rate.`;
  return [...tables, note];
}

function variantTable(variants: VariantsResult[]): string[] {
  if (variants.length === 0) return [];
  const rows = variants.flatMap(({ model, length, variants: measured }) =>
    measured.map(({ choice, milliseconds }) => [
      `${model}, ${choice}`,
      String(length),
      digits(milliseconds.median),
      range(milliseconds),
      digits(measured[0].milliseconds.median / milliseconds.median),
    ]),
  );
  return [
    table(['GEMM kernels, measured in turn', 'L', 'ms', 'range', 'speed against the first'], rows),
    ...variants.flatMap(({ model, tuning }) =>
      tuning ? [`Autotuning of ${model}: ${JSON.stringify(tuning)}`] : [],
    ),
  ];
}

function decodingTables(decoding: DecodingResult | undefined): string[] {
  if (!decoding) return [];
  const { passes, texts } = decoding;
  const passRows = passes.map(({ what, dispatches, milliseconds }) => [
    what,
    String(dispatches),
    digits(milliseconds.median),
    range(milliseconds),
    String(milliseconds.values.length),
    digits(milliseconds.median / passes[0].milliseconds.median),
  ]);
  const slowest = Math.max(...texts.map(({ milliseconds }) => milliseconds.median));
  const textRows = texts.map(({ what, tokens, forwardPasses, milliseconds }) => [
    what,
    String(tokens),
    String(forwardPasses),
    digits(milliseconds.median),
    range(milliseconds),
    digits((1000 * tokens) / milliseconds.median),
    digits(slowest / milliseconds.median),
  ]);
  return [
    table(['Pass over one token, in turn', 'dispatches', 'ms', 'range', 'n', 'of the first'], passRows),
    table(['Text, in turn', 'tokens', 'forward', 'ms', 'range', 'tokens/s', 'speed-up'], textRows),
  ];
}

function nativeCells({ engine, precision, milliseconds, ...row }: NativeRow, isFirst: boolean): string[] {
  const { gigabytesPerSecond = 0, gigaflops = 0, ratio } = row;
  if (!milliseconds) return [engine, precision, '', '', '0', '', '', '', ''];
  return [
    ...[engine, precision, digits(milliseconds.median), range(milliseconds)],
    ...[String(milliseconds.values.length), digits(gigabytesPerSecond), digits(gigaflops)],
    ...(ratio ? [digits(ratio.median), range(ratio)] : [isFirst ? '1' : '', '']),
  ];
}

function nativeSection(native: NativeResult | Skipped | undefined): string[] {
  if (native === undefined) return [];
  if ('skipped' in native) return [`PyTorch: not measured (${native.skipped}).`];
  const { torch, cases } = native;
  const head = ['Engine', 'precision', 'ms', 'range', 'n', 'GB/s', 'GFLOPS', 'time / first', 'range of it'];
  return [
    '## Beside PyTorch',
    `PyTorch ${torch.torch} on ${torch.device}. Forward passes of one text whose logits stay where they are, timed in turn.`,
    ...cases.flatMap(({ model, length, rows, engines }) => [
      `${model}, L = ${length}, logits of ${rows}`,
      table(
        head,
        engines.map((row, i) => nativeCells(row, i === 0)),
      ),
      ...engines.flatMap(({ engine, precision, problem }) =>
        problem === undefined ? [] : [`Not measured: ${engine}, ${precision}. ${problem}`],
      ),
    ]),
  ];
}

function pageLines(page: PageResult | undefined): string[] {
  if (page === undefined) return [];
  if ('skipped' in page) return [`From navigation on: not measured (${page.skipped}).`];
  const rows = Object.entries({
    record: 'first token of the record, first visit',
    cold: 'live run in its place, first visit',
    warm: 'live run in its place, second visit, same browser',
  }).map(([key, what]) => {
    const visit = key as 'record' | 'cold' | 'warm';
    return [what, digits(page[visit].median), range(page[visit]), String(page[visit].values.length)];
  });
  return [
    `${page.browser}; the page says: ${page.backend}`,
    table(['From navigation to', 'ms', 'range', 'n'], rows),
  ];
}

/** The report as Markdown. */
export function markdown(report: Report): string {
  const { date, adapter, host, sampler, models, variants, native, decoding, page } = report;
  const precision = [...new Set(models.map(({ storage }) => `${storage} weights`))].join(', ');
  const facts = [
    `- Adapter: ${adapter.name}`,
    `- Host: ${host}`,
    `- Date: ${date}`,
    ...(models.length > 0
      ? [`- Precision: ${precision}, f32 arithmetic`, `- Sampler of the runs: ${sampler}`]
      : []),
  ];
  const warning = adapter.software
    ? ['**This adapter is a CPU that plays GPU: its times say nothing about a GPU. Its counts do.**']
    : [];
  const opened = models.map(
    ({ model, bytes, opened: milliseconds }) =>
      `- ${model}: ${(bytes / 2 ** 20).toFixed(1)} MiB of weights on the device, opened in ${digits(milliseconds)} ms`,
  );
  const engine =
    models.length === 0
      ? []
      : [
          opened.join('\n'),
          passTable(models),
          `Median of n warm timings. GB/s from ${COST_FORMULAS.weightBytes}. GFLOPS from ${COST_FORMULAS.operations}.`,
          runTable(models),
          'Times of a run go from the call to the last token. Submits are sized by time, so their number depends on the device; the other counts do not.',
          ...kernelSection(models),
        ];
  const parts = [
    '# Benchmark',
    facts.join('\n'),
    ...warning,
    ...engine,
    ...variantTable(variants),
    ...nativeSection(native),
    ...decodingTables(decoding),
    ...pageLines(page),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Name of a report's files without extension: adapter and day, fit for any file system. */
export function reportName({ adapter, date }: { adapter: { name: string }; date: string }): string {
  const slug = adapter.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${slug}-${date.slice(0, 10)}`;
}
