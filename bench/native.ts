/** Our forward passes beside PyTorch's on one machine, timed in turn. */
import { autotune, GemmChoice } from '../src/gpu/autotune.ts';
import type { Gpu } from '../src/gpu/device.ts';
import type { Storage } from '../src/gpu/kernels/gemm/gemm.ts';
import { gemmProblems } from '../src/model/backend/tuning.ts';
import { createWebGpuDenoiser, type WebGpuDenoiser } from '../src/model/backend/webgpu.ts';
import type { ModelConfig } from '../src/model/checkpoint/config.ts';
import { passCost } from '../src/model/network/cost.ts';
import { passTimer } from '../src/worker/benchmark/pass-timer.ts';
import { ratiosTo, spread, takeTurns, type Effort, type Spread } from '../src/worker/benchmark/spread.ts';
import type { Skipped } from './browser.ts';
import { rowsOf, type ModelCase } from './cases.ts';
import type { TorchPeer } from './torch.ts';
import { type TorchFacts } from './torch.ts';

/** One engine in one case: its times, or why there are none. */
export interface NativeRow {
  engine: string;
  /** How weights are stored and what is computed with. */
  precision: string;
  /** Of one pass. */
  milliseconds?: Spread;
  /** By the formulas of `passCost`, with the engine's own weights, divided by the median. */
  gigabytesPerSecond?: number;
  gigaflops?: number;
  /** Its time divided by that of the first row, round by round; absent in that row. */
  ratio?: Spread;
  /** One sentence. */
  problem?: string;
}

/** One forward pass of one text, by all engines. */
export interface NativeCase {
  model: string;
  length: number;
  /** Positions whose logits are computed and stored. */
  rows: number;
  engines: NativeRow[];
}

export interface NativeResult {
  /** What PyTorch is and runs on. */
  torch: TorchFacts;
  cases: NativeCase[];
}

/** An engine that may take part. */
export interface NativeEngine {
  engine: string;
  precision: string;
  /** Of a stored weight. */
  bytes: number;
  /** Set up and warmed up: what times one pass, in milliseconds. @throws where it cannot run */
  prepare: () => Promise<() => Promise<number>>;
}

const BYTES: Readonly<Record<string, number>> = { f32: 4, f16: 2, bf16: 2 };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Measure engines in turn after a warm-up. One that cannot run says why in its row; the others go on. */
export async function measureEngines(
  engines: readonly NativeEngine[],
  { model, config, length, rows }: { model: string; config: ModelConfig; length: number; rows: number },
  effort: Effort,
  report: (what: string) => void,
): Promise<NativeCase> {
  const timings: (() => Promise<number>)[] = [];
  for (const { engine, precision, prepare } of engines) {
    report(`${model}: ${engine}, ${precision}, ${length} tokens, ${rows} drawn`);
    timings.push(
      await prepare().catch((error: unknown) => () => Promise.reject(new Error(messageOf(error)))),
    );
  }
  const turns = await takeTurns(timings, effort);
  const [first] = turns;
  const measured = engines.map(({ engine, precision, bytes }, i): NativeRow => {
    const turn = turns[i];
    if ('error' in turn) return { engine, precision, problem: messageOf(turn.error) };
    const milliseconds = spread(turn.values);
    const cost = passCost(config, length, rows, bytes);
    // With one that failed on its way nothing is compared.
    const comparable = i > 0 && 'values' in first;
    return {
      ...{ engine, precision, milliseconds },
      gigabytesPerSecond: cost.weightBytes / milliseconds.median / 1e6,
      gigaflops: cost.operations / milliseconds.median / 1e6,
      ...(comparable ? { ratio: ratiosTo(turn.values, first.values) } : {}),
    };
  });
  return { model, length, rows, engines: measured };
}

/** Ours as in the page after it has measured which variants are the best; on a software adapter there is no choice. */
async function ourEngine(
  gpu: Gpu,
  { checkpoint }: ModelCase,
  storage: Storage,
  { length, rows }: { length: number; rows: number },
  opened: WebGpuDenoiser[],
): Promise<() => Promise<number>> {
  const { software } = gpu.adapter;
  const tuning = software ? undefined : await autotune(gpu, gemmProblems(checkpoint.config, storage, length));
  const choice = new GemmChoice(software, tuning);
  const denoiser = await createWebGpuDenoiser(gpu, checkpoint, { storage, choice });
  opened.push(denoiser);
  // The logits are stored, as PyTorch has to: with the draw in the head there would be less to write.
  return (await passTimer(gpu, denoiser, length, rows, 'logits')).sample;
}

/** All that takes part in a case: ours in both storages, and PyTorch in every way it knows. */
function enginesOf(
  gpu: Gpu,
  model: ModelCase,
  shape: { length: number; rows: number },
  { peer, facts }: { peer: TorchPeer; facts: TorchFacts },
  opened: WebGpuDenoiser[],
): NativeEngine[] {
  const ours = (['f16', 'f32'] as const).map((storage) => ({
    engine: 'Unmask',
    precision: `${storage} weights, f32`,
    bytes: BYTES[storage],
    prepare: () => ourEngine(gpu, model, storage, shape, opened),
  }));
  const torch = facts.ways.flatMap((way) =>
    facts.precisions.map((precision) => ({
      engine: `PyTorch, ${way}`,
      precision: `${precision} weights, ${precision}`,
      bytes: BYTES[precision],
      prepare: () => peer.prepare({ ...model.checkpoint.config, ...shape }, way, precision),
    })),
  );
  return [...ours, ...torch];
}

/**
 * Measure forward passes of models beside PyTorch, at the lengths and rows of `measureModel`.
 * @param started PyTorch, or why there is none: then nothing is measured
 * @param effort for each model
 * @param report told what is under way
 */
export async function measureNative(
  gpu: Gpu,
  models: readonly { model: ModelCase; effort: Effort }[],
  started: Awaited<ReturnType<typeof TorchPeer.start>>,
  report: (what: string) => void,
): Promise<NativeResult | Skipped> {
  if ('skipped' in started) return started;
  const { peer, facts } = started;
  const cases: NativeCase[] = [];
  try {
    for (const { model, effort } of models) {
      const { config } = model.checkpoint;
      for (const length of model.lengths) {
        for (const rows of rowsOf(length, model.steps)) {
          const opened: WebGpuDenoiser[] = [];
          try {
            const engines = enginesOf(gpu, model, { length, rows }, started, opened);
            const about = { model: model.name, config, length, rows };
            cases.push(await measureEngines(engines, about, effort, report));
          } finally {
            for (const denoiser of opened) denoiser.destroy();
          }
        }
      }
    }
    return { torch: facts, cases };
  } finally {
    peer.close();
  }
}
