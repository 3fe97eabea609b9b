/** A distillation that is open: what it is at, on the GPU and in the store. */
import type { Gpu } from '../../gpu/device.ts';
import { TextData, type TokenStream } from '../../model/distill/data.ts';
import { Distillation, type DistillSnapshot } from '../../model/distill/distillation.ts';
import type { DrawHooks, HeldOutSize } from '../../model/distill/held-out.ts';
import { roundsOf } from '../../model/distill/rounds.ts';
import { UnmaskError } from '../../model/errors.ts';
import { ParameterLayout } from '../../model/network/parameters.ts';
import { distillRunWords as words } from '../messages/distill/runs.ts';
import { AUTOSAVE, sizeFor, validationInterval } from './on-the-way.ts';
import { isFinished, toSave, type RunRecord } from './saving.ts';
import type { DistillContext, DistillServices } from './services.ts';
import type {
  DistillRunOptions,
  DistillState,
  FloorReport,
  PhaseReport,
  ResolvedDistillOptions,
  RoundState,
  UpdateReport,
} from './result.ts';
import { keepStudent } from './students.ts';
import { updatesOfTurn } from './turns.ts';

/** The rungs of a ladder that nobody has climbed. */
export function freshRounds(options: ResolvedDistillOptions): RoundState[] {
  return roundsOf(options).map((round) => ({ ...round, updates: 0 }));
}

/** While the held-out targets are drawn: how far that is, and whether anybody waits for it. */
const drawHooks = ({ onDistill, signal }: DistillContext): DrawHooks => ({
  onDraw: (done, total) => onDistill?.({ kind: 'drawing', done, total }),
  signal,
});

type Phases = AsyncGenerator<PhaseReport, UpdateReport>;

/** A distillation; whoever has it holds the lock of its run. */
export class OpenRun {
  readonly #layout: ParameterLayout;
  readonly #data: TextData;
  /** Absent until it is needed, and after the device was lost. */
  #distillation: Promise<Distillation> | undefined;
  #gpu: Gpu | undefined;
  /** What it goes on from where there is nothing on the GPU. */
  #from: DistillSnapshot | Float32Array<ArrayBuffer> | undefined;
  /** The update that was stopped between two phases. */
  #phases: Phases | undefined;
  #next: DistillState['next'] = { phase: 'teacher', subStep: 1 };
  #paused = false;
  #savedAt: number | undefined;
  #unsaved: string | undefined;
  /** Of what was saved last. */
  #savedMark: string | undefined;
  #counters = { round: 1, inRound: 0, updates: 0 };
  #lastSave = performance.now();

  /**
   * @param from parameters of the teacher, or what was saved
   * @param release gives the lock of the run back
   */
  constructor(
    readonly record: RunRecord,
    private readonly stream: TokenStream,
    from: DistillSnapshot | Float32Array<ArrayBuffer>,
    private readonly services: DistillServices,
    private readonly release: () => void,
    saved: { savedAt?: number; unsaved?: string } = {},
  ) {
    const { length, batch, seed } = record.options;
    this.#layout = new ParameterLayout(record.origin.config);
    this.#data = new TextData(stream, { length, batch, seed });
    this.#from = from;
    this.#savedAt = saved.savedAt;
    this.#unsaved = saved.unsaved;
    if (!(from instanceof Float32Array)) {
      this.#counters = from.counters;
      this.#savedMark = this.#mark;
    }
  }

  /** Changes with everything that is worth a save. */
  get #mark(): string {
    const { round, updates } = this.#counters;
    return [round, updates, ...this.record.rounds.map(({ model }) => model ?? '')].join(' ');
  }

  get state(): DistillState {
    const { run, options, data, rounds, history, validation } = this.record;
    const { round, updates } = this.#counters;
    return {
      ...{ run, options, rounds, round, updates, history, validation },
      data: { ...data, windows: this.#data.windows, heldOut: this.#data.heldOut },
      next: this.#next,
      finished: this.#finished,
      tokensPerUpdate: options.batch * options.accumulate * options.length,
      ...(this.#savedAt === undefined ? {} : { savedAt: this.#savedAt }),
      ...(this.#unsaved === undefined ? {} : { unsaved: this.#unsaved }),
    };
  }

  get #finished(): boolean {
    return isFinished(this.record);
  }

  /** Stop what runs after the update, or the phase, that it is at. */
  pause(): void {
    this.#paused = true;
  }

  /** Set everything up on the GPU, so that a fault is known before anything runs. */
  async prepare(): Promise<void> {
    await this.#open();
  }

  async #open(): Promise<Distillation> {
    const gpu = await this.services.gpu();
    if (this.#gpu !== gpu) {
      this.#gpu = gpu;
      this.#distillation = undefined;
      this.#phases = undefined;
      this.#next = { phase: 'teacher', subStep: 1 };
    }
    const from = this.#from;
    if (!this.#distillation) {
      if (!from) {
        throw new UnmaskError('device-lost', words.gpuLost);
      }
      this.#distillation = Distillation.create(gpu, this.#layout, this.record.options, this.#data, from);
      this.#distillation.catch(() => {
        this.#distillation = undefined;
      });
    }
    const distillation = await this.#distillation;
    // What is on the GPU goes on from here; the arrays that it began with are not kept twice.
    this.#from = undefined;
    return distillation;
  }

  /** Go on as far as asked, until it is paused, or until there is nothing left to do. */
  async run(
    { until, phases = false, slow = 0 }: DistillRunOptions,
    context: DistillContext,
  ): Promise<DistillState> {
    this.#paused = false;
    const followed = phases || until === 'phase';
    const begun = this.#counters.updates;
    let first = true;
    const done = (): boolean =>
      this.#finished ||
      (!first &&
        (this.#paused ||
          until === 'phase' ||
          (until === 'update' && this.#counters.updates > begun && !this.#phases) ||
          (until === 'round' && this.record.rounds[this.#counters.round - 1].model !== undefined)));
    while (!done()) {
      if (context.signal?.aborted) throw new UnmaskError('aborted', words.cancelled);
      const alone = until === 'update';
      await this.services.turn(context, () =>
        followed || this.#phases ? this.#phase(context) : this.#updates(context, alone),
      );
      first = false;
      if (slow > 0 && followed && !done()) await new Promise((resolve) => setTimeout(resolve, slow));
      if (performance.now() - this.#lastSave > AUTOSAVE) {
        await this.services.turn(context, () => this.save(context));
      }
    }
    await this.services.turn(context, () => this.save(context));
    return this.state;
  }

  /** One phase of one update. */
  async #phase(context: DistillContext): Promise<void> {
    const distillation = await this.#begin(context);
    if (!this.#phases) {
      distillation.startClock();
      this.#phases = distillation.phases();
    }
    const { m } = this.record.options;
    const { value, done } = await this.#phases.next();
    if (!done) {
      context.onDistill?.({ kind: 'phase', report: value });
      this.#next =
        value.phase === 'teacher' && value.subStep < m
          ? { phase: 'teacher', subStep: value.subStep + 1 }
          : {
              phase: (
                { teacher: 'targets', targets: 'student', student: 'update', update: 'teacher' } as const
              )[value.phase],
            };
      if (value.phase !== 'update') return;
      // The phase that ends the update has its report with it.
      const end = await this.#phases.next();
      if (!end.done) throw new Error('an update went on behind its last phase');
      this.#report(end.value, distillation, context);
    } else this.#report(value, distillation, context);
    this.#phases = undefined;
    this.#next = { phase: 'teacher', subStep: 1 };
    await this.#afterUpdate(distillation, context);
  }

  /** Updates for as long as a turn lasts. */
  async #updates(context: DistillContext, one: boolean): Promise<void> {
    const distillation = await this.#begin(context);
    distillation.startClock();
    await updatesOfTurn(
      () => distillation.update(),
      (report) => {
        this.#report(report, distillation, context);
      },
      () =>
        one ||
        this.#paused ||
        distillation.roundDone ||
        this.#validationDue(distillation) ||
        context.signal?.aborted === true,
    );
    await this.#afterUpdate(distillation, context);
  }

  /** Before an update: the round behind the one that is over. */
  async #begin(context: DistillContext): Promise<Distillation> {
    const distillation = await this.#open();
    if (this.#phases) return distillation;
    if (distillation.roundDone && !distillation.finished) {
      distillation.nextRound();
      this.#counters = { ...distillation.counters };
      context.onDistill?.({ kind: 'round', state: this.state });
    }
    const round = this.record.rounds[this.#counters.round - 1];
    const known = this.record.validation.some(
      (report) => report.update === this.#counters.updates && report.round === round.round,
    );
    if (round.updates === 0 && !known) {
      if (this.record.options.loss === 'kl-bwd') {
        await this.#floor(distillation, context, sizeFor(this.#gpu!));
      }
      await this.#validate(distillation, context);
    }
    return distillation;
  }

  #report(report: UpdateReport, { counters }: Distillation, { onDistill }: DistillContext): void {
    this.#counters = { ...counters, updates: report.update };
    this.record.history.push(report);
    this.record.rounds[report.round - 1].updates += 1;
    onDistill?.({ kind: 'update', report });
  }

  /** So many times a round, and at its end. */
  #validationDue({ counters, roundDone }: Distillation): boolean {
    return roundDone || counters.inRound % validationInterval(this.record.options.updatesPerRound) === 0;
  }

  async #validate(distillation: Distillation, context: DistillContext): Promise<void> {
    const report = await distillation.validate(sizeFor(this.#gpu!), drawHooks(context));
    this.record.validation.push(report);
    context.onDistill?.({ kind: 'validation', report });
  }

  /** After an update, or some: how the student does; after the last one of a round, its student is a model. */
  async #afterUpdate(distillation: Distillation, context: DistillContext): Promise<void> {
    this.#counters = { ...distillation.counters };
    if (this.#validationDue(distillation)) await this.#validate(distillation, context);
    const round = this.record.rounds[this.#counters.round - 1];
    if (!distillation.roundDone || round.model !== undefined) return;
    round.model = await keepStudent(
      this.services,
      this.record,
      round,
      await distillation.student(),
      this.#layout,
    );
    await this.save(context);
    context.onDistill?.({ kind: 'round', state: this.state });
  }

  /** The floor of the round that is on. @throws UnmaskError 'argument' for losses without one */
  async floor(draws: number, context: DistillContext): Promise<FloorReport> {
    if (this.#phases) await this.#finishUpdate(context);
    const distillation = await this.#open();
    return await this.#floor(distillation, context, { ...sizeFor(this.#gpu!), draws });
  }

  async #floor(distillation: Distillation, context: DistillContext, size: HeldOutSize): Promise<FloorReport> {
    const report = await distillation.floor(size, drawHooks(context));
    if (!report) {
      throw new UnmaskError('argument', words.noFloor(this.record.options.loss));
    }
    this.record.rounds[report.round - 1].floor = report;
    context.onDistill?.({ kind: 'floor', report });
    return report;
  }

  async #finishUpdate(context: DistillContext): Promise<void> {
    while (this.#phases) await this.#phase(context);
  }

  /** The student as it is now, as a model. */
  async student(): Promise<string> {
    const distillation = await this.#open();
    const round = this.record.rounds[this.#counters.round - 1];
    return await keepStudent(
      this.services,
      this.record,
      round,
      await distillation.student(),
      this.#layout,
      this.#counters.updates,
    );
  }

  /** Save it, unless nothing has changed; what cannot be saved is told in the state. */
  async save({ onDistill }: DistillContext): Promise<void> {
    this.#lastSave = performance.now();
    // Between the phases of an update the parameters are those of its beginning.
    const mark = this.#mark;
    if (mark === this.#savedMark || !this.#distillation) return;
    const { runs, unsaved } = await this.services.stores();
    try {
      const snapshot = await (await this.#distillation).snapshot();
      const { savedAt } = await runs.save(this.record.run, toSave(this.record, this.stream, snapshot));
      this.#savedMark = mark;
      this.#savedAt = savedAt;
      this.#unsaved = unsaved;
      onDistill?.({ kind: 'saved', at: savedAt });
    } catch (error) {
      // A run goes on without a save: only what a lost device takes with it is more.
      if (!(error instanceof UnmaskError) || error.code !== 'storage') throw error;
      this.#unsaved = error.message;
    }
    this.#lastSave = performance.now();
  }

  /** Leave it: nothing stays on the GPU, and another tab may take it up. */
  async close(): Promise<void> {
    this.pause();
    this.release();
    const distillation = this.#distillation;
    this.#distillation = undefined;
    this.#phases = undefined;
    if (!this.#gpu?.isLost) (await distillation?.catch(() => undefined))?.destroy();
  }
}
