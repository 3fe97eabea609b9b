import type { GemmChoice } from '../../gpu/autotune.ts';
import { StagingRing, type Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { Launch } from '../../gpu/kernel.ts';
import { SELECTION_STRIDE, selectionUniforms, type Selection } from '../../gpu/kernels/gemm/gemm.ts';
import { decodeDrawn, decodeScored, DRAWN_BYTES } from '../../gpu/kernels/sample/sample.ts';
import { SEGMENT_BYTES, segmentData } from '../../gpu/kernels/select/select.ts';
import type { Span } from '../../gpu/kernels/span.ts';
import { submit } from '../../gpu/recorder.ts';
import { SubmitTimer } from '../../gpu/timer.ts';
import { sigma } from '../diffusion/schedule.ts';
import type { Plan } from '../diffusion/plan.ts';
import type { Work } from '../network/cost.ts';
import { readAttentionWeights } from '../network/attention-weights.ts';
import { Forward, recordModulation, type BatchShape } from '../network/forward.ts';
import { ConfidenceHead } from '../network/confidence-head.ts';
import { Head, type HeadMode } from '../network/head.ts';
import type { NetworkWeights } from '../network/weights.ts';
import type { HeadAddress, RunSettings, RunStep } from './denoiser.ts';
import { webgpuWords } from '../messages/webgpu.ts';
import { readLastFeatures } from './features.ts';
import { layoutRun, spanOf, stepOf } from './layout.ts';
import { Submits } from './submits.ts';

/** A launch of a run, and the pass that is complete after it. */
interface Unit extends Work {
  ends?: number;
}

/** A run made ready: everything is on the GPU, nothing is left to decide. */
export interface PreparedRun {
  plan: Plan;
  units: readonly Unit[];
  /** First entry of `rows` of each pass, and one past the last. */
  starts: number[];
}

/** What a network with time conditioning has besides: c of every sample of every pass, and the launch that applies it. */
interface Timed {
  cs: GPUBuffer;
  modulate: Modulate;
  /** Record `modulate` over other selections. */
  record: (selections: GPUBuffer) => Promise<Modulate>;
}

/** The modulation of a pass, by the offset of its Selection. */
type Modulate = (offset: number) => Work;

/** One batch shape of a model: its activations, recorded launches, and the buffers a run is written into. */
export class Session {
  readonly #submits: Submits;
  readonly #staging: StagingRing;
  readonly #timer: SubmitTimer | undefined;
  /** Made when first needed. */
  #confidence: { head: ConfidenceHead; modulate: Modulate | undefined } | undefined;

  private constructor(
    private readonly gpu: Gpu,
    private readonly arena: Arena,
    private readonly weights: NetworkWeights,
    private readonly shape: BatchShape,
    private readonly forward: Forward,
    private readonly head: Head,
    private readonly timed: Timed | undefined,
    private readonly choice: GemmChoice,
  ) {
    this.#submits = new Submits(gpu);
    this.#staging = new StagingRing(arena, DRAWN_BYTES * shape.batch * shape.length);
    this.#timer = gpu.timestamps ? new SubmitTimer(gpu, arena) : undefined;
  }

  /**
   * @param use what a session of a causal network is for: 'write' keeps keys and values from pass to pass, 'score' makes do with
   *   those of one block
   * @throws GpuOutOfMemory where the activations do not fit
   */
  static async create(
    gpu: Gpu,
    weights: NetworkWeights,
    shape: BatchShape,
    choice: GemmChoice,
    use: 'write' | 'score' = 'write',
  ): Promise<Session> {
    const { config } = weights;
    const { batch, length } = shape;
    const rows = batch * length;
    const arena = gpu.memory.arena(`${batch} x ${length} tokens of ${config.name}`);
    try {
      const what = webgpuWords.buffers.activations(batch, length, config.name);
      return await arena.checked(what, 36 * rows * config.hidden, async () => {
        const forward = new Forward(gpu, arena, weights, shape, choice, use === 'write');
        const { activations } = forward;
        const head = new Head(gpu, arena, weights, shape, activations, choice);
        // What nearly every run needs first; other numbers of positions and tile heights follow when a run has them.
        const writesOne = config.kind === 'causal' && use === 'write';
        await Promise.all([
          forward.prepare(writesOne ? 1 : shape.length),
          use === 'write' ? head.prepare('sample', [1]) : head.prepare('score', head.parts(rows)),
        ]);
        if (!weights.timed) return new Session(gpu, arena, weights, shape, forward, head, undefined, choice);
        const cs = arena.storage('conditioning', 4 * rows * config.condDim);
        const identity = arena.storageOf(
          'identity',
          Uint32Array.from({ length: rows }, (_, i) => i),
        );
        const { modulation } = activations;
        const record = (selections: GPUBuffer) => {
          const buffers = { cs, rows: identity, modulation, selections };
          return recordModulation(gpu, arena, weights, buffers, shape.batch, choice);
        };
        const timed = { cs, record, modulate: await record(head.selections) };
        return new Session(gpu, arena, weights, shape, forward, head, timed, choice);
      });
    } catch (error) {
      arena.destroy();
      throw error;
    }
  }

  /**
   * Write a plan to the GPU: tokens, rows, selections; segments for the confidence sampler, and c of every pass where time
   * counts. Nothing else is written.
   * @throws GpuOutOfMemory where the buffers of the confidence sampler do not fit
   */
  async prepare(plan: Plan, settings: RunSettings): Promise<PreparedRun> {
    const { gpu } = this;
    const { length } = this.shape;
    this.#timer?.restart();
    const mode: HeadMode = settings.topP < 1 ? 'nucleus' : 'sample';
    const confidence = plan.sampler === 'confidence' ? await this.#confidenceHead() : undefined;
    const head = confidence?.head.propose ?? this.head;
    const { rows, starts, selections, passes } = layoutRun(plan, settings, {
      timed: this.timed !== undefined,
      parts: (count) => head.parts(count),
    });
    const spans = passes.map((_, pass) => spanOf(plan, pass));
    await Promise.all([
      head.prepare(mode, new Set(passes.flatMap(({ parts }) => parts.map(({ count }) => count)))),
      ...[...new Set(spans.map(({ count }) => count))].map((count) => this.forward.prepare(count)),
    ]);

    const initial = new Uint32Array(plan.samples.length * length);
    plan.samples.forEach((sample, i) => {
      initial.set(sample.initial, i * length);
    });
    gpu.write(this.forward.activations.tokens, 0, initial);
    if (rows.length > 0) {
      gpu.write(head.rows, 0, Uint32Array.from(rows));
      gpu.write(head.selections, 0, selectionUniforms(selections));
      if (confidence) {
        gpu.write(
          confidence.head.segments,
          0,
          segmentData(passes.flatMap(({ choice }) => choice?.segments ?? [])),
        );
      }
    }
    this.#writeConditioning(
      Array.from({ length: plan.forwardPasses }, (_, pass) =>
        plan.samples.map(({ passes: own }) => own[pass]?.t ?? 1),
      ).flat(),
    );

    const units = passes.flatMap(({ modulation, parts, choice }, pass) => {
      const drawing = parts.flatMap(({ selection, count }) => head.work(mode, selection, count));
      if (confidence && choice) drawing.push(confidence.head.choose(choice.selection, choice.segments));
      return this.#units(this.forward.work(spans[pass]), modulation, drawing, pass, confidence?.modulate);
    });
    return { plan, units, starts };
  }

  /**
   * Submit units of a run, from `from` on: as many as fit the time of a submit.
   * @returns how many, and the passes they complete, once the GPU is there
   */
  async submit(run: PreparedRun, from: number): Promise<{ count: number; steps: Promise<RunStep[]> }> {
    const units = this.#submits.next(run.units, from);
    const count = units.length;
    const ended = units.flatMap(({ ends }) => (ends === undefined ? [] : [ends]));
    const launches = units.map(({ launch }) => launch);
    const timing = await this.#timer?.next();
    if (ended.length === 0) {
      submit(this.gpu, launches, [], timing);
      const done = Promise.all([this.#submits.measure(units), timing?.read()]);
      return { count, steps: done.then(() => []) };
    }
    const first = run.starts[ended[0]];
    const bytes = DRAWN_BYTES * (run.starts[ended[ended.length - 1] + 1] - first);
    const slot = await this.#staging.take();
    const copy = { from: this.head.drawn, fromOffset: DRAWN_BYTES * first, to: slot.buffer, bytes };
    submit(this.gpu, launches, [copy], timing);
    const done = Promise.all([slot.read(bytes), this.#submits.measure(units), timing?.read()]);
    const steps = done.then(([read]) => {
      const drawn = decodeDrawn(read);
      return ended.map((pass) => stepOf(run.plan, pass, drawn.slice(run.starts[pass] - first)));
    });
    return { count, steps };
  }

  /** GPU time of the run prepared last, once all its steps are known; undefined where it cannot be told. */
  get gpuMilliseconds(): number | undefined {
    return this.#timer?.milliseconds;
  }

  /**
   * Raw logits of rows m = sample * length + position (default: every row), [rows, V].
   * @param spans what to pass over, in turn (default: the whole text): a causal network may also take it in pieces, each of
   *   which finds the keys and values of those before
   */
  async logits(
    tokens: Uint32Array<ArrayBuffer>,
    times: Float32Array,
    rows = Uint32Array.from({ length: this.shape.batch * this.shape.length }, (_, i) => i),
    spans?: readonly Span[],
  ): Promise<Float32Array> {
    const { gpu, head, weights } = this;
    const { vocabulary } = weights.config;
    const total = rows.length;
    const { parts, first } = await this.#pass(tokens, rows, 'logits', { times, spans });
    const result = new Float32Array(total * vocabulary);
    const staging = gpu.memory.arena('logits on their way');
    try {
      const ring = new StagingRing(staging, 4 * head.stride * Math.min(total, head.rowsPerPart), 1);
      for (const [i, count] of parts.entries()) {
        const slot = await ring.take();
        const bytes = 4 * head.stride * count;
        const launches = head.work('logits', first + i, count).map(({ launch }) => launch);
        submit(gpu, launches, [{ from: head.scratch.logits!, to: slot.buffer, bytes }]);
        const values = new Float32Array(await slot.read(bytes));
        for (let row = 0; row < count; row++) {
          const at = row * head.stride;
          result.set(values.subarray(at, at + vocabulary), (i * head.rowsPerPart + row) * vocabulary);
        }
      }
    } finally {
      staging.destroy();
    }
    return result;
  }

  /**
   * How likely each token but the first of every text is, given those before: -log p, nats, [batch, length - 1].
   * @param signal stops between submits
   * @throws UnmaskError 'aborted'
   */
  async score(tokens: Uint32Array<ArrayBuffer>, signal?: AbortSignal): Promise<Float32Array> {
    const { gpu, head } = this;
    const { batch, length } = this.shape;
    const rows = Uint32Array.from(
      { length: batch * (length - 1) },
      (_, i) => Math.floor(i / (length - 1)) * length + 1 + (i % (length - 1)),
    );
    const { parts, first } = await this.#pass(tokens, rows, 'score', { lag: 1, signal });
    const bytes = DRAWN_BYTES * rows.length;
    const slot = await this.#staging.take();
    const copy = { from: head.drawn, to: slot.buffer, bytes };
    for (const [i, count] of parts.entries()) {
      const launches = head.work('score', first + i, count).map(({ launch }) => launch);
      submit(gpu, launches, i === parts.length - 1 ? [copy] : []);
    }
    return Float32Array.from(decodeScored(await slot.read(bytes)), ({ nll }) => nll);
  }

  /**
   * Hidden states of a causal network behind the final norm, at the last token of every text, [batch, hidden].
   * @param signal stops between submits
   * @throws UnmaskError 'aborted'
   */
  async features(tokens: Uint32Array<ArrayBuffer>, signal?: AbortSignal): Promise<Float32Array> {
    const { activations } = this.forward;
    const span = { first: 0, count: this.shape.length };
    await this.forward.prepare(span.count);
    this.gpu.write(activations.tokens, 0, tokens);
    await this.#submits.all(this.#units(this.forward.work(span), 0, []), signal);
    return readLastFeatures(this.gpu, activations.features, this.weights, this.shape);
  }

  /**
   * What each position of the only text of this shape reads in one head, [length, length]. The pass ends with the queries and
   * keys of that layer.
   */
  async attentionWeights(
    tokens: Uint32Array<ArrayBuffer>,
    times: Float32Array,
    { layer, head }: HeadAddress,
  ): Promise<Float32Array> {
    const { forward, weights } = this;
    await this.#pass(tokens, new Uint32Array(0), 'logits', { times, until: layer });
    return readAttentionWeights(this.gpu, forward.qkv(layer), weights.config, this.shape.length, head);
  }

  /**
   * Pass over whole texts, up to the head, of which the parts and the index of the first one's Selection are told.
   * @param rows rows that the head is to work on
   * @param o.until block whose qkv ends the pass (default: all of the network's body)
   */
  async #pass(
    tokens: Uint32Array<ArrayBuffer>,
    rows: Uint32Array<ArrayBuffer>,
    mode: HeadMode,
    o: {
      times?: Float32Array;
      lag?: number;
      spans?: readonly Span[] | undefined;
      until?: number;
      signal?: AbortSignal | undefined;
    },
  ): Promise<{ parts: number[]; first: number }> {
    const { gpu, head } = this;
    const { length } = this.shape;
    const { times, lag = 0, spans = [{ first: 0, count: length }], until, signal } = o;
    const body = (span: Span) =>
      until === undefined ? this.forward.work(span) : this.forward.workUntilQkv(span, until);
    const parts = head.parts(rows.length);
    await Promise.all([
      head.prepare(mode, new Set(parts)),
      ...[...new Set(spans.map(({ count }) => count))].map((count) => this.forward.prepare(count)),
    ]);
    gpu.write(this.forward.activations.tokens, 0, tokens);
    const first = this.#writeRows(rows, parts, lag);
    if (times) this.#writeConditioning([...times]);
    await this.#submits.all(
      spans.flatMap((span) => this.#units(body(span), 0, [])),
      signal,
    );
    return { parts, first };
  }

  /**
   * All launches of a pass with the head over the first `rows` slots, compiled and with their selections written: for
   * measurements, which submit them as often as they like. Not while a run is under way, whose selections it overwrites.
   * @param span positions that the pass is over (default: all)
   * @param mode what becomes of the logits (default: a token is drawn in each slot)
   */
  async passLaunches(
    rows: number,
    mode: HeadMode = 'sample',
    span: Span = { first: 0, count: this.shape.length },
  ): Promise<Launch[]> {
    const { head } = this;
    const parts = head.parts(rows);
    await Promise.all([head.prepare(mode, new Set(parts)), this.forward.prepare(span.count)]);
    const first = this.#writeRows(
      Uint32Array.from({ length: rows }, (_, i) => i),
      parts,
    );
    const draws = parts.flatMap((count, i) => head.work(mode, first + i, count));
    return this.#units(this.forward.work(span), 0, draws).map(({ launch }) => launch);
  }

  /**
   * Write the rows that the head is to work on in one pass, and a Selection for each part of them, behind that of the modulation.
   * @returns index of the first part's Selection
   */
  #writeRows(rows: Uint32Array<ArrayBuffer>, parts: readonly number[], lag = 0): number {
    const { gpu, head } = this;
    const base = { seed: 0, firstSample: 0, temperature: 1, topP: 1, lag };
    const modulation: Selection[] = this.timed ? [{ ...base, start: 0, count: this.shape.batch }] : [];
    const selections = parts.map((count, i) => ({ ...base, start: i * head.rowsPerPart, count }));
    gpu.write(head.rows, 0, rows);
    gpu.write(head.selections, 0, selectionUniforms([...modulation, ...selections]));
    return modulation.length;
  }

  destroy(): void {
    this.#timer?.destroy();
    this.arena.destroy();
  }

  /** What the confidence sampler needs besides the rest of the session. */
  async #confidenceHead() {
    if (this.#confidence) return this.#confidence;
    const { gpu, arena, weights, shape, choice } = this;
    const { activations } = this.forward;
    const bytes = shape.batch * shape.length * (DRAWN_BYTES + SEGMENT_BYTES + 8);
    this.#confidence = await arena.checked(webgpuWords.buffers.confidence, bytes, async () => {
      const head = await ConfidenceHead.create(gpu, arena, weights, shape, activations, choice, this.head);
      return { head, modulate: await this.timed?.record(head.propose.selections) };
    });
    return this.#confidence;
  }

  /** The units of a pass: its modulation, the body, the head. */
  #units(
    body: readonly Work[],
    modulation: number,
    head: readonly Work[],
    ends?: number,
    modulate = this.timed?.modulate,
  ): Unit[] {
    const before = modulate ? [modulate(SELECTION_STRIDE * modulation)] : [];
    const units: Unit[] = [...before, ...body, ...head];
    if (ends !== undefined) units.push({ ...units.pop()!, ends });
    return units;
  }

  #writeConditioning(times: number[]): void {
    if (!this.timed || times.length === 0) return;
    const { conditioning } = this.weights.timed!;
    const { condDim } = this.weights.config;
    const cs = new Float32Array(times.length * condDim);
    times.forEach((t, i) => {
      cs.set(conditioning(sigma(t)), i * condDim);
    });
    this.gpu.write(this.timed.cs, 0, cs);
  }
}
