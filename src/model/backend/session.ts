import type { GemmChoice } from '../../gpu/autotune.ts';
import { StagingRing, type Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { Launch } from '../../gpu/kernel.ts';
import { SELECTION_STRIDE, selectionUniforms, type Selection } from '../../gpu/kernels/gemm/gemm.ts';
import { ARGMAX_ROW, decodeDrawn, DRAWN_BYTES, type Drawn } from '../../gpu/kernels/sample/sample.ts';
import { submit } from '../../gpu/recorder.ts';
import { sigma } from '../diffusion/schedule.ts';
import { isFinal, type Plan } from '../diffusion/plan.ts';
import { recordForward, recordModulation, type BatchShape, type Forward } from '../network/forward.ts';
import { Head, type HeadMode } from '../network/head.ts';
import type { NetworkWeights } from '../network/weights.ts';
import type { RunSettings, RunStep } from './denoiser.ts';
import { Pacer } from './pacing.ts';

/** Launches that a submit never splits, and the pass that is complete after them. */
interface Unit {
  launches: Launch[];
  ends?: number;
}

/** A run made ready: everything is on the GPU, nothing is left to decide. */
export interface PreparedRun {
  plan: Plan;
  units: Unit[];
  /** First entry of `rows` of each pass, and one past the last. */
  starts: number[];
}

/** One batch shape of a model: its activations, recorded launches, and the buffers a run is written into. */
export class Session {
  readonly #pacer = new Pacer();
  readonly #staging: StagingRing;
  #lastDone = 0;

  private constructor(
    private readonly gpu: Gpu,
    private readonly arena: Arena,
    private readonly weights: NetworkWeights,
    private readonly shape: BatchShape,
    private readonly forward: Forward,
    private readonly head: Head,
    private readonly timed: { cs: GPUBuffer; modulate: (offset: number) => Launch } | undefined,
  ) {
    this.#staging = new StagingRing(arena, DRAWN_BYTES * shape.batch * shape.length);
  }

  /** @throws GpuOutOfMemory where the activations do not fit */
  static async create(
    gpu: Gpu,
    weights: NetworkWeights,
    shape: BatchShape,
    choice: GemmChoice,
  ): Promise<Session> {
    const { config } = weights;
    const rows = shape.batch * shape.length;
    const what = `${shape.batch} x ${shape.length} tokens of ${config.name}`;
    const arena = gpu.memory.arena(what);
    try {
      return await arena.checked(`activations of ${what}`, 36 * rows * config.hidden, async () => {
        const forward = await recordForward(gpu, arena, weights, shape, choice);
        const { activations } = forward;
        const head = new Head(gpu, arena, weights, shape, activations, choice);
        // What nearly every run needs first; other tile heights follow when a run has them.
        await head.prepare('sample', [1]);
        if (!weights.timed) return new Session(gpu, arena, weights, shape, forward, head, undefined);
        const cs = arena.storage('conditioning', 4 * rows * config.condDim);
        const identity = arena.storageOf(
          'identity',
          Uint32Array.from({ length: rows }, (_, i) => i),
        );
        const buffers = {
          cs,
          rows: identity,
          modulation: activations.modulation,
          selections: head.selections,
        };
        const modulate = await recordModulation(gpu, arena, weights, buffers, shape.batch, choice);
        return new Session(gpu, arena, weights, shape, forward, head, { cs, modulate });
      });
    } catch (error) {
      arena.destroy();
      throw error;
    }
  }

  /** Write a plan to the GPU: tokens, rows, selections, and c of every pass where time counts. Nothing else is written. */
  async prepare(plan: Plan, settings: RunSettings): Promise<PreparedRun> {
    const { gpu, head } = this;
    const { length } = this.shape;
    const mode: HeadMode = settings.topP < 1 ? 'nucleus' : 'sample';
    const rows: number[] = [];
    const starts: number[] = [0];
    const selections: Selection[] = [];
    const passes: { modulation: number; parts: { selection: number; count: number }[] }[] = [];
    const base = {
      seed: settings.seed,
      firstSample: plan.samples[0]?.sample ?? 0,
      temperature: settings.temperature,
      topP: settings.topP,
    };
    for (let pass = 0; pass < plan.forwardPasses; pass++) {
      const modulation = selections.length;
      if (this.timed) selections.push({ ...base, start: pass * this.shape.batch, count: this.shape.batch });
      plan.samples.forEach(({ passes: own }, sample) => {
        if (pass >= own.length) return;
        const flag = isFinal(plan, own[pass]) ? ARGMAX_ROW : 0;
        for (const position of own[pass].positions) rows.push(sample * length + position + flag);
      });
      let start = starts[pass];
      const parts = head.parts(rows.length - start).map((count) => {
        const selection = selections.push({ ...base, start, count }) - 1;
        start += count;
        return { selection, count };
      });
      passes.push({ modulation, parts });
      starts.push(rows.length);
    }
    await head.prepare(mode, new Set(passes.flatMap(({ parts }) => parts.map(({ count }) => count))));

    const initial = new Uint32Array(plan.samples.length * length);
    plan.samples.forEach((sample, i) => {
      initial.set(sample.initial, i * length);
    });
    gpu.write(this.forward.activations.tokens, 0, initial);
    if (rows.length > 0) {
      gpu.write(head.rows, 0, Uint32Array.from(rows));
      gpu.write(head.selections, 0, selectionUniforms(selections));
    }
    this.#writeConditioning(
      Array.from({ length: plan.forwardPasses }, (_, pass) =>
        plan.samples.map(({ passes: own }) => own[pass]?.t ?? 1),
      ).flat(),
    );

    const units = passes.flatMap(({ modulation, parts }, pass) =>
      this.#units(
        modulation,
        parts.flatMap(({ selection, count }) => head.launches(mode, selection, count)),
        pass,
      ),
    );
    return { plan, units, starts };
  }

  /**
   * Submit units of a run, from `from` on: as many as fit the time of a submit.
   * @returns how many, and the passes they complete, once the GPU is there
   */
  async submit(
    run: PreparedRun,
    from: number,
  ): Promise<{ count: number; launches: number; steps: Promise<RunStep[]> }> {
    const count = this.#pacer.units(run.units.length - from);
    const units = run.units.slice(from, from + count);
    const ended = units.flatMap(({ ends }) => (ends === undefined ? [] : [ends]));
    const launches = units.flatMap((unit) => unit.launches);
    if (ended.length === 0) {
      submit(this.gpu, launches);
      return { count, launches: launches.length, steps: this.#measure(count).then(() => []) };
    }
    const first = run.starts[ended[0]];
    const bytes = DRAWN_BYTES * (run.starts[ended[ended.length - 1] + 1] - first);
    const slot = await this.#staging.take();
    const fromOffset = DRAWN_BYTES * first;
    submit(this.gpu, launches, [{ from: this.head.drawn, fromOffset, to: slot.buffer, bytes }]);
    const done = this.#measure(count);
    const steps = slot.read(bytes).then(async (read) => {
      await done;
      const drawn = decodeDrawn(read);
      return ended.map((pass) => stepOf(run, pass, drawn.slice(run.starts[pass] - first)));
    });
    return { count, launches: launches.length, steps };
  }

  /** Raw logits of rows m = sample * length + position (default: every row), [rows, V]. */
  async logits(
    tokens: Uint32Array<ArrayBuffer>,
    times: Float32Array,
    rows = Uint32Array.from({ length: this.shape.batch * this.shape.length }, (_, i) => i),
  ): Promise<Float32Array> {
    const { gpu, head, weights } = this;
    const { vocabulary } = weights.config;
    const total = rows.length;
    const parts = head.parts(total);
    await head.prepare('logits', new Set(parts));
    const base = { seed: 0, firstSample: 0, temperature: 1, topP: 1 };
    const modulation: Selection[] = this.timed ? [{ ...base, start: 0, count: this.shape.batch }] : [];
    const selections = parts.map((count, i) => ({ ...base, start: i * head.rowsPerPart, count }));
    gpu.write(this.forward.activations.tokens, 0, tokens);
    gpu.write(head.rows, 0, rows);
    gpu.write(head.selections, 0, selectionUniforms([...modulation, ...selections]));
    this.#writeConditioning([...times]);

    const units = this.#units(0, []);
    for (let i = 0; i < units.length;) {
      const count = this.#pacer.units(units.length - i);
      submit(
        gpu,
        units.slice(i, i + count).flatMap(({ launches }) => launches),
      );
      await this.#measure(count);
      i += count;
    }
    const result = new Float32Array(total * vocabulary);
    const staging = gpu.memory.arena('logits on their way');
    try {
      const ring = new StagingRing(staging, 4 * head.stride * Math.min(total, head.rowsPerPart), 1);
      for (const [i, count] of parts.entries()) {
        const slot = await ring.take();
        const bytes = 4 * head.stride * count;
        const launches = head.launches('logits', modulation.length + i, count);
        submit(gpu, launches, [{ from: head.scratch!, to: slot.buffer, bytes }]);
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
   * All launches of a pass that draws a token in the first `rows` slots, compiled and with their selections written: for
   * measurements, which submit them as often as they like. Not while a run is under way, whose selections it overwrites.
   */
  async passLaunches(rows: number): Promise<Launch[]> {
    const { gpu, head } = this;
    const parts = head.parts(rows);
    await head.prepare('sample', new Set(parts));
    const base = { seed: 0, firstSample: 0, temperature: 1, topP: 1 };
    const modulation: Selection[] = this.timed ? [{ ...base, start: 0, count: this.shape.batch }] : [];
    const selections = parts.map((count, i) => ({ ...base, start: i * head.rowsPerPart, count }));
    gpu.write(
      head.rows,
      0,
      Uint32Array.from({ length: rows }, (_, i) => i),
    );
    gpu.write(head.selections, 0, selectionUniforms([...modulation, ...selections]));
    const draws = parts.flatMap((count, i) => head.launches('sample', modulation.length + i, count));
    return this.#units(0, draws).flatMap(({ launches }) => launches);
  }

  destroy(): void {
    this.arena.destroy();
  }

  /** The units of a pass: the pieces of the body, modulation before them, the head's launches with the last. */
  #units(modulation: number, headLaunches: Launch[], ends?: number): Unit[] {
    const { pieces } = this.forward;
    const before = this.timed ? [this.timed.modulate(SELECTION_STRIDE * modulation)] : [];
    return pieces.map((piece, i) => {
      const last = i === pieces.length - 1;
      return {
        launches: [...(i === 0 ? before : []), ...piece, ...(last ? headLaunches : [])],
        ...(last && ends !== undefined ? { ends } : {}),
      };
    });
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

  /** Time what was just submitted; submits overlap, so a turn begins when the one before it is done. */
  async #measure(units: number): Promise<void> {
    const submitted = performance.now();
    await this.gpu.device.queue.onSubmittedWorkDone();
    const done = performance.now();
    this.#pacer.measured(units, done - Math.max(submitted, this.#lastDone));
    this.#lastDone = done;
  }
}

/** A pass as a step of each sample, from what the GPU drew in it: its entries of `drawn`, sample after sample. */
function stepOf({ plan }: PreparedRun, pass: number, drawn: readonly Drawn[]): RunStep {
  let at = 0;
  const steps = plan.samples.map(({ passes }) => {
    if (pass >= passes.length) return null;
    const { step, t, count } = passes[pass];
    // The sampler that chooses positions leaves them in an order of its own.
    const own = drawn.slice(at, (at += count)).sort((a, b) => a.row - b.row);
    return {
      step,
      t,
      positions: own.map(({ row }) => row % plan.length),
      tokens: own.map(({ token }) => token),
      probabilities: own.map(({ probability }) => probability),
      entropies: own.map(({ entropy }) => entropy),
    };
  });
  return { pass, steps };
}
