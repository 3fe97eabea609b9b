/** Masked diffusion on onnxruntime-web: where there is no WebGPU, and to hold our kernels against. */
import type * as Ort from 'onnxruntime-web';
import { byConfidence } from '../../gpu/kernels/select/select.reference.ts';
import type { TraceStep } from '../../trace/trace.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { TokenDraw, type DrawnToken } from '../diffusion/draw.ts';
import { isFinal, type Plan, type SamplePass } from '../diffusion/plan.ts';
import { sigma } from '../diffusion/schedule.ts';
import { UnmaskError } from '../errors.ts';
import {
  describeFailure,
  openOnnxSession,
  type OnnxRuntime,
  type OnnxSessionOptions,
} from '../onnx/session.ts';
import { checkRows, checkTokens, requireDiffusion } from './checks.ts';
import type { Denoiser, RunCost, RunSettings, RunStep } from './denoiser.ts';
import { Turns } from './turns.ts';

/** What can be chosen when a model is set up. */
export interface OnnxOptions {
  /**
   * Threads of WebAssembly (default: as `ort.env` has it). Counts only before onnxruntime makes its first session, and
   * more than one needs `crossOriginIsolated`.
   */
  threads?: number;
  /** How the session is made (default: on the CPU, in f32). */
  session?: OnnxSessionOptions;
  /** Told in bytes of the checkpoint, before and after. */
  onProgress?: (progress: { stage: 'upload'; loaded: number; total: number }) => void;
}

/** How long a run keeps the thread before it lets messages in, such as the one that stops it; ms. */
const UNINTERRUPTED = 50;

/**
 * Set a diffusion checkpoint up in onnxruntime, on the CPU unless told otherwise.
 * @param ort the runtime, see onnx-runtime.ts; given, since it is large and only some pages need it
 * @throws UnmaskError 'argument' for a causal checkpoint, or as `openOnnxSession`
 */
export async function createOnnxDenoiser(
  ort: OnnxRuntime,
  checkpoint: Checkpoint,
  options: OnnxOptions = {},
): Promise<OnnxDenoiser> {
  requireDiffusion(checkpoint.config);
  const { threads, session: sessionOptions, onProgress } = options;
  if (threads !== undefined) ort.env.wasm.numThreads = threads;
  const total = checkpoint.bytes;
  onProgress?.({ stage: 'upload', loaded: 0, total });
  const session = await openOnnxSession(ort, checkpoint, sessionOptions);
  onProgress?.({ stage: 'upload', loaded: total, total });
  return new OnnxDenoiser(ort, session, checkpoint.config);
}

/** A text on its way, and what a pass asks of it. */
interface Text {
  /** Index among the samples of the seed. */
  sample: number;
  tokens: Uint32Array;
  pass: SamplePass;
  /** Which of its passes that is. */
  index: number;
}

/**
 * A masked-diffusion model in onnxruntime. Texts go through it one by one: on a CPU a batch is no faster than its texts one
 * after the other, a text is the same whatever it runs beside, and a run can be stopped between them. A `submit` of its
 * cost is a run of the session.
 */
export class OnnxDenoiser implements Denoiser {
  readonly backend = 'wasm';
  readonly storage = 'f32';
  /** A session answers one call at a time. */
  readonly #turns = new Turns();
  readonly #draw: TokenDraw;
  #destroyed = false;

  constructor(
    private readonly ort: OnnxRuntime,
    private readonly session: Ort.InferenceSession,
    readonly config: ModelConfig,
  ) {
    this.#draw = new TokenDraw(config.vocabulary - 1);
  }

  async logits(
    tokens: Uint32Array,
    { batch, length }: { batch: number; length: number },
    t: Float32Array = new Float32Array(batch).fill(1),
    rows: Uint32Array = Uint32Array.from({ length: batch * length }, (_, i) => i),
  ): Promise<Float32Array> {
    const { vocabulary } = this.config;
    checkTokens(this.config, tokens, { batch, length });
    checkRows(rows, tokens.length);
    const release = await this.#turns.take();
    try {
      const result = new Float32Array(rows.length * vocabulary);
      for (let sample = 0; sample < batch; sample++) {
        const own = [...rows.keys()].filter((i) => Math.floor(rows[i] / length) === sample);
        const positions = own.map((i) => rows[i] % length);
        const text = tokens.subarray(sample * length, (sample + 1) * length);
        const logits = await this.#pass(text, positions, t[sample]);
        own.forEach((i, row) => {
          result.set(logits.subarray(row * vocabulary, (row + 1) * vocabulary), i * vocabulary);
        });
      }
      return result;
    } finally {
      release();
    }
  }

  async *run(plan: Plan, settings: RunSettings): AsyncGenerator<RunStep, RunCost, undefined> {
    for (const { initial } of plan.samples) {
      checkTokens(this.config, initial, { batch: 1, length: plan.length });
    }
    const release = await this.#turns.take();
    try {
      const texts = plan.samples.map(({ initial }) => initial.slice());
      const cost: RunCost = { forwardPasses: plan.forwardPasses, submits: 0, dispatches: 0, milliseconds: 0 };
      const start = performance.now();
      let breath = start;
      for (let pass = 0; pass < plan.forwardPasses; pass++) {
        const steps: RunStep['steps'] = [];
        for (const [k, { sample, passes }] of plan.samples.entries()) {
          if (pass >= passes.length) {
            steps.push(null);
            continue;
          }
          if (performance.now() - breath > UNINTERRUPTED) {
            await new Promise((resolve) => setTimeout(resolve));
            breath = performance.now();
          }
          if (settings.signal?.aborted) throw new UnmaskError('aborted', 'The run was cancelled.');
          const text = { sample, tokens: texts[k], pass: passes[pass], index: pass };
          steps.push(await this.#step(plan, settings, text));
          cost.submits += 1;
        }
        cost.milliseconds = performance.now() - start;
        yield { pass, steps };
      }
      return cost;
    } finally {
      release();
    }
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    // Whoever is at work comes to the end of that first.
    void this.#turns.take().then(async (release) => {
      await this.session.release().catch(() => undefined);
      release();
    });
  }

  /** One pass of a text: what was drawn goes into its tokens. */
  async #step(plan: Plan, settings: RunSettings, text: Text): Promise<TraceStep> {
    const { tokens, pass, sample, index } = text;
    const { temperature, topP, seed } = settings;
    const { vocabulary } = this.config;
    const chooses = plan.sampler === 'confidence';
    const asked = chooses
      ? [...tokens.keys()].filter((position) => tokens[position] === plan.maskId)
      : pass.positions;
    const logits = await this.#pass(tokens, asked, pass.t);
    const final = isFinal(plan, pass);
    const proposals = asked.map((position, row): DrawnToken & { position: number } => {
      const own = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
      const address = { seed, sample, position, draw: chooses ? index : 0 };
      const drawn = final
        ? this.#draw.likeliest(own, temperature)
        : this.#draw.draw(own, temperature, topP, address);
      return { ...drawn, position };
    });
    const taken = chooses
      ? byConfidence(proposals)
          .slice(0, pass.count)
          .map((i) => proposals[i])
          .sort((a, b) => a.position - b.position)
      : proposals;
    for (const { position, token } of taken) tokens[position] = token;
    return {
      step: pass.step,
      t: pass.t,
      positions: taken.map(({ position }) => position),
      tokens: taken.map(({ token }) => token),
      probabilities: taken.map(({ probability }) => probability),
      entropies: taken.map(({ entropy }) => entropy),
    };
  }

  /** Raw logits of chosen positions of one text, [positions, V]. */
  async #pass(tokens: Uint32Array, positions: readonly number[], t: number): Promise<Float32Array> {
    if (this.#destroyed) throw new UnmaskError('unknown-model', `${this.config.name} has been closed.`);
    if (positions.length === 0) return new Float32Array(0);
    const { Tensor } = this.ort;
    const feeds: Record<string, Ort.Tensor> = {
      tokens: new Tensor('int32', Int32Array.from(tokens), [1, tokens.length]),
      rows: new Tensor('int32', Int32Array.from(positions), [positions.length]),
    };
    if (this.config.timeConditioning) feeds['sigma'] = new Tensor('float32', Float32Array.of(sigma(t)), [1]);
    try {
      const { logits } = await this.session.run(feeds);
      return logits.data as Float32Array;
    } catch (error) {
      throw describeFailure(error, `run ${this.config.name}`);
    }
  }
}
