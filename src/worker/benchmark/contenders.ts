/** The engines that the benchmark measures, made ready on one device of their own. */
import type { GemmChoice } from '../../gpu/autotune.ts';
import { openGpu, type Gpu } from '../../gpu/device.ts';
import type { Denoiser, RunSettings } from '../../model/backend/denoiser.ts';
import { createOnnxDenoiser } from '../../model/backend/onnx.ts';
import { loadOnnxRuntime, onnxThreads } from '../../model/backend/onnx-runtime.ts';
import { createWebGpuDenoiser, type WebGpuDenoiser } from '../../model/backend/webgpu.ts';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.ts';
import { buildInitial, makePlan, type Plan } from '../../model/diffusion/plan.ts';
import type { Precision } from '../../model/onnx/graph.ts';
import { createPeer, mostRows, type Peer } from '../../model/peer/peer.ts';
import { loadPeerRuntime } from '../../model/peer/runtime.ts';
import { benchmarkWords as words } from '../messages/benchmark.ts';
import { passesPerTiming, passTimer } from './pass-timer.ts';
import type { BenchmarkOptions, BenchmarkProgress, BenchmarkResult } from './result.ts';
import { measureInRounds, type Contender, type Timing } from './rounds.ts';

/** What the benchmark needs of its surroundings. */
export interface BenchmarkSetup {
  /** `navigator.gpu`, or Dawn's; undefined where there is none. */
  api: GPU | undefined;
  /** `isSecureContext` of the page. */
  secure: boolean;
  checkpoint: Checkpoint;
  /** Id of the model, which names the cases. */
  name: string;
  options: Required<Omit<BenchmarkOptions, 'model'>>;
  /** Which GEMM variants of ours run on a device. */
  choice: (gpu: Gpu) => Promise<GemmChoice>;
  signal?: AbortSignal;
  onProgress?: (progress: BenchmarkProgress) => void;
}

/** Nominal steps of a run. */
const STEPS = 8;
const SETTINGS: RunSettings = { seed: 1, temperature: 1, topP: 1 };

/** Largest difference of logits from ours. In f16 other orders of summation differ by some hundredths. */
const TOLERANCE: Record<Precision, number> = { f32: 1e-3, f16: 0.1 };

/** All slots masked; by ancestral sampling. */
function planOf({ config }: Checkpoint, length: number): Plan {
  const maskId = config.vocabulary - 1;
  const initial = buildInitial({ length, maskId });
  const { samplingEps: eps } = config;
  return makePlan({ sampler: 'ancestral', steps: STEPS, length, maskId, eps, seed: 1, count: 1, initial });
}

/** A text that differs from slot to slot, a third of it masked. */
const mixedText = (length: number, maskId: number): Uint32Array<ArrayBuffer> =>
  Uint32Array.from({ length }, (_, i) => (i % 3 === 1 ? maskId : (i * 37) % maskId));

/** Milliseconds that something takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function finish(denoiser: Denoiser, plan: Plan): Promise<number[][]> {
  const drawn: number[][] = [];
  for await (const { steps } of denoiser.run(plan, SETTINGS)) drawn.push(steps[0]?.tokens ?? []);
  return drawn;
}

/** Everything on the device, made when it is first asked for and kept: what lasts a case, and what lasts the benchmark. */
class Bench {
  readonly #ours = new Map<string, Promise<WebGpuDenoiser>>();
  readonly #onnx = new Map<string, Promise<Denoiser>>();
  readonly #peers = new Map<string, Promise<Peer>>();
  readonly #references = new Map<number, Promise<{ logits: Float32Array; first: number[] }>>();

  constructor(
    private readonly setup: BenchmarkSetup,
    private readonly opening: Promise<Gpu>,
  ) {}

  gpu(): Promise<Gpu> {
    return this.opening;
  }

  /** The run that is measured, the same for all. */
  plan(length: number): Plan {
    return planOf(this.setup.checkpoint, length);
  }

  /** Our kernels. Weights as the page has them, or f32. */
  ours(storage: 'file' | 'f32'): Promise<WebGpuDenoiser> {
    return remember(this.#ours, storage, async () => {
      const gpu = await this.gpu();
      const choice = await this.setup.choice(gpu);
      return createWebGpuDenoiser(gpu, this.setup.checkpoint, { storage, choice });
    });
  }

  /** onnxruntime as most programs use it: logits come back, and tokens go in again. */
  onnx(on: 'cpu' | 'gpu'): Promise<Denoiser> {
    const { checkpoint } = this.setup;
    return remember(this.#onnx, on, async () => {
      // A graph with nothing in it but what most programs ask for.
      const outputs = { attention: false };
      if (on === 'cpu')
        return createOnnxDenoiser(await loadOnnxRuntime(), checkpoint, { session: { outputs } });
      const { device } = await this.gpu();
      const session = { outputs, executionProviders: [{ name: 'webgpu' as const, device }] };
      return createOnnxDenoiser(await loadPeerRuntime(), checkpoint, { session });
    });
  }

  peer(length: number, rows: number, precision: Precision): Promise<Peer> {
    return remember(this.#peers, `${length} ${rows} ${precision}`, async () => {
      const gpu = await this.gpu();
      return createPeer(await loadPeerRuntime(), gpu, this.setup.checkpoint, { length, rows, precision });
    });
  }

  /**
   * Compare logits with ours, over the first rows of a text.
   * @throws Error that says by how much they differ
   */
  async check(length: number, precision: Precision, logits: (text: Text) => Promise<Float32Array>) {
    const maskId = this.setup.checkpoint.config.vocabulary - 1;
    const { logits: wanted } = await this.reference(length);
    // Twice: a captured graph is first recorded, then replayed, and it is the replay that is measured.
    await logits(new Uint32Array(length).fill(maskId));
    const got = await logits(mixedText(length, maskId));
    const largest = distance(got, wanted.subarray(0, got.length));
    if (largest <= TOLERANCE[precision]) return;
    throw new Error(words.otherLogits(largest.toPrecision(2), TOLERANCE[precision]));
  }

  /**
   * Compare what a run drew in its first pass with ours. Noise and law are the same, so tokens differ only where last bits
   * decide; in later passes they would see another text.
   */
  async checkRun(length: number, [first]: number[][]): Promise<void> {
    const { first: wanted } = await this.reference(length);
    const equal = first.filter((token, i) => token === wanted[i]).length;
    if (2 * equal > wanted.length) return;
    throw new Error(words.otherTokens(equal, wanted.length));
  }

  /** Free what was made for a case. */
  async endCase(): Promise<void> {
    const peers = await Promise.allSettled(this.#peers.values());
    this.#peers.clear();
    for (const peer of peers) if (peer.status === 'fulfilled') await peer.value.destroy();
  }

  async destroy(): Promise<void> {
    await this.endCase();
    const models = await Promise.allSettled<Denoiser>([...this.#ours.values(), ...this.#onnx.values()]);
    for (const model of models) if (model.status === 'fulfilled') model.value.destroy();
  }

  /** What ours says of a length; with nothing to check against, nothing else is measured on a GPU. */
  reference(length: number): Promise<{ logits: Float32Array; first: number[] }> {
    return remember(this.#references, length, async () => {
      const ours = await this.ours('file');
      const text = mixedText(length, this.setup.checkpoint.config.vocabulary - 1);
      const logits = await ours.logits(text, { batch: 1, length });
      const [first] = await finish(ours, this.plan(length));
      return { logits, first };
    });
  }
}

type Text = Uint32Array<ArrayBuffer>;

function remember<K, T>(known: Map<K, Promise<T>>, key: K, make: () => Promise<T>): Promise<T> {
  let value = known.get(key);
  if (!value) known.set(key, (value = make()));
  return value;
}

/** Largest |a - b|; NaN counts as infinite. */
function distance(a: Float32Array, b: Float32Array): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs(a[i] - b[i]);
    if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
  }
  return largest;
}

/** Our kernels. @param storage 'file' as the page has the weights; f32 as onnxruntime has them in f32 */
function oursContender(bench: Bench, storage: 'file' | 'f32', weights: string): Contender {
  return {
    engine: 'ours',
    variant: storage === 'file' ? words.variants.asInPage : words.variants.f32Weights,
    precision: words.precision(weights, 'f32'),
    kinds: ['pass', 'run'],
    async prepare(kind, length) {
      const [gpu, denoiser] = [await bench.gpu(), await bench.ours(storage)];
      // The logits are stored, as the peer has to: with the draw in the head there would be less to write.
      if (kind === 'pass') return (await passTimer(gpu, denoiser, length, length, 'logits')).sample;
      const plan = bench.plan(length);
      await finish(denoiser, plan);
      return () => timed(() => finish(denoiser, plan));
    },
  };
}

/** onnxruntime at its best. */
function peerContender(bench: Bench, precision: Precision): Contender {
  return {
    engine: 'onnxruntime-webgpu',
    variant: words.variants.captured,
    precision: words.precision(precision, precision),
    kinds: ['pass', 'run'],
    async prepare(kind, length) {
      const plan = bench.plan(length);
      const { queue } = (await bench.gpu()).device;
      const peer = await bench.peer(length, kind === 'pass' ? length : mostRows(plan), precision);
      await bench.check(length, precision, (text) => peer.logits(text));
      if (kind === 'run') {
        await bench.checkRun(length, await peer.run(plan, SETTINGS));
        return () => timed(() => peer.run(plan, SETTINGS));
      }
      const passes = async (count: number): Promise<void> => {
        for (let i = 0; i < count; i++) await peer.pass();
        await queue.onSubmittedWorkDone();
      };
      const count = passesPerTiming(await timed(() => passes(1)));
      return async () => (await timed(() => passes(count))) / count;
    },
  };
}

/** onnxruntime with the logits read back after each pass. */
function readBackContender(bench: Bench, on: 'cpu' | 'gpu', variant: string): Contender {
  return {
    engine: on === 'cpu' ? 'onnxruntime-wasm' : 'onnxruntime-webgpu',
    variant,
    precision: words.precision('f32', 'f32'),
    kinds: on === 'cpu' ? ['pass', 'run'] : ['run'],
    async prepare(kind, length): Promise<Timing> {
      const denoiser = await bench.onnx(on);
      const logits = (text: Text) => denoiser.logits(text, { batch: 1, length });
      const plan = bench.plan(length);
      // Where ours cannot run, the CPU is all there is, and the page relies on it.
      const checkable = await bench.reference(length).then(
        () => true,
        () => false,
      );
      if (on === 'gpu' || checkable) {
        await bench.check(length, 'f32', logits);
        if (kind === 'run') await bench.checkRun(length, await finish(denoiser, plan));
      }
      const work =
        kind === 'pass' ? () => logits(plan.samples[0].initial.slice()) : () => finish(denoiser, plan);
      await work();
      return () => timed(work);
    },
  };
}

/** Who is measured. @param gpu undefined where there is none */
function contendersOf(
  bench: Bench,
  { checkpoint, options }: BenchmarkSetup,
  gpu: Gpu | undefined,
): Contender[] {
  const half = checkpoint.tensors.info('output_layer.linear.weight').dtype === 'F16';
  const threads = onnxThreads(globalThis);
  const all = [
    oursContender(bench, 'file', half ? 'f16' : 'f32'),
    ...(half ? [oursContender(bench, 'f32', 'f32')] : []),
    peerContender(bench, 'f32'),
    // On a software adapter this would say even less than the rest.
    ...(gpu?.device.features.has('shader-f16') && !gpu.adapter.software ? [peerContender(bench, 'f16')] : []),
    readBackContender(bench, 'gpu', words.variants.readBack),
    readBackContender(bench, 'cpu', words.variants.threads(threads)),
  ];
  return all.filter(({ engine }) => options.engines.includes(engine));
}

/**
 * Measure our kernels against onnxruntime-web, on a device opened for it: one that also has what onnxruntime's kernels make
 * use of, so that neither is held back, and whose loss takes nothing of the page with it.
 * @throws UnmaskError 'aborted' when the signal says so, between two timings; whatever else goes wrong is told in the rows
 */
export async function runBenchmark(setup: BenchmarkSetup): Promise<BenchmarkResult> {
  const { api, secure, name, options, signal, onProgress } = setup;
  const opening = openGpu(api, { secure, peer: true });
  // Without a GPU there still is the CPU; those who need the device say why they have none.
  const gpu = await opening.catch(() => undefined);
  const bench = new Bench(setup, opening);
  try {
    const { lengths, rounds, seconds } = options;
    const cases = await measureInRounds(contendersOf(bench, setup, gpu), {
      ...{ name, lengths, rounds, seconds, signal, onProgress },
      endCase: () => bench.endCase(),
    });
    return {
      adapter: gpu?.adapter.name ?? words.noGpu,
      software: gpu?.adapter.software ?? false,
      userAgent: navigator.userAgent,
      date: new Date().toISOString(),
      cases,
    };
  } finally {
    await bench.destroy();
    gpu?.destroy();
  }
}
