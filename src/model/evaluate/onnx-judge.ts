/** A causal language model as an ONNX file of others, on onnxruntime-web: says how likely texts are. */
import { onnxWords } from '../messages/onnx.ts';
import { Float16Array } from '@petamoriken/float16';
import type * as Ort from 'onnxruntime-web';
import { tokenNll } from '../../gpu/kernels/sample/sample.reference.ts';
import { UnmaskError } from '../errors.ts';
import { onnxJudgeWords as words } from '../messages/evaluate/onnx-judge.ts';
import { describeFailure } from '../onnx/failure.ts';
import type { OnnxRuntime } from '../onnx/session.ts';
import type { JudgeConfig } from './judge-files.ts';

/** Most logits of a run, 64 MB of them; a text that has more is run by itself. */
const MOST_LOGITS = 2 ** 24;
/** Most tokens of a run: it cannot be stopped within, and on a CPU a token of a small GPT-2 takes some milliseconds. */
const MOST_TOKENS = 256;

/** What an export calls keys and values of an earlier pass. */
const PAST = /^past(?:_key_values)?\.(\d+)\.(key|value)$/;

/** The bytes of a judge. */
export interface JudgeBytes {
  graph: Uint8Array;
  /** Files of weights that the graph refers to, by the names that it has for them. */
  externalData?: { path: string; data: Uint8Array }[];
}

/** How and where it runs. */
export type JudgeProviders = NonNullable<Ort.InferenceSession.SessionOptions['executionProviders']>;

/** Inputs of a graph that are known, with their types; graphs whose types onnxruntime does not tell have the usual ones. */
function inputTypes({ inputNames, inputMetadata }: Ort.InferenceSession): Map<string, Ort.Tensor.Type> {
  const types = new Map<string, Ort.Tensor.Type>();
  for (const name of inputNames) {
    const usual = name === 'use_cache_branch' ? 'bool' : PAST.test(name) ? 'float32' : 'int64';
    const told = inputMetadata.find((input) => input.name === name);
    types.set(name, told?.isTensor ? told.type : usual);
  }
  return types;
}

/** A judge that is set up. It answers one call at a time. */
export class OnnxJudge {
  #released = false;

  private constructor(
    private readonly ort: OnnxRuntime,
    private readonly session: Ort.InferenceSession,
    private readonly inputs: ReadonlyMap<string, Ort.Tensor.Type>,
    /** What messages call it. */
    readonly name: string,
    readonly config: JudgeConfig,
  ) {}

  /**
   * Set a judge up.
   * @throws UnmaskError 'file-format' for a graph that is no causal model of a known export; 'out-of-memory', 'network' or
   * 'internal' as `describeFailure`
   */
  static async open(
    ort: OnnxRuntime,
    name: string,
    { graph, externalData }: JudgeBytes,
    config: JudgeConfig,
    executionProviders: JudgeProviders = ['wasm'],
  ): Promise<OnnxJudge> {
    let session: Ort.InferenceSession;
    try {
      session = await ort.InferenceSession.create(graph, {
        // Warnings go to the console, where nobody can do anything about them.
        logSeverityLevel: 3,
        executionProviders,
        ...(externalData ? { externalData } : {}),
      });
    } catch (error) {
      throw describeFailure(error, onnxWords.tasks.setUp(name), words.otherFile);
    }
    const strange = session.inputNames.find(
      (input) =>
        !['input_ids', 'attention_mask', 'position_ids', 'use_cache_branch'].includes(input) &&
        !PAST.test(input),
    );
    const wrong =
      strange !== undefined
        ? words.asksFor(name, JSON.stringify(strange.slice(0, 60)))
        : !session.inputNames.includes('input_ids')
          ? words.noInputIds(name)
          : !session.outputNames.includes('logits')
            ? words.noLogits(name)
            : undefined;
    if (wrong === undefined) return new OnnxJudge(ort, session, inputTypes(session), name, config);
    await session.release().catch(() => undefined);
    throw new UnmaskError('file-format', wrong);
  }

  /** Most tokens that one call of `score` takes, in texts of one length; a longer text is a call by itself. */
  get tokensAtOnce(): number {
    return Math.min(MOST_TOKENS, Math.floor(MOST_LOGITS / this.config.vocabulary));
  }

  /**
   * How likely texts are: -log p(token | those before it), nats, of each token but the first, in float64.
   * @param texts token ids, all of one length L, 2 to `config.length`; `tokensAtOnce` of them, or one text
   * @returns L - 1 for each text
   * @throws UnmaskError 'file-format' where the graph gives something else than logits, or as `describeFailure`
   */
  async score(texts: readonly (readonly number[])[]): Promise<Float64Array[]> {
    if (this.#released) {
      throw new UnmaskError('argument', words.left(this.name));
    }
    const { length } = texts[0];
    const feeds = this.#feeds(texts, length);
    let logits: Ort.Tensor;
    try {
      ({ logits } = await this.session.run(feeds, ['logits']));
    } catch (error) {
      throw describeFailure(error, onnxWords.tasks.run(this.name), words.otherFile);
    } finally {
      for (const tensor of Object.values(feeds)) tensor.dispose();
    }
    try {
      const [batch, rows, size] = logits.dims;
      if (
        logits.dims.length !== 3 ||
        batch !== texts.length ||
        rows !== length ||
        size < this.config.vocabulary
      ) {
        throw new UnmaskError('file-format', words.otherShape(this.name, logits.dims.join(' x ')));
      }
      const values = this.#floats(logits);
      return texts.map((text, b) =>
        Float64Array.from({ length: length - 1 }, (_, i) => {
          const at = (b * length + i) * size;
          const nll = tokenNll(values.subarray(at, at + size), text[i + 1], size);
          if (Number.isFinite(nll)) return nll;
          throw new UnmaskError('file-format', words.noNumbers(this.name));
        }),
      );
    } finally {
      logits.dispose();
    }
  }

  /** Free its memory. */
  async release(): Promise<void> {
    this.#released = true;
    await this.session.release().catch(() => undefined);
  }

  /** Whole texts, with nothing before them. */
  #feeds(texts: readonly (readonly number[])[], length: number): Record<string, Ort.Tensor> {
    const { Tensor } = this.ort;
    const { heads, hidden } = this.config;
    const batch = texts.length;
    const whole = (type: Ort.Tensor.Type, value: (text: number, position: number) => number): Ort.Tensor => {
      const values = texts.flatMap((text, b) => text.map((_, i) => value(b, i)));
      return type === 'int32'
        ? new Tensor('int32', Int32Array.from(values), [batch, length])
        : new Tensor('int64', BigInt64Array.from(values, BigInt), [batch, length]);
    };
    const tensorOf = (name: string, type: Ort.Tensor.Type): Ort.Tensor => {
      if (name === 'input_ids') return whole(type, (b, i) => texts[b][i]);
      if (name === 'attention_mask') return whole(type, () => 1);
      if (name === 'position_ids') return whole(type, (_, i) => i);
      if (name === 'use_cache_branch') return new Tensor('bool', Uint8Array.of(0), [1]);
      const dims = [batch, heads, 0, hidden / heads];
      return type === 'float16'
        ? new Tensor('float16', new Uint16Array(0), dims)
        : new Tensor('float32', new Float32Array(0), dims);
    };
    return Object.fromEntries(Array.from(this.inputs, ([name, type]) => [name, tensorOf(name, type)]));
  }

  /** Values as f32. Where there is no Float16Array, those of f16 come as their bits. */
  #floats({ type, data }: Ort.Tensor): Float32Array {
    if (type === 'float32') return data as Float32Array;
    if (type !== 'float16') throw new UnmaskError('file-format', words.otherType(this.name, type));
    const { buffer, byteOffset, length } = data as Uint16Array<ArrayBuffer>;
    return Float32Array.from(new Float16Array(buffer, byteOffset, length));
  }
}
