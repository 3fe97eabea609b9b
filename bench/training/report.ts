/** The benchmark of training as Markdown. */
import type { Spread } from '../../src/worker/benchmark/spread.ts';
import { digits, table } from '../../src/worker/benchmark/table.ts';
import type { TrainingEngineId } from './engine.ts';
import { PHASES, type Phase } from './ours.ts';
import {
  AGREEMENT,
  disagreement,
  type TrainingCase,
  type TrainingResult,
  type TrainingRow,
} from './result.ts';

/** What a person calls the engines. */
const NAMES: Readonly<Record<TrainingEngineId, string>> = {
  ours: 'Unmask',
  'jax-js': 'jax-js',
  tfjs: 'TensorFlow.js',
};

const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  teacher: 'sub-steps of the teacher',
  forward: 'forward pass of the student, loss',
  backward: 'backward pass',
  optimizer: 'clip, AdamW, average',
};

const range = ({ least, most }: Spread): string => `${digits(least)} to ${digits(most)}`;
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

function timeTable(rows: readonly TrainingRow[]): string {
  const cells = rows.map(({ engine, first, milliseconds, ratio }) => [
    NAMES[engine],
    ...(milliseconds
      ? [digits(milliseconds.median), range(milliseconds), String(milliseconds.values.length)]
      : ['', '', '0']),
    ...(ratio ? [digits(ratio.median), range(ratio)] : [engine === 'ours' && milliseconds ? '1' : '', '']),
    first === undefined ? '' : digits(first),
  ]);
  return table(['Update', 'ms', 'range', 'n', 'time / ours', 'range of it', 'first one, ms'], cells);
}

function countTable(rows: readonly TrainingRow[]): string {
  const cells = rows.flatMap(({ engine, counts: c, peakBytes }) =>
    c === undefined || peakBytes === undefined
      ? []
      : [
          [
            NAMES[engine],
            ...[c.dispatches, c.passes, c.submits, c.bindGroups, c.buffers].map(String),
            ...[c.writes, c.copies, c.readBacks].map(String),
            mebibytes(peakBytes),
          ],
        ],
  );
  return table(
    [
      ...['Warm update', 'dispatches', 'compute passes', 'submits', 'bind groups', 'buffers made'],
      ...['writes', 'copies', 'read-backs', 'peak MiB'],
    ],
    cells,
  );
}

function numberTable(rows: readonly TrainingRow[]): string {
  const cells = rows.map(({ engine, updates }) => {
    const apart = engine === 'ours' ? undefined : disagreement(rows, engine);
    return [
      NAMES[engine],
      ...[0, 1].flatMap((i) => {
        const update = i < updates.length ? updates[i] : undefined;
        return update ? [update.loss.toFixed(6), update.gradientNorm.toFixed(6)] : ['', ''];
      }),
      ...(apart ? [apart.loss.toExponential(1), apart.gradientNorm.toExponential(1)] : ['', '']),
    ];
  });
  const head = ['First updates', 'loss', 'norm', 'loss, 2nd', 'norm, 2nd', 'loss apart', 'norm apart'];
  return table(head, cells);
}

function phaseTable(phases: TrainingCase['phases']): string[] {
  if (!phases) return [];
  const cells = PHASES.map((phase) => {
    const { milliseconds, dispatches } = phases.costs[phase];
    return [PHASE_NAMES[phase], digits(milliseconds), String(dispatches), String(phases.n)];
  });
  return [
    table(['Our update, part by part', 'ms', 'dispatches', 'n'], cells),
    'Each part is waited for, which costs time of its own: shares, not totals.',
  ];
}

function section({ batch, length, masked, drawn, rows, phases }: TrainingCase): string[] {
  return [
    `## ${batch} texts of ${length} tokens, ${masked} masked, ${drawn} drawn`,
    timeTable(rows),
    ...rows.flatMap(({ engine, problem }) =>
      problem === undefined ? [] : [`Not measured: ${NAMES[engine]}. ${problem}`],
    ),
    countTable(rows),
    ...phaseTable(phases),
    numberTable(rows),
  ];
}

/** A result as Markdown: where it was measured, and for each batch times, counts, parts and numbers. */
export function trainingMarkdown({
  adapter,
  software,
  userAgent,
  date,
  versions,
  cases,
  missing,
}: TrainingResult): string {
  const facts = [
    `- Adapter: ${adapter}`,
    `- Browser: ${userAgent}`,
    `- Date: ${date}`,
    `- Libraries: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    '- Update: SDTT, kl-bwd, two sub-steps, clip 1, AdamW, moving average; f32; the bundled teacher and student',
  ];
  const warning = software
    ? [
        '**On this adapter a CPU plays GPU: the times say nothing about the speed of a GPU, nor do the ratios. The counts hold.**',
      ]
    : [];
  const notes =
    'Times go from the call until loss and norm are known: medians of warm updates taken in turn, ratios round by round. All make ' +
    `the same update, over and over, on one batch; an engine whose numbers are further from ours than ${AGREEMENT}, relative, has no ` +
    'time. Peak: bytes of the buffers alive at once. Our submits are sized by time, so their number depends on the device.';
  return `${['# Benchmark of training', facts.join('\n'), ...warning, notes, ...cases.flatMap(section), ...missing.map((what) => `Not measured: ${what}`)].join('\n\n')}\n`;
}
