/** What models in onnxruntime share, diffusion and causal: how they are set up, asked, and led through a run. */
import type * as Ort from 'onnxruntime-web';
import type { TraceStep } from '../../trace/trace.ts';
import { attentionWeights } from '../../gpu/kernels/attention-weights/attention-weights.reference.ts';
import { Breath } from '../breath.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { TokenDraw, type DrawnToken } from '../diffusion/draw.ts';
import type { Plan, SamplePass, SamplePlan } from '../diffusion/plan.ts';
import { UnmaskError } from '../errors.ts';
import { backendWords } from '../messages/backend.ts';
import { cancelledWords } from '../messages/cancelled.ts';
import { onnxWords } from '../messages/onnx.ts';
import { describeFailure } from '../onnx/failure.ts';
import { attentionOutputs, type GraphOutputs } from '../onnx/network.ts';
import { openOnnxSession, type OnnxRuntime, type OnnxSessionOptions } from '../onnx/session.ts';
import { checkHead, checkRows, checkTokens } from './checks.ts';
import type { Denoiser, HeadAddress, RunCost, RunSettings, RunStep } from './denoiser.ts';
import { Turns } from './turns.ts';

/** What can be chosen when a model is set up. */
export interface OnnxOptions {
  /**
   * Threads of WebAssembly (default: as `ort.env` has it). Counts only before onnxruntime makes its first session, and
   * more than one needs `crossOriginIsolated`.
   */
  threads?: number;
  /** How the session is made (default: on the CPU); it computes in f32. */
  session?: Omit<OnnxSessionOptions, 'precision'>;
  /** Told in bytes of the checkpoint, before and after. */
  onProgress?: (progress: { stage: 'upload'; loaded: number; total: number }) => void;
}

/**
 * Make a model's session.
 * @param outputs what is wanted besides logits and attention, unless the options leave it out
 * @throws UnmaskError as `openOnnxSession`
 */
export async function setUp(
  ort: OnnxRuntime,
  checkpoint: Checkpoint,
  { threads, session: sessionOptions, onProgress }: OnnxOptions,
  outputs: GraphOutputs = {},
): Promise<Ort.InferenceSession> {
  if (threads !== undefined) ort.env.wasm.numThreads = threads;
  const total = checkpoint.bytes;
  onProgress?.({ stage: 'upload', loaded: 0, total });
  const session = await openOnnxSession(ort, checkpoint, {
    ...sessionOptions,
    outputs: { attention: true, ...outputs, ...sessionOptions?.outputs },
  });
  onProgress?.({ stage: 'upload', loaded: total, total });
  return session;
}

/** A text on its way through a run. */
export interface TextRun {
  /** Take the next pass, the one of this index: what is drawn goes into the text. */
  step(pass: SamplePass, index: number): Promise<TraceStep>;
  /** Free what is kept between passes. */
  end(): void;
}

/** A pass of a text in the words of a trace. */
export function traceStep(
  { step, t }: SamplePass,
  drawn: readonly (DrawnToken & { position: number })[],
): TraceStep {
  return {
    step,
    t,
    positions: drawn.map(({ position }) => position),
    tokens: drawn.map(({ token }) => token),
    probabilities: drawn.map(({ probability }) => probability),
    entropies: drawn.map(({ entropy }) => entropy),
  };
}

/**
 * A model in onnxruntime. Texts go through it one by one: a text is the same whatever it runs beside, and a run can be
 * stopped between them. A `submit` of its cost is a run of the session.
 */
export abstract class OnnxModel implements Denoiser {
  readonly backend = 'wasm';
  readonly storage = 'f32';
  protected readonly draw: TokenDraw;
  /** A session answers one call at a time. */
  readonly #turns = new Turns();
  #destroyed = false;

  constructor(
    protected readonly ort: OnnxRuntime,
    private readonly session: Ort.InferenceSession,
    readonly config: ModelConfig,
  ) {
    this.draw = new TokenDraw(config.vocabulary - 1);
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
    const release = await this.takeTurn();
    try {
      const result = new Float32Array(rows.length * vocabulary);
      for (let sample = 0; sample < batch; sample++) {
        const own = [...rows.keys()].filter((i) => Math.floor(rows[i] / length) === sample);
        if (own.length === 0) continue;
        const positions = own.map((i) => rows[i] % length);
        const text = tokens.subarray(sample * length, (sample + 1) * length);
        const logits = await this.textLogits(text, positions, t[sample]);
        own.forEach((i, row) => {
          result.set(logits.subarray(row * vocabulary, (row + 1) * vocabulary), i * vocabulary);
        });
      }
      return result;
    } finally {
      release();
    }
  }

  /** All of the network runs, with the head for one row: a session for a part of it would hold its weights once more. */
  async attention(tokens: Uint32Array, at: HeadAddress, t = 1): Promise<Float32Array> {
    const { hidden, heads, kind } = this.config;
    const { length } = tokens;
    checkTokens(this.config, tokens, { batch: 1, length });
    checkHead(this.config, at);
    const size = hidden / heads;
    const names = attentionOutputs(at.layer);
    const release = await this.takeTurn();
    try {
      const outputs = await this.infer(tokens, [0], this.inputs(t), Object.values(names));
      // The head by itself, in the layout that attention has: [L, 3, 1, size].
      const qkv = new Float32Array(3 * length * size);
      [names.query, names.key].forEach((name, part) => {
        const all = outputs[name].data as Float32Array;
        for (let row = 0; row < length; row++) {
          const from = row * hidden + at.head * size;
          qkv.set(all.subarray(from, from + size), (3 * row + part) * size);
        }
      });
      const shape = { length, heads: 1, size, causal: kind === 'causal' };
      return Float32Array.from(attentionWeights(qkv, shape, 0));
    } finally {
      release();
    }
  }

  async *run(plan: Plan, settings: RunSettings): AsyncGenerator<RunStep, RunCost, undefined> {
    this.checkPlan(plan);
    const release = await this.takeTurn();
    const texts = plan.samples.map((sample) => this.begin(plan, sample, settings));
    try {
      const cost: RunCost = { forwardPasses: plan.forwardPasses, submits: 0, dispatches: 0, milliseconds: 0 };
      const start = performance.now();
      const breath = new Breath(cancelledWords.run, settings.signal);
      for (let pass = 0; pass < plan.forwardPasses; pass++) {
        const steps: RunStep['steps'] = [];
        for (const [k, { passes }] of plan.samples.entries()) {
          if (pass >= passes.length) {
            steps.push(null);
            continue;
          }
          await breath.take();
          steps.push(await texts[k].step(passes[pass], pass));
          cost.submits += 1;
        }
        cost.milliseconds = performance.now() - start;
        yield { pass, steps };
      }
      return cost;
    } finally {
      for (const text of texts) text.end();
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

  /** Raw logits of chosen positions of one text, at least one: [positions, V]. */
  protected async textLogits(
    tokens: Uint32Array,
    positions: readonly number[],
    t: number,
  ): Promise<Float32Array> {
    const { logits } = await this.infer(tokens, positions, this.inputs(t), ['logits']);
    return logits.data as Float32Array;
  }

  /** What the session takes besides tokens and rows, for a pass over a whole text at time t. */
  protected abstract inputs(t: number): Record<string, Ort.Tensor>;

  /** Begin the run of one text. */
  protected abstract begin(plan: Plan, sample: SamplePlan, settings: RunSettings): TextRun;

  /** @throws UnmaskError 'argument' for a plan that this model does not run */
  protected checkPlan({ samples, length }: Plan): void {
    for (const { initial } of samples) checkTokens(this.config, initial, { batch: 1, length });
  }

  /** Wait for those before; as `Turns.take`. @throws UnmaskError 'unknown-model' once the model is closed */
  protected async takeTurn(): Promise<() => void> {
    const release = await this.#turns.take();
    if (!this.#destroyed) return release;
    release();
    throw this.#closed();
  }

  /**
   * Run the session on tokens of one text.
   * @param rows which of these tokens to compute the head for
   * @param more further inputs, see `buildNetwork`
   * @param outputs names of what is wanted
   */
  protected async infer<Name extends string>(
    tokens: Uint32Array,
    rows: readonly number[],
    more: Readonly<Record<string, Ort.Tensor>>,
    outputs: readonly Name[],
  ): Promise<Record<Name, Ort.Tensor>> {
    if (this.#destroyed) throw this.#closed();
    const { Tensor } = this.ort;
    const feeds = {
      ...more,
      tokens: new Tensor('int32', Int32Array.from(tokens), [1, tokens.length]),
      rows: new Tensor('int32', Int32Array.from(rows), [rows.length]),
    };
    try {
      return (await this.session.run(feeds, outputs)) as Record<Name, Ort.Tensor>;
    } catch (error) {
      throw describeFailure(error, onnxWords.tasks.run(this.config.name));
    }
  }

  #closed(): UnmaskError {
    return new UnmaskError('unknown-model', backendWords.closed(this.config.name));
  }
}
