import { GemmChoice } from '../../gpu/autotune.ts';
import type { Arena } from '../../gpu/buffers.ts';
import { GpuOutOfMemory } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { MAX_HEAD_SIZE } from '../../gpu/kernels/attention/attention.ts';
import type { Storage } from '../../gpu/kernels/gemm/gemm.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import type { Plan } from '../diffusion/plan.ts';
import { UnmaskError } from '../errors.ts';
import { backendWords } from '../messages/backend.ts';
import { cancelledWords } from '../messages/cancelled.ts';
import { webgpuWords as words } from '../messages/webgpu.ts';
import type { BatchShape } from '../network/forward.ts';
import { WeightUploader } from '../network/upload.ts';
import type { NetworkWeights } from '../network/weights.ts';
import { checkHead, checkPlan, checkRows, checkScored, checkTokens, requireCausal } from './checks.ts';
import type { CausalModel, HeadAddress, RunCost, RunSettings, RunStep } from './denoiser.ts';
import { Session } from './session.ts';
import { Turns } from './turns.ts';

/** What can be chosen when a model is put on the GPU. */
export interface WebGpuOptions {
  /** How weights are kept: as in the file (the default; BF16 becomes f32), or f16 or f32. */
  storage?: 'file' | Storage;
  /** Which GEMM variants run (default: those of the adapter, nothing measured). */
  choice?: GemmChoice;
  /** Bytes of the largest buffer of weights (default: what the device binds); the embedding and the head are cut to it. */
  largest?: number;
  /** Told in bytes: of weights as the file has them, moved to the GPU; of WGSL, compiled of what was asked for so far. */
  onProgress?: (progress: { stage: 'upload' | 'compile'; loaded: number; total: number }) => void;
}

/** Batch shapes kept ready; the one not used for longest goes first. */
const KEPT_SESSIONS = 4;
/** Submits on their way at once: the GPU never waits for the page, and an abort is felt soon. */
const IN_FLIGHT = 2;

/**
 * Put a checkpoint on the GPU: masked diffusion, or a causal network.
 * @throws UnmaskError 'out-of-memory' or 'limit' with the bytes, 'tensor-range' where f16 does not hold a weight
 */
export async function createWebGpuDenoiser(
  gpu: Gpu,
  checkpoint: Checkpoint,
  options: WebGpuOptions = {},
): Promise<WebGpuDenoiser> {
  const { config, tensors } = checkpoint;
  checkShapes(config);
  const file = options.storage ?? 'file';
  const storage =
    file !== 'file' ? file : tensors.info('output_layer.linear.weight').dtype === 'F16' ? 'f16' : 'f32';
  const arena = gpu.memory.arena(`weights of ${config.name}`);
  try {
    const progress = (stage: 'upload' | 'compile') => (loaded: number, total: number) =>
      options.onProgress?.({ stage, loaded, total });
    const choice = options.choice ?? new GemmChoice(gpu.adapter.software);
    const { largest } = options;
    const uploader = new WeightUploader(gpu, arena, checkpoint, storage, choice, progress('upload'), largest);
    const weights = await uploader.upload();
    const denoiser = new WebGpuDenoiser(gpu, arena, weights, choice);
    const unfollow = gpu.kernels.follow(progress('compile'));
    try {
      await denoiser.warm({ batch: 1, length: Math.min(config.kind === 'causal' ? 33 : 32, config.length) });
    } finally {
      unfollow();
    }
    return denoiser;
  } catch (error) {
    arena.destroy();
    throw translate(gpu, error);
  }
}

/**
 * Whether the kernels take a network of these sizes: they read by vec4, and keep a head of attention in workgroup memory.
 * @throws UnmaskError 'limit' naming the field
 */
function checkShapes({ name, hidden, heads, condDim, timeConditioning }: ModelConfig): void {
  const headSize = hidden / heads;
  const fail = (field: string, has: number, takes: string): never => {
    throw new UnmaskError('limit', words.badShape(name, field, has, takes));
  };
  if (headSize % 4 !== 0 || headSize > MAX_HEAD_SIZE) {
    fail('model.hidden_size / model.n_heads', headSize, words.takes.headSize(MAX_HEAD_SIZE));
  }
  if (!timeConditioning) return;
  if (condDim % 4 !== 0) fail('model.cond_dim', condDim, words.takes.condDim);
  if (hidden % 8 !== 0) fail('model.hidden_size', hidden, words.takes.hidden);
}

/** A model on our own kernels; only a causal one can score. */
export class WebGpuDenoiser implements CausalModel {
  readonly backend = 'webgpu';
  readonly config: ModelConfig;
  readonly storage: Storage;
  readonly #sessions = new Map<string, Session>();
  /** Sessions share buffers. */
  readonly #turns = new Turns();
  #destroyed = false;

  constructor(
    private readonly gpu: Gpu,
    private readonly arena: Arena,
    private readonly weights: NetworkWeights,
    private readonly choice: GemmChoice,
  ) {
    this.config = weights.config;
    this.storage = weights.storage;
  }

  /** Compile and allocate for a shape ahead of its first use. */
  async warm(shape: BatchShape): Promise<Session> {
    return this.#session(shape);
  }

  async logits(
    tokens: Uint32Array<ArrayBuffer>,
    shape: { batch: number; length: number },
    t: Float32Array = new Float32Array(shape.batch).fill(1),
    rows?: Uint32Array<ArrayBuffer>,
  ): Promise<Float32Array> {
    checkTokens(this.config, tokens, shape);
    if (rows) checkRows(rows, tokens.length);
    return this.#ask(shape, 'write', (session) => session.logits(tokens, t, rows));
  }

  async attention(tokens: Uint32Array<ArrayBuffer>, at: HeadAddress, t = 1): Promise<Float32Array> {
    const shape = { batch: 1, length: tokens.length };
    checkTokens(this.config, tokens, shape);
    checkHead(this.config, at);
    return this.#ask(shape, 'write', (session) => session.attentionWeights(tokens, Float32Array.of(t), at));
  }

  async score(
    tokens: Uint32Array<ArrayBuffer>,
    shape: { batch: number; length: number },
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    requireCausal(this.config);
    checkScored(this.config, tokens, shape);
    return this.#ask(shape, 'score', (session) => session.score(tokens, signal));
  }

  async features(
    tokens: Uint32Array<ArrayBuffer>,
    shape: { batch: number; length: number },
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    requireCausal(this.config);
    checkTokens(this.config, tokens, shape);
    // A session that scores has all that this needs.
    return this.#ask(shape, 'score', (session) => session.features(tokens, signal));
  }

  async *run(plan: Plan, settings: RunSettings): AsyncGenerator<RunStep, RunCost, undefined> {
    const shape = { batch: plan.samples.length, length: plan.length };
    checkPlan(this.config, plan);
    for (const { initial } of plan.samples)
      checkTokens(this.config, initial, { batch: 1, length: plan.length });
    const release = await this.#turns.take();
    const inFlight: Promise<RunStep[]>[] = [];
    try {
      const session = await this.#session(shape);
      const run = await session.prepare(plan, settings);
      const cost: RunCost = { forwardPasses: plan.forwardPasses, submits: 0, dispatches: 0, milliseconds: 0 };
      const start = performance.now();
      let next = 0;
      while (next < run.units.length || inFlight.length > 0) {
        while (next < run.units.length && inFlight.length < IN_FLIGHT) {
          if (settings.signal?.aborted) throw new UnmaskError('aborted', cancelledWords.run);
          const { count, steps } = await session.submit(run, next);
          // Whoever awaits `steps` hears of its failure; until then it is not an unhandled one.
          void steps.catch(() => undefined);
          inFlight.push(steps);
          next += count;
          cost.submits += 1;
          cost.dispatches += count;
        }
        const steps = (await inFlight.shift()) ?? [];
        cost.milliseconds = performance.now() - start;
        for (const step of steps) {
          if (settings.signal?.aborted) throw new UnmaskError('aborted', cancelledWords.run);
          yield step;
        }
      }
      const { gpuMilliseconds } = session;
      return gpuMilliseconds === undefined ? cost : { ...cost, gpuMilliseconds };
    } catch (error) {
      throw translate(this.gpu, error);
    } finally {
      await Promise.allSettled(inFlight);
      release();
    }
  }

  destroy(): void {
    this.#destroyed = true;
    for (const session of this.#sessions.values()) session.destroy();
    this.#sessions.clear();
    this.arena.destroy();
  }

  /** Ask a session once those before are done; what goes wrong is told as a visitor may read it. */
  async #ask<T>(
    shape: BatchShape,
    use: 'write' | 'score',
    question: (session: Session) => Promise<T>,
  ): Promise<T> {
    const release = await this.#turns.take();
    try {
      return await question(await this.#session(shape, use));
    } catch (error) {
      throw translate(this.gpu, error);
    } finally {
      release();
    }
  }

  async #session(shape: BatchShape, use: 'write' | 'score' = 'write'): Promise<Session> {
    if (this.#destroyed) throw new UnmaskError('unknown-model', backendWords.closed(this.config.name));
    const key = `${shape.batch}x${shape.length} ${use}`;
    let session = this.#sessions.get(key);
    // Taken out and put back, a map keeps the order of use.
    if (session) this.#sessions.delete(key);
    else {
      const oldest = this.#sessions.keys().next();
      if (this.#sessions.size >= KEPT_SESSIONS && oldest.done !== true) {
        this.#sessions.get(oldest.value)?.destroy();
        this.#sessions.delete(oldest.value);
      }
      session = await Session.create(this.gpu, this.weights, shape, this.choice, use);
    }
    this.#sessions.set(key, session);
    return session;
  }
}

/** Errors of the GPU library as ones a visitor may read. */
function translate(gpu: Gpu, error: unknown): unknown {
  if (error instanceof GpuOutOfMemory)
    return new UnmaskError('out-of-memory', error.message, { cause: error });
  if (gpu.isLost && !(error instanceof UnmaskError)) {
    return new UnmaskError('device-lost', words.lost, { cause: error });
  }
  return error;
}
