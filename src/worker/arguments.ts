/** Checks what callers pass in; every refusal names the field and what it may hold. */
import { argumentWords } from '../model/messages/arguments.ts';
import { choice, integer, LARGEST_SEED, number, refuse, show } from '../model/arguments.ts';
import { checkHead } from '../model/backend/checks.ts';
import type { HeadAddress } from '../model/backend/denoiser.ts';
import type { ModelConfig } from '../model/checkpoint/config.ts';
import { MAX_STEPS } from '../model/diffusion/plan.ts';
import type { Tokenizer } from '../model/tokenizer/tokenizer.ts';
import type { DiffusionSampler, Sampler } from '../trace/trace.ts';
import { checkFrom, type CheckedFrom } from './from.ts';
import { BENCHMARK_ENGINES, type BenchmarkEngine, type BenchmarkOptions } from './benchmark/result.ts';
import { requestWords as words } from './messages/arguments.ts';
import type {
  AttentionOptions,
  Backend,
  InspectOptions,
  LogitsOptions,
  OpenSource,
  SampleOptions,
  ScoreOptions,
  Storage,
} from './protocol.ts';

/** Most texts of one request: their traces have to fit in a message. */
const MAX_COUNT = 4096;
export { integer, LARGEST_SEED, refuse, show };

/** `backend` of any request; undefined leaves the choice to the engine. */
export function checkBackend(backend: unknown): Backend | undefined {
  if (backend === undefined || backend === 'webgpu' || backend === 'wasm') return backend;
  throw refuse(words.backend(show(backend)));
}

/** `precision` of an export (default f32). */
export function checkPrecision(precision: unknown = 'f32'): 'f32' | 'f16' {
  return choice('precision', precision, ['f32', 'f16']);
}

/** `text` of any request. */
export function checkText(text: unknown): string {
  if (typeof text === 'string') return text;
  throw refuse(words.text('text', show(text)));
}

/** `model` of any request. */
export function checkModel(model: unknown): string {
  if (typeof model === 'string' && model !== '') return model;
  throw refuse(words.model(show(model)));
}

function checkSampler(sampler: unknown): DiffusionSampler {
  switch (sampler) {
    case 'ancestral':
    case 'analytic':
      return 'ancestral';
    case 'first-hitting':
    case 'confidence':
      return sampler;
    default:
      throw refuse(words.sampler(show(sampler)));
  }
}

/** A causal model has one way to write; the other models have theirs. */
function samplerOf(sampler: unknown, { kind, name }: ModelConfig): Sampler {
  if (kind === 'diffusion') {
    if (sampler !== 'autoregressive') return checkSampler(sampler ?? 'ancestral');
    throw refuse(words.samplerOfDiffusion(name));
  }
  if (sampler === undefined || sampler === 'autoregressive') return 'autoregressive';
  throw refuse(words.samplerOfCausal(show(sampler), name));
}

/** What shapes the law of a token. @throws UnmaskError 'argument' */
export function checkLaw(temperature: unknown, topP: unknown): void {
  number('temperature', temperature, (value) => value > 0, argumentWords.ranges.positive);
  number('topP', topP, (value) => value > 0 && value <= 1, argumentWords.ranges.positiveTo(1));
}

/** `sample` options with defaults filled in and text turned into tokens. */
export interface CheckedSample {
  length: number;
  steps: number;
  sampler: Sampler;
  seed: number;
  temperature: number;
  topP: number;
  count: number;
  /** Index of the first text among those of the seed (default 0). */
  firstSample?: number;
  bos?: number;
  prompt: number[];
  pinned: Record<number, number>;
  /** Where the run begins, if in the middle: then there is no prompt, and nothing pinned. */
  from?: CheckedFrom;
}

function encodePrompt(prompt: unknown, tokenizer: Tokenizer | undefined): number[] {
  if (prompt === undefined || prompt === '') return [];
  if (typeof prompt !== 'string') throw refuse(words.text('prompt', show(prompt)));
  if (!tokenizer) throw refuse(words.promptWithoutTokenizer);
  return tokenizer.encode(prompt);
}

function pinnedToken(position: string, value: unknown, tokenizer: Tokenizer | undefined): number {
  const field = `pinned[${position}]`;
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') throw refuse(words.pinnedToken(field, show(value)));
  if (!tokenizer) throw refuse(words.pinnedWithoutTokenizer(field));
  const ids = tokenizer.encode(value);
  if (ids.length === 1) return ids[0];
  const pieces = ids.map((id) => JSON.stringify(tokenizer.piece(id)));
  throw refuse(ids.length === 0 ? words.pinnedEmpty(field) : words.pinnedSeveral(field, show(value), pieces));
}

/**
 * Check the options of `sample` against a model.
 * @throws UnmaskError 'argument'
 */
export function checkSample(
  o: SampleOptions,
  config: ModelConfig,
  tokenizer: Tokenizer | undefined,
): CheckedSample {
  const { temperature = 1, topP = 1, bos = true, pinned = {} } = o;
  const sampler = samplerOf(o.sampler, config);
  const from = checkFrom(o, config);
  const length = integer('length', o.length ?? from?.tokens.length ?? 32, 1, config.length);
  const steps = integer('steps', o.steps ?? 8, 1, MAX_STEPS);
  const seed = integer('seed', o.seed ?? 0, 0, LARGEST_SEED);
  const count = integer('count', o.count ?? 1, 1, MAX_COUNT);
  checkLaw(temperature, topP);
  if (typeof bos !== 'boolean') throw refuse(words.bos(show(bos)));
  // A caller in plain JavaScript may pass anything.
  const pins: unknown = pinned;
  if (typeof pins !== 'object' || pins === null || Array.isArray(pins)) {
    throw refuse(words.pinned(show(pins)));
  }
  // Of a run that is taken up it is known by its place.
  const begins = bos && tokenizer?.bos !== undefined && (!from || from.tokens[0] === tokenizer.bos);
  return {
    ...{ length, steps, sampler, seed, temperature, topP, count },
    ...(begins ? { bos: tokenizer.bos } : {}),
    ...(from ? { from: { ...(begins ? { given: [0] } : {}), ...from }, firstSample: from.sample } : {}),
    prompt: encodePrompt(o.prompt, tokenizer),
    pinned: Object.fromEntries(
      Object.entries(pins).map(([position, value]) => [position, pinnedToken(position, value, tokenizer)]),
    ),
  };
}

/** Texts of a field: at least one. */
function checkTexts(field: string, texts: unknown): unknown[][] {
  if (Array.isArray(texts) && texts.length > 0 && texts.every(Array.isArray)) return texts as unknown[][];
  throw refuse(words.texts(field));
}

/**
 * Texts of equal length.
 * @param last largest id
 * @returns the ids, B x L row-major
 * @throws UnmaskError 'argument' naming the field
 */
export function checkIds(
  field: string,
  texts: unknown,
  longest: number,
  last: number,
): { tokens: Uint32Array; batch: number; length: number } {
  const rows = checkTexts(field, texts);
  const length = integer(words.lengthOf(`${field}[0]`), rows[0].length, 1, longest);
  rows.forEach((row, b) => {
    if (row.length !== length) throw refuse(words.lengths(field, b, row.length, length));
    row.forEach((id, i) => integer(`${field}[${b}][${i}]`, id, 0, last));
  });
  return { tokens: Uint32Array.from((rows as number[][]).flat()), batch: rows.length, length };
}

/** `t` of requests that take several texts. */
export function checkTimes(times: unknown, batch: number): number[] {
  const inRange = (t: unknown): boolean => typeof t === 'number' && t > 0 && t <= 1;
  if (Array.isArray(times) && times.length === batch && times.every(inRange)) return times as number[];
  throw refuse(words.times(batch));
}

/**
 * Check the options of `logits` against a model.
 * @returns tokens B x L row-major, and the times
 * @throws UnmaskError 'argument'
 */
export function checkLogits(
  o: LogitsOptions,
  config: ModelConfig,
): { tokens: Uint32Array; batch: number; length: number; t?: Float32Array } {
  const texts = checkIds('tokens', o.tokens, config.length, config.vocabulary - 1);
  return o.t === undefined ? texts : { ...texts, t: Float32Array.from(checkTimes(o.t, texts.batch)) };
}

/**
 * Check the options of `score` against a model.
 * @returns the texts
 * @throws UnmaskError 'argument'
 */
export function checkScore(o: ScoreOptions, config: ModelConfig): number[][] {
  checkCausal('model', o.model, config);
  const texts = checkTexts('tokens', o.tokens);
  integer(words.numberOfTexts, texts.length, 1, MAX_COUNT);
  texts.forEach((ids, b) => {
    integer(words.lengthOf(`tokens[${b}]`), ids.length, 2, config.length);
    ids.forEach((id, i) => integer(`tokens[${b}][${i}]`, id, 0, config.vocabulary - 2));
  });
  return texts as number[][];
}

/** Only a causal model says how likely a text is. @throws UnmaskError 'argument' naming the field */
export function checkCausal(field: string, id: string, { kind }: ModelConfig): void {
  if (kind === 'causal') return;
  throw refuse(words.causal(field, show(id)));
}

/** `inspect` options with defaults filled in. */
export interface CheckedInspect {
  tokens: Uint32Array;
  positions: number[];
  drawn?: number[];
  t: Float32Array;
  temperature: number;
  topP: number;
  top: number;
}

/**
 * Check the options of `inspect` against a model.
 * @throws UnmaskError 'argument'
 */
export function checkInspect(o: InspectOptions, config: ModelConfig): CheckedInspect {
  const { temperature = 1, topP = 1 } = o;
  checkDiffusion(o.model, config, words.done.lookedInto);
  const { tokens, length, t } = checkLogits({ ...o, tokens: [o.tokens], t: [o.t ?? 1] }, config);
  checkLaw(temperature, topP);
  const maskId = config.vocabulary - 1;
  const given: unknown = o.positions;
  if (!Array.isArray(given) || given.length === 0) {
    throw refuse(words.positions(show(given)));
  }
  const positions = given.map((position: unknown, i) => {
    const slot = integer(`positions[${i}]`, position, 0, length - 1);
    if (tokens[slot] !== maskId) throw refuse(words.notMasked(i, slot));
    const first = given.indexOf(position);
    if (first === i) return slot;
    throw refuse(words.slotTwice(i, slot, first));
  });
  const interest: unknown = o.drawn;
  if (interest !== undefined && (!Array.isArray(interest) || interest.length !== positions.length)) {
    throw refuse(words.drawn(positions.length));
  }
  return {
    ...{ tokens, positions, temperature, topP },
    t: t ?? Float32Array.of(1),
    top: integer('top', o.top ?? 10, 1, 100),
    ...(interest === undefined
      ? {}
      : { drawn: interest.map((id, i) => integer(`drawn[${i}]`, id, 0, maskId - 1)) }),
  };
}

/**
 * Check the options of `attention` against a model.
 * @throws UnmaskError 'argument'
 */
export function checkAttention(
  o: AttentionOptions,
  config: ModelConfig,
): { tokens: Uint32Array; t: number; at: HeadAddress } {
  const { layer, head, t = 1 } = o;
  const text: unknown = o.tokens;
  if (!Array.isArray(text)) throw refuse(words.oneText(show(text)));
  integer(words.lengthOf('tokens'), text.length, 1, config.length);
  const tokens = Uint32Array.from(text, (id, i) => integer(`tokens[${i}]`, id, 0, config.vocabulary - 1));
  number('t', t, (time) => time > 0 && time <= 1, argumentWords.ranges.positiveTo(1));
  checkHead(config, { layer, head });
  return { tokens, t, at: { layer, head } };
}

/** Whether it is a shard as `open` takes it. */
function isPart(part: unknown): boolean {
  if (part instanceof Blob) return true;
  const { name, blob } = (part ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && blob instanceof Blob;
}

/** `storage` of `open`: how weights lie on the GPU. */
export function checkStorage(storage: unknown): Storage | undefined {
  if (storage === undefined) return undefined;
  return choice<Storage>('storage', storage, ['file', 'f16', 'f32']);
}

/** Check the files or addresses that `open` is given, before anything is fetched. */
export function checkSource(source: OpenSource): OpenSource {
  const given: unknown = source;
  if (typeof given !== 'object' || given === null) throw refuse(words.source);
  const { config, weights, index, storage, tokenizer } = given as Record<string, unknown>;
  if (typeof config !== 'object' || config === null) throw refuse(words.config(show(config)));
  if (Array.isArray(weights)) {
    if (weights.length === 0 || !weights.every(isPart)) throw refuse(words.shards);
  } else if (!(weights instanceof Blob) && typeof weights !== 'string') {
    throw refuse(words.weights(show(weights)));
  }
  if (index !== undefined && (typeof index !== 'object' || index === null)) {
    throw refuse(words.index(show(index)));
  }
  checkStorage(storage);
  if (
    tokenizer !== undefined &&
    typeof tokenizer !== 'string' &&
    (typeof tokenizer !== 'object' || tokenizer === null)
  ) {
    throw refuse(words.tokenizer(show(tokenizer)));
  }
  return given as OpenSource;
}

const MOST_ROUNDS = 1000;
const MOST_SECONDS = 3600;

/** `benchmark` options with defaults filled in. */
export function checkBenchmark(options: BenchmarkOptions): Required<BenchmarkOptions> {
  const { model = 'student', lengths = [32, 128], rounds = 20, seconds = 20, engines } = options;
  if (!Array.isArray(lengths) || lengths.length === 0) {
    throw refuse(words.benchmarkLengths(show(lengths)));
  }
  const fits = (value: number): boolean => value > 0 && value <= MOST_SECONDS;
  number('seconds', seconds, fits, argumentWords.ranges.positiveTo(MOST_SECONDS));
  const known: readonly unknown[] = BENCHMARK_ENGINES;
  const asked: BenchmarkEngine[] = engines ?? [...BENCHMARK_ENGINES];
  if (!Array.isArray(asked) || asked.length === 0 || !asked.every((engine) => known.includes(engine))) {
    throw refuse(words.engines(show(engines), BENCHMARK_ENGINES));
  }
  return {
    model: checkModel(model),
    lengths,
    rounds: integer('rounds', rounds, 1, MOST_ROUNDS),
    seconds,
    engines: asked,
  };
}

/** `lengths` of the benchmark: texts that a diffusion model takes. */
export function checkLengths(lengths: readonly number[], config: ModelConfig): void {
  checkDiffusion(config.name, config, words.done.measured);
  for (const [i, length] of lengths.entries()) integer(`lengths[${i}]`, length, 1, config.length);
}

/** @param done what is done with diffusion models only, as the message ends. @throws UnmaskError 'argument' for a causal model */
export function checkDiffusion(id: string, { kind }: ModelConfig, done: string): void {
  if (kind === 'causal') throw refuse(words.diffusion(id, done));
}
