/**
 * What is measured on a GPU. Nothing here knows Node or a page: a device comes in, numbers go out.
 */
import { autotune, GemmChoice, type Tuning } from '../src/gpu/autotune.ts';
import type { Counters } from '../src/gpu/counters.ts';
import type { Gpu } from '../src/gpu/device.ts';
import { profile } from '../src/gpu/recorder.ts';
import { gemmProblems } from '../src/model/backend/tuning.ts';
import { createWebGpuDenoiser, type WebGpuDenoiser } from '../src/model/backend/webgpu.ts';
import type { Checkpoint } from '../src/model/checkpoint/checkpoint.ts';
import { buildInitial, makePlan, type Plan } from '../src/model/diffusion/plan.ts';
import { passCost } from '../src/model/network/cost.ts';
import { passTimer, type PassTimer } from '../src/worker/benchmark/pass-timer.ts';
import { inTurn, type Effort, type Spread } from '../src/worker/benchmark/spread.ts';
import { kernelCost, type KernelCost } from './kernel-cost.ts';

/** A kernel in one pass, summed over its launches. */
export interface KernelShare {
  kernel: string;
  launches: number;
  /** GPU time. */
  milliseconds: number;
  /** Of the time of all kernels; 0 to 1. */
  share: number;
  /** By `kernelCost`, divided by the time; absent for kernels of which nothing is counted. */
  rates?: {
    /** Of weights. */
    gigabytesPerSecond: number;
    /** Of weights and activations. */
    allGigabytesPerSecond: number;
    gigaflops: number;
  };
}

/** One forward pass of one sample. */
export interface PassResult {
  length: number;
  /** Slots that the head draws a token for. */
  rows: number;
  dispatches: number;
  milliseconds: Spread;
  /** Passes of one timing, submitted together; a timing is divided by it. */
  passesPerTiming: number;
  /** Submits of one timing. */
  submitsPerTiming: number;
  gigabytesPerSecond: number;
  gigaflops: number;
  /** Where the device has timestamp queries. */
  kernels?: KernelShare[];
}

/** A whole run, from its plan to its last token. */
export interface RunResult {
  length: number;
  /** Nominal steps. */
  steps: number;
  forwardPasses: number;
  milliseconds: Spread;
  /** What a warm run does to the device. Submits depend on how fast it is. */
  counts: Counters;
}

/** A model on a GPU. */
export interface ModelResult {
  model: string;
  storage: string;
  /** Bytes of GPU memory that the weights take. */
  bytes: number;
  /** From the checkpoint to the first pass that could run: upload, folding, compilation. */
  opened: number;
  passes: PassResult[];
  runs: RunResult[];
}

/** Forward passes with other GEMM kernels, measured in turn. */
export interface VariantsResult {
  model: string;
  length: number;
  variants: { choice: string; milliseconds: Spread }[];
  /** What autotuning found, where it ran. */
  tuning?: Tuning;
}

/** Profiles taken of a quick pass: timestamps may be rounded, which averages out. */
const PROFILES = 20;

/** What a kernel reads and computes in the time that it took. */
function ratesOf(cost: KernelCost | undefined, milliseconds: number): Pick<KernelShare, 'rates'> {
  // Of a time that the device rounds to nothing there is no rate.
  if (!cost || milliseconds === 0) return {};
  const rate = (amount: number): number => amount / milliseconds / 1e6;
  const { operations, weightBytes, activationBytes } = cost;
  return {
    rates: {
      gigabytesPerSecond: rate(weightBytes),
      allGigabytesPerSecond: rate(weightBytes + activationBytes),
      gigaflops: rate(operations),
    },
  };
}

async function kernelShares(
  gpu: Gpu,
  { launches, passes }: PassTimer,
  costOf: (kernel: string) => KernelCost | undefined,
): Promise<KernelShare[]> {
  const repeats = Math.min(PROFILES, passes);
  const repeated = Array.from({ length: repeats }, () => launches).flat();
  const kernels = [...(await profile(gpu, repeated))].map(([kernel, total]) => ({
    kernel,
    launches: total.launches / repeats,
    milliseconds: total.milliseconds / repeats,
  }));
  const total = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return kernels
    .map((entry) => ({
      ...entry,
      share: total > 0 ? entry.milliseconds / total : 0,
      ...ratesOf(costOf(entry.kernel), entry.milliseconds),
    }))
    .toSorted((a, b) => b.milliseconds - a.milliseconds);
}

async function measurePass(
  gpu: Gpu,
  denoiser: WebGpuDenoiser,
  length: number,
  rows: number,
  effort: Effort,
): Promise<PassResult> {
  const timer = await passTimer(gpu, denoiser, length, rows);
  const [milliseconds] = await inTurn([timer.sample], effort);
  const bytes = denoiser.storage === 'f16' ? 2 : 4;
  const cost = passCost(denoiser.config, length, rows, bytes);
  const costOf = (kernel: string) => kernelCost(kernel, denoiser.config, length, rows, bytes);
  return {
    length,
    rows,
    dispatches: timer.launches.length,
    milliseconds,
    passesPerTiming: timer.passes,
    submitsPerTiming: timer.submits,
    gigabytesPerSecond: cost.weightBytes / milliseconds.median / 1e6,
    gigaflops: cost.operations / milliseconds.median / 1e6,
    ...(gpu.timestamps ? { kernels: await kernelShares(gpu, timer, costOf) } : {}),
  };
}

/** The plan of the runs measured: ancestral, all slots masked. */
function benchPlan({ config }: WebGpuDenoiser, length: number, steps: number): Plan {
  const maskId = config.vocabulary - 1;
  const initial = buildInitial({ length, maskId });
  const { samplingEps: eps } = config;
  return makePlan({ sampler: 'ancestral', steps, length, maskId, eps, seed: 1, count: 1, initial });
}

async function measureRun(
  gpu: Gpu,
  denoiser: WebGpuDenoiser,
  length: number,
  steps: number,
  effort: Effort,
): Promise<RunResult> {
  const plan = benchPlan(denoiser, length, steps);
  let counts: Counters = { ...gpu.counters };
  const once = async (): Promise<number> => {
    const before = { ...gpu.counters };
    const start = performance.now();
    const run = denoiser.run(plan, { seed: 1, temperature: 1, topP: 1 });
    for (let next = await run.next(); next.done !== true; next = await run.next());
    const milliseconds = performance.now() - start;
    const names = Object.keys(before) as (keyof Counters)[];
    counts = Object.fromEntries(
      names.map((name) => [name, gpu.counters[name] - before[name]]),
    ) as unknown as Counters;
    return milliseconds;
  };
  await once();
  const [milliseconds] = await inTurn([once], effort);
  return { length, steps, forwardPasses: plan.forwardPasses, milliseconds, counts };
}

/** What is measured of a model. */
export interface ModelCase {
  name: string;
  checkpoint: Checkpoint;
  lengths: number[];
  steps: number;
}

/** Slots drawn by the passes measured: all, as by engines that know no plan, and as few as a step of a run draws. */
export function rowsOf(length: number, steps: number): number[] {
  return [length, Math.ceil(length / steps)];
}

/**
 * Open a model, measure its passes and runs, and close it again.
 * @param report told what is under way
 */
export async function measureModel(
  gpu: Gpu,
  { name, checkpoint, lengths, steps }: ModelCase,
  effort: Effort,
  report: (what: string) => void,
): Promise<ModelResult> {
  report(`${name}: opening`);
  const before = gpu.memory.total().bytes;
  const start = performance.now();
  const denoiser = await createWebGpuDenoiser(gpu, checkpoint);
  const opened = performance.now() - start;
  const weights = gpu.memory.usage().find(({ owner }) => owner.startsWith('weights of'));
  const bytes = weights?.bytes ?? gpu.memory.total().bytes - before;
  const passes: PassResult[] = [];
  const runs: RunResult[] = [];
  try {
    for (const length of lengths) {
      for (const rows of rowsOf(length, steps)) {
        report(`${name}: forward pass over ${length} tokens, ${rows} drawn`);
        passes.push(await measurePass(gpu, denoiser, length, rows, effort));
      }
      report(`${name}: run of ${steps} steps over ${length} tokens`);
      runs.push(await measureRun(gpu, denoiser, length, steps, effort));
    }
  } finally {
    denoiser.destroy();
  }
  return { model: name, storage: denoiser.storage, bytes, opened, passes, runs };
}

/**
 * Forward passes by the kernels for software adapters, by those for GPUs and, on a GPU, by those that measuring picks, all
 * on the same device in turn.
 */
export async function compareVariants(
  gpu: Gpu,
  { name, checkpoint, lengths }: ModelCase,
  effort: Effort,
  report: (what: string) => void,
): Promise<VariantsResult> {
  const length = lengths[0];
  const denoisers: WebGpuDenoiser[] = [];
  const timers: PassTimer[] = [];
  const labels: string[] = [];
  const add = async (label: string, choice: GemmChoice): Promise<WebGpuDenoiser> => {
    report(`${name}: ${label}, ${length} tokens`);
    const denoiser = await createWebGpuDenoiser(gpu, checkpoint, { storage: 'f16', choice });
    denoisers.push(denoiser);
    labels.push(label);
    timers.push(await passTimer(gpu, denoiser, length, length));
    return denoiser;
  };
  try {
    await add('direct loop', new GemmChoice(true));
    const tiled = await add('tiled, defaults', new GemmChoice(false));
    let tuning: Tuning | undefined;
    if (!gpu.adapter.software) {
      report(`${name}: autotuning`);
      tuning = await autotune(gpu, gemmProblems(tiled.config, tiled.storage, length));
      await add('tiled, autotuned', new GemmChoice(false, tuning));
    }
    report(`${name}: ${labels.join(', ')} in turn`);
    const spreads = await inTurn(
      timers.map(({ sample }) => sample),
      effort,
    );
    const variants = labels.map((choice, i) => ({ choice, milliseconds: spreads[i] }));
    return { model: name, length, variants, ...(tuning ? { tuning } : {}) };
  } finally {
    for (const denoiser of denoisers) denoiser.destroy();
  }
}
