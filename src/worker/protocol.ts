/**
 * What page and worker say to each other: one union of requests, one of events. Every request is answered by exactly
 * one `result` or `failure` with its id; `progress`, `plan`, `step`, `check`, `benchmark`, `latency`, `race`, `lane`, `distill` and `evaluate` may come before. Nothing here runs.
 */
import type { CheckResult } from '../gpu/checks/check.ts';
import type { NamedBlob } from '../model/checkpoint/shards.ts';
import type { ErrorCode } from '../model/errors.ts';
import type { Sampler, TraceStep } from '../trace/trace.ts';
import type { BenchmarkOptions, BenchmarkProgress, BenchmarkResult } from './benchmark/result.ts';
import type {
  HubOpen,
  HubSource,
  ModelPreflight,
  StoreRemoval,
  Storage,
  StoreState,
  VerifyReport,
} from './checkpoints/result.ts';
import type {
  DistillOptions,
  DistillProgress,
  DistillRunOptions,
  DistillState,
  ExportedModel,
  FloorReport,
  GradientOptions,
  GradientResult,
  SavedRun,
  TrainOptions,
  TrainResult,
} from './distill/result.ts';
import type {
  BoundOptions,
  BoundResult,
  EvaluateOptions,
  EvaluateProgress,
  Evaluation,
  HubJudge,
  JudgePreflight,
  KeptEvaluations,
  LastWordOptions,
  LastWordResult,
  MauveOptions,
  MauveResult,
} from './evaluate/result.ts';
import type { LatencyOptions, LatencyProgress, LatencyResult, Preflight } from './latency/result.ts';
import type {
  AttentionOptions,
  AttentionResult,
  LensOptions,
  LensResult,
  PairOptions,
  PairResult,
} from './look-call.ts';
import type { LaneResult, RaceOptions, RaceProgress } from './race/result.ts';
import type { Backend, SampleOptions, SampleResult, SampleStart } from './sample-call.ts';

export type { AttentionOptions, AttentionResult, LensOptions, LensResult, PairOptions, PairResult };
export type { Backend, CheckResult, NamedBlob, SampleOptions, SampleResult, SampleStart, Storage };

/** The backend that computes, and the adapter that it stands on. */
export interface ReadyInfo {
  backend: Backend;
  /** One line for a person, such as "apple metal-3", or "CPU, 2 threads". */
  adapter: string;
  /** True where a CPU plays GPU: WGSL runs, but slowly, and its times say nothing about GPUs. */
  software: boolean;
  /** Why it is not WebGPU, in a sentence with its remedy; absent where it is, or where the visitor chose. */
  why?: string;
}

/** A model that can be asked for, loaded or not. */
export interface ModelInfo {
  id: string;
  kind: 'teacher' | 'student' | 'causal';
  /** V, mask included. */
  vocabulary: number;
  /** Longest text, in tokens. */
  length: number;
  /** Steps a student was distilled for. */
  nativeSteps?: number;
  /** `distilled`: the student of a round that was run here, or a model that was trained here. */
  origin: 'bundled' | 'hub' | 'file' | 'distilled';
  title: string;
  /** Of a model of a hub: where it is there. */
  hub?: { repo: string; revision: string };
  /** Of a student that was distilled here: id of the teacher of the first round. */
  teacher?: string;
  /** Bytes to fetch, or of the weights file. */
  bytes: number;
}

/** What the slots of a model may show. */
export interface Vocabulary {
  /** Text of every token by id, leading space included; undefined where the model came without a tokenizer. */
  pieces?: Readonly<Record<number, string>>;
  maskId: number;
  bos?: number;
  eos?: number;
}

/** A checkpoint from outside. */
export interface OpenSource {
  /** config.json of the released code, parsed. */
  config: object;
  /** A safetensors file, or its URL: same-origin or https; or all shards of one model. */
  weights: Blob | string | (Blob | NamedBlob)[];
  /** model.safetensors.index.json of shards, parsed; without it, what the shards say of themselves has to do. */
  index?: object;
  /** tokenizer.json parsed, as JSON text, or its URL. Without one, text is the ids. */
  tokenizer?: object | string;
  storage?: Storage;
  /** What messages call the weights (default: the end of their URL, or model.safetensors). */
  file?: string;
}

export interface LogitsOptions {
  model: string;
  /** B texts of equal length L; ids 0..V - 1, the mask is V - 1. */
  tokens: number[][];
  /** B times in (0, 1], read only by models with time conditioning (default 1). */
  t?: number[];
  backend?: Backend;
}

/** Raw logits, before SUBS. */
export interface LogitsResult {
  /** [B, L, V] */
  shape: [number, number, number];
  data: Float32Array<ArrayBuffer>;
}

export interface InspectOptions {
  model: string;
  /** One text x_t: ids 0..V - 1, masked slots hold V - 1. */
  tokens: number[];
  /** 0-based slots to look at; each must be masked. */
  positions: number[];
  /** Time in (0, 1], read only by models with time conditioning (default 1). */
  t?: number;
  temperature?: number;
  topP?: number;
  /** A token of interest for each position, whose rank is wanted: the one that a run drew. */
  drawn?: number[];
  /** Candidates of each position, 1..100 (default 10). */
  top?: number;
  backend?: Backend;
}

export interface ScoreOptions {
  /** A causal model. */
  model: string;
  /** Texts of at least 2 real token ids; they are scored as they are: nothing is put before them, nothing ends them. */
  tokens: number[][];
  backend?: Backend;
}

/** How likely texts are under a causal model, of tokens 2 to L of each. */
export interface ScoreResult {
  /** Mean over the tokens of a text of -log p(token | those before), nats; one for each text. */
  nll: Float32Array<ArrayBuffer>;
  /** exp of the mean of `nll`. */
  perplexity: number;
  /** Mean over texts of the entropy of a text's own frequencies of tokens, nats: low where a text repeats itself. */
  entropy: number;
}

/** How far two engines agree on one x_t. */
export interface CrossCheck {
  model: string;
  /** Tokens of the x_t, and how many of them are masked. */
  length: number;
  masked: number;
  /** Largest difference between logits. */
  logits: number;
  /** Draws from either engine's logits with the same noise, and how many of them are equal. */
  draws: number;
  equal: number;
}

/** What the model held possible in one masked slot. */
export interface Candidates {
  position: number;
  /** Entropy of the law, nats: after temperature and top-p, over real tokens only. */
  entropy: number;
  /** The most probable tokens, likeliest first; those that top-p cuts off are left out. */
  candidates: { token: number; probability: number }[];
  /**
   * The token of interest. Its rank counts from 1 among all real tokens by probability before top-p, ties by token id;
   * one that top-p cuts off has probability 0.
   */
  drawn?: { token: number; probability: number; rank: number };
}

/** The device as it was opened: what a report of a fault should say. */
export interface DeviceReport {
  /** One line for a person, such as "apple metal-3". */
  adapter: string;
  vendor: string;
  architecture: string;
  /** True where a CPU plays GPU. */
  software: boolean;
  /** Features that were asked for and are there. */
  features: string[];
  /** The device's limits that decide what runs and how large it may be. */
  limits: Record<string, number>;
  /** GEMM variants that were measured to be the best here, in words, by problem: "rows x columns x inner storage". */
  tuning: Record<string, string>;
  /** Bytes now in use on the GPU, by owner; without what the checks took. */
  memory: { owner: string; bytes: number }[];
}

/** Each kernel against its CPU reference, on this device. */
export interface SelfTestResult {
  /** In the order in which they were run. */
  checks: CheckResult[];
  device: DeviceReport;
}

/** A step in which something will unmask: how much is known before the run, for every sampler. */
export interface PlannedPass {
  step: number;
  t: number;
  /** Tokens that will come. */
  count: number;
}

/** The plan of a run, known before its first pass. */
export interface PlanEvent {
  model: string;
  sampler: Sampler;
  steps: number;
  seed: number;
  temperature: number;
  topP: number;
  maskId: number;
  /** The nominal step after which it begins, where it begins in the middle. */
  from?: number;
  samples: { sample: number; initial: number[]; passes: PlannedPass[] }[];
}

/** One pass of a run: for each of its samples the step it took, or null once it is finished. */
export interface StepEvent {
  /** Index of the first sample of the batch. */
  firstSample: number;
  pass: number;
  steps: (TraceStep | null)[];
}

/**
 * How far the opening of a model is, in bytes: of its files fetched, of its weights hashed (in one go), of weights moved to
 * the GPU as the file has them, of WGSL compiled. Each stage that takes place is reported at its beginning and, with all of
 * `total`, at its end.
 */
export interface LoadProgress {
  model: string;
  stage: 'fetch' | 'verify' | 'upload' | 'compile';
  /** Never more than `total`. */
  loaded: number;
  /** Grows where it is not known beforehand: while kernels are asked for, and where a host does not tell a file's size. */
  total: number;
}

/** Every request with its answer. */
export interface Calls {
  ready: { options: Record<string, never>; result: ReadyInfo };
  models: { options: Record<string, never>; result: ModelInfo[] };
  /** Fetch and set up a model, so that the next request finds it ready. */
  load: { options: { model: string }; result: ModelInfo };
  vocabulary: { options: { model: string }; result: Vocabulary };
  /** Open a checkpoint: files, addresses, or a model of a hub, which is fetched into the store first unless it is there. */
  open: { options: OpenSource | HubOpen; result: string };
  /** What opening it would take here; fetches no weights but their header. */
  preflight: { options: OpenSource | HubSource; result: ModelPreflight };
  /** Fetch a model of a hub into the store, or go on where that broke off; other calls are answered meanwhile. */
  fetchModel: { options: HubOpen; result: ModelInfo };
  storeState: { options: Record<string, never>; result: StoreState };
  /** Read all bytes of a stored model and compare them with what was written. */
  storeVerify: { options: { model: string }; result: VerifyReport };
  storeRemove: { options: StoreRemoval; result: StoreState };
  logits: { options: LogitsOptions; result: LogitsResult };
  sample: { options: SampleOptions; result: SampleResult };
  inspect: { options: InspectOptions; result: Candidates[] };
  /** What each position of a text reads in one head; it decides no token. */
  attention: { options: AttentionOptions; result: AttentionResult };
  /** Two masked slots: one after the other against both at once. */
  pair: { options: PairOptions; result: PairResult };
  /** A masked slot: its law, and what float32 noise makes of it. */
  lens: { options: LensOptions; result: LensResult };
  /** The model as one ONNX file, weights included. */
  exportOnnx: { options: { model: string; precision?: 'f32' | 'f16' }; result: Blob };
  /** How likely texts are under a causal model. */
  score: { options: ScoreOptions; result: ScoreResult };
  /** Run lanes one after the other, to be compared and played together; each is told of when its times are known. */
  race: { options: RaceOptions; result: LaneResult[] };
  /** Our kernels against onnxruntime-web, on the same weights and x_t. */
  crossCheck: { options: { model: string }; result: CrossCheck };
  /** Check every kernel on the open device; needs no model. */
  selfTest: { options: Record<string, never>; result: SelfTestResult };
  /** Measure our kernels against onnxruntime-web; takes minutes. */
  benchmark: { options: BenchmarkOptions; result: BenchmarkResult };
  /** What a latency study would take here, and what speaks against it; takes a moment. */
  latencyPreflight: { options: LatencyOptions; result: Preflight };
  /** Measure masked diffusion against its autoregressive twin, with random weights; takes minutes. */
  latency: { options: LatencyOptions; result: LatencyResult };
  /** Begin a distillation, or go on with a saved one: loads the teacher and prepares the texts. The one that was open is left. */
  distillOpen: { options: DistillOptions | { resume: string }; result: DistillState };
  /** Go on with the open one; answers when it got as far as asked, or was paused. */
  distillRun: { options: DistillRunOptions; result: DistillState };
  /** Answers at once; what runs stops after the update, or the phase, that it is at. */
  distillPause: { options: Record<string, never>; result: undefined };
  /** The open distillation; null without one. */
  distillState: { options: Record<string, never>; result: DistillState | null };
  /** How low the loss can get on the texts that are held out, by `draws` draws of the targets (default 16). */
  distillFloor: { options: { draws?: number }; result: FloorReport };
  /** The student as it is now, the moving average of its weights, as a model. */
  distillStudent: { options: Record<string, never>; result: string };
  /** Give up the open distillation, or delete a saved one. */
  distillDiscard: { options: { run: string }; result: undefined };
  distillSaved: { options: Record<string, never>; result: SavedRun[] };
  /** Texts of a .txt or .jsonl file, for training on them. */
  readTexts: { options: { file: Blob; name: string }; result: string[] };
  /** Train on clean texts, or go on with a training that was saved; tells of updates and validations. */
  train: { options: TrainOptions | { resume: string }; result: TrainResult };
  /** Loss and gradients of one batch that is given whole. */
  lossAndGradients: { options: GradientOptions; result: GradientResult };
  /** Quality against steps; tells of each point as it becomes known, and goes on where it was stopped. */
  evaluate: { options: EvaluateOptions; result: Evaluation };
  /** What a judge of a hub takes, before its weights are fetched. */
  judgePreflight: { options: HubJudge; result: JudgePreflight };
  /** Guess last words, by the protocol of LAMBADA. */
  lastWord: { options: LastWordOptions; result: LastWordResult };
  /** Perplexity of given texts; of masked models a bound. */
  bound: { options: BoundOptions; result: BoundResult };
  mauve: { options: MauveOptions; result: MauveResult };
  /** What is kept of evaluations. */
  evaluationsKept: { options: Record<string, never>; result: KeptEvaluations };
  evaluationsForget: { options: Record<string, never>; result: KeptEvaluations };
  /** A model as files of the released layout. */
  exportModel: { options: { model: string; precision?: 'f32' | 'f16' }; result: ExportedModel };
  /** Token ids of a text, nothing added. */
  encode: { options: { model: string; text: string }; result: number[] };
}

export type CallName = keyof Calls;

/** What the page found out about WebGPU before it started the worker. */
export interface PageView {
  /** `isSecureContext` */
  secure: boolean;
  /** Whether the page has `navigator.gpu`, and whether that offers an adapter. */
  gpu: 'missing' | 'no-adapter' | 'present';
  /** What the visitor forces; absent: WebGPU where there is one. */
  backend?: Backend;
}

export type Request =
  | { [K in CallName]: { type: 'call'; id: number; call: K; options: Calls[K]['options'] } }[CallName]
  | { type: 'cancel'; id: number }
  | { type: 'start'; base: string; page: PageView };

export type EngineEvent =
  | { type: 'result'; id: number; value: Calls[CallName]['result'] }
  | { type: 'failure'; id: number; code: ErrorCode; message: string }
  | { type: 'progress'; id: number; progress: LoadProgress }
  | { type: 'plan'; id: number; plan: PlanEvent }
  | { type: 'step'; id: number; step: StepEvent }
  | { type: 'check'; id: number; check: CheckResult }
  | { type: 'benchmark'; id: number; progress: BenchmarkProgress }
  | { type: 'latency'; id: number; progress: LatencyProgress }
  | { type: 'race'; id: number; progress: RaceProgress }
  | { type: 'lane'; id: number; lane: LaneResult }
  | { type: 'distill'; id: number; progress: DistillProgress }
  | { type: 'evaluate'; id: number; progress: EvaluateProgress }
  /** Something happened that no request asked for; one sentence for the visitor. */
  | { type: 'notice'; code: ErrorCode; message: string };
