/** The autoregressive baseline on onnxruntime-web, with a cache of keys and values. */
import type * as Ort from 'onnxruntime-web';
import { Breath } from '../breath.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { Plan, SamplePlan } from '../diffusion/plan.ts';
import { tokenNll } from '../../gpu/kernels/sample/sample.reference.ts';
import { cancelledWords } from '../messages/cancelled.ts';
import type { OnnxRuntime } from '../onnx/session.ts';
import { checkPlan, checkScored, checkTokens, requireCausal } from './checks.ts';
import type { CausalModel, RunSettings } from './denoiser.ts';
import { OnnxModel, setUp, traceStep, type OnnxOptions, type TextRun } from './onnx-model.ts';

/** Most tokens that are scored in one run of the session: their logits are in memory together, 26 MB for a vocabulary of 50,258. */
const SCORED_AT_ONCE = 128;

/**
 * Set a causal checkpoint up in onnxruntime.
 * @throws UnmaskError 'argument' for a diffusion checkpoint, or as `createOnnxModel`
 */
export async function createOnnxCausal(
  ort: OnnxRuntime,
  checkpoint: Checkpoint,
  options: OnnxOptions = {},
): Promise<OnnxCausal> {
  requireCausal(checkpoint.config);
  const session = await setUp(ort, checkpoint, options, { features: true });
  return new OnnxCausal(ort, session, checkpoint.config);
}

/** What the network keeps of the tokens of a text that it has read. */
interface Cache {
  /** Tokens read so far. */
  length: number;
  /** Keys and values of every block, [1, H, length, D], by the names of the inputs that take them. */
  past: Record<string, Ort.Tensor>;
}

function free(past: Record<string, Ort.Tensor>): void {
  for (const tensor of Object.values(past)) tensor.dispose();
}

/**
 * A causal model in onnxruntime: a run reads what is given in its first pass, and in each later one the token that the last
 * one wrote. All texts of a run have their caches at the same time, 8 bytes x blocks x hidden size for each token.
 */
export class OnnxCausal extends OnnxModel implements CausalModel {
  async score(
    tokens: Uint32Array,
    { batch, length }: { batch: number; length: number },
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    checkScored(this.config, tokens, { batch, length });
    const release = await this.takeTurn();
    try {
      const breath = new Breath(cancelledWords.scoring, signal);
      const result = new Float32Array(batch * (length - 1));
      for (let sample = 0; sample < batch; sample++) {
        const text = tokens.subarray(sample * length, (sample + 1) * length);
        result.set(await this.#scoreText(text, breath), sample * (length - 1));
      }
      return result;
    } finally {
      release();
    }
  }

  async features(
    tokens: Uint32Array,
    { batch, length }: { batch: number; length: number },
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const { hidden } = this.config;
    checkTokens(this.config, tokens, { batch, length });
    const release = await this.takeTurn();
    try {
      const breath = new Breath(cancelledWords.reading, signal);
      const result = new Float32Array(batch * hidden);
      const { past } = this.#emptyCache();
      for (let sample = 0; sample < batch; sample++) {
        await breath.take();
        const text = tokens.subarray(sample * length, (sample + 1) * length);
        const { features } = await this.infer(text, [length - 1], past, ['features']);
        result.set(features.data as Float32Array, sample * hidden);
      }
      return result;
    } finally {
      release();
    }
  }

  protected override checkPlan(plan: Plan): void {
    checkPlan(this.config, plan);
    super.checkPlan(plan);
  }

  protected override begin(
    _plan: Plan,
    { sample, initial }: SamplePlan,
    { temperature, topP, seed }: RunSettings,
  ): TextRun {
    const tokens = initial.slice();
    const cache = this.#emptyCache();
    return {
      step: async (pass) => {
        const [position] = pass.positions;
        // Its law is what follows the token before it.
        const unread = tokens.subarray(cache.length, position);
        const logits = await this.#read(cache, unread, [unread.length - 1]);
        const drawn = this.draw.draw(logits, temperature, topP, { seed, sample, position });
        tokens[position] = drawn.token;
        return traceStep(pass, [{ ...drawn, position }]);
      },
      end: () => {
        free(cache.past);
      },
    };
  }

  protected override inputs(): Record<string, Ort.Tensor> {
    return this.#emptyCache().past;
  }

  /** -log p of every token of a text but the first. */
  async #scoreText(text: Uint32Array, breath: Breath): Promise<Float32Array> {
    const { vocabulary } = this.config;
    const nll = new Float32Array(text.length - 1);
    const cache = this.#emptyCache();
    try {
      while (cache.length < nll.length) {
        await breath.take();
        const from = cache.length;
        const part = text.subarray(from, Math.min(from + SCORED_AT_ONCE, nll.length));
        const logits = await this.#read(cache, part, [...part.keys()]);
        for (const row of part.keys()) {
          const law = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
          nll[from + row] = tokenNll(law, text[from + row + 1], vocabulary - 1);
        }
      }
      return nll;
    } finally {
      free(cache.past);
    }
  }

  #emptyCache(): Cache {
    const { blocks, heads, hidden } = this.config;
    const nothing = new this.ort.Tensor('float32', new Float32Array(0), [1, heads, 0, hidden / heads]);
    const names = Array.from({ length: blocks }, (_, i) => [`past.${i}.key`, `past.${i}.value`]).flat();
    return { length: 0, past: Object.fromEntries(names.map((name) => [name, nothing])) };
  }

  /** Raw logits of rows of the tokens that come next, [rows, V]; the cache has these tokens then. */
  async #read(cache: Cache, tokens: Uint32Array, rows: readonly number[]): Promise<Float32Array> {
    const before = cache.past;
    const names = Object.keys(before);
    const present = (name: string): string => name.replace('past', 'present');
    const outputs = await this.infer(tokens, rows, before, ['logits', ...names.map(present)]);
    cache.past = Object.fromEntries(names.map((name) => [name, outputs[present(name)]]));
    cache.length += tokens.length;
    free(before);
    return outputs['logits'].data as Float32Array;
  }
}
