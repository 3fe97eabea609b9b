/** The calls of a distillation, and of what comes of one. */
import { trainOptionWords } from '../../model/messages/train-options.ts';
import { choice } from '../../model/arguments.ts';
import { exportCheckpoint } from '../../model/checkpoint/export.ts';
import { encodeTexts, type TokenStream } from '../../model/distill/data.ts';
import { resolveOptions } from '../../model/distill/rounds.ts';
import { readTextFile } from '../../model/distill/text-file.ts';
import { UnmaskError } from '../../model/errors.ts';
import { ParameterLayout } from '../../model/network/parameters.ts';
import { derivedSeed } from '../../gpu/random.ts';
import { checkModel, checkPrecision, integer, refuse, show } from '../arguments.ts';
import { distillArgumentWords } from '../messages/distill/arguments.ts';
import { distillRunWords } from '../messages/distill/runs.ts';
import type { OpenModel } from '../models.ts';
import type { Calls } from '../protocol.ts';
import { checkRun } from './arguments.ts';
import { freshRounds, OpenRun } from './open-run.ts';
import { busyRun, fromSaved, isFinished, isTraining, originOf, type RunRecord } from './saving.ts';
import type { DistillContext, DistillServices } from './services.ts';
import type {
  DistillOptions,
  DistillRunOptions,
  DistillState,
  ResolvedDistillOptions,
  SavedRun,
} from './result.ts';
import { trainingCalls, type TrainingCalls } from './training-calls.ts';

/** Texts that a teacher writes where none are given and none are bundled for it. */
const WRITTEN = 256;

/** Longest wait after a phase, ms. */
const SLOWEST = 60_000;

type Name =
  | 'distillOpen'
  | 'distillRun'
  | 'distillPause'
  | 'distillState'
  | 'distillFloor'
  | 'distillStudent'
  | 'distillDiscard'
  | 'distillSaved'
  | 'exportModel'
  | 'readTexts';

/** Answers by the name of the call. */
export type DistillCalls = TrainingCalls & {
  [K in Name]: (options: Calls[K]['options'], context: DistillContext) => Promise<Calls[K]['result']>;
};

function checkUntil({ until, phases = false, slow = 0 }: DistillRunOptions): Required<DistillRunOptions> {
  choice('until', until, ['phase', 'update', 'round', 'end']);
  if (typeof phases !== 'boolean') throw refuse(distillArgumentWords.phases(show(phases)));
  if (!(Number.isFinite(slow) && slow >= 0 && slow <= SLOWEST)) {
    throw refuse(distillArgumentWords.slow(show(slow), SLOWEST));
  }
  return { until, phases, slow };
}

/** Every option. */
const OPTIONS: Record<keyof DistillOptions, true> = {
  ...{ teacher: true, data: true, generate: true, loss: true, rounds: true, minimumSteps: true },
  ...{ updatesPerRound: true, batch: true, accumulate: true, length: true, dt: true, m: true, times: true },
  ...{ learningRate: true, warmup: true, clip: true, weightDecay: true, ema: true },
  ...{ resetOptimizer: true, seed: true },
};

/** A misspelt option would otherwise be a default that nobody asked for. */
function checkNames(o: DistillOptions): void {
  const unknown = Object.keys(o).find((name) => !(name in OPTIONS));
  if (unknown !== undefined) {
    throw refuse(distillArgumentWords.noOption(JSON.stringify(unknown), Object.keys(OPTIONS)));
  }
  if (typeof o.teacher !== 'string' || o.teacher === '') {
    throw refuse(trainOptionWords.teacher(show(o.teacher)));
  }
}

/** The texts of a new distillation. */
async function textsFor(
  services: DistillServices,
  teacher: OpenModel,
  o: DistillOptions,
  { length, seed }: ResolvedDistillOptions,
  context: DistillContext,
): Promise<{ stream: TokenStream; source: DistillState['data']['source'] }> {
  const { tokenizer, config } = teacher.checkpoint;
  const maskId = config.vocabulary - 1;
  if (o.data) return { stream: encodeTexts(o.data, tokenizer, maskId), source: 'given' };
  if (o.generate === undefined && tokenizer && (await sharesBundledVocabulary(services, teacher, context))) {
    const stream = encodeTexts(await services.samples(context.signal), tokenizer, maskId);
    return { stream, source: 'bundled' };
  }
  const count = o.generate ?? WRITTEN;
  // Noise of its own, or the texts would be what the targets are drawn by.
  const texts = await services.write(teacher, { count, length, seed: derivedSeed(seed, 0) }, context);
  return { stream: { tokens: Uint32Array.from(texts.flat()), texts: texts.length }, source: 'teacher' };
}

/** Whether a model reads the tokens of the bundled teacher. */
async function sharesBundledVocabulary(
  services: DistillServices,
  { info }: OpenModel,
  context: DistillContext,
): Promise<boolean> {
  if (info.origin === 'file') return false;
  const bundled = (await services.models(context).list()).find(
    ({ kind, origin }) => kind === 'teacher' && origin === 'bundled',
  );
  return bundled?.vocabulary === info.vocabulary;
}

/** The calls of one engine, which has one distillation open at a time. */
export function distillCalls(services: DistillServices): DistillCalls {
  let open: OpenRun | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const current = (): OpenRun => {
    if (open) return open;
    throw refuse(distillRunWords.noneOpen);
  };

  /** Leave the open distillation, saved as it is. */
  const leave = async (context: DistillContext): Promise<void> => {
    const left = open;
    if (!left) return;
    left.pause();
    await running.catch(() => undefined);
    open = undefined;
    await services.turn(context, async () => {
      await left.save(context).catch(() => undefined);
      await left.close();
    });
  };

  const begin = async (o: DistillOptions, context: DistillContext): Promise<OpenRun> => {
    checkNames(o);
    const teacher = await services.models(context).open(o.teacher);
    const options = resolveOptions(o, teacher.checkpoint.config);
    const { stream, source } = await textsFor(services, teacher, o, options, context);
    const { runs, unsaved } = await services.stores();
    const run = `run-${Date.now().toString(36)}`;
    const release = (await runs.lock(run)) ?? (() => undefined);
    const record: RunRecord = {
      run,
      options,
      origin: await originOf(teacher.info, teacher.checkpoint),
      data: { source, texts: stream.texts },
      rounds: freshRounds(options),
      history: [],
      validation: [],
    };
    try {
      const layout = new ParameterLayout(record.origin.config);
      layout.checkDevice(await services.gpu());
      const parameters = await layout.read(teacher.checkpoint);
      return new OpenRun(
        record,
        stream,
        parameters,
        services,
        release,
        unsaved === undefined ? {} : { unsaved },
      );
    } catch (error) {
      release();
      throw error;
    }
  };

  const resume = async (run: string): Promise<OpenRun> => {
    const { runs, unsaved } = await services.stores();
    const release = await runs.lock(run);
    if (!release) throw busyRun(run);
    try {
      const loaded = await runs.load(run);
      const { record, stream, snapshot } = fromSaved(loaded);
      const { savedAt } = loaded;
      return new OpenRun(record, stream, snapshot, services, release, {
        savedAt,
        ...(unsaved === undefined ? {} : { unsaved }),
      });
    } catch (error) {
      release();
      throw error;
    }
  };

  return {
    ...trainingCalls(services),
    distillOpen: async (o, context) => {
      const resumed = 'resume' in o ? checkRun(o.resume) : undefined;
      // A run that is taken up again, as after a loss of the device, has to be left first: we hold its lock.
      if (open?.state.run === resumed) await leave(context);
      const opened = await services.turn(context, () =>
        'resume' in o ? resume(checkRun(o.resume)) : begin(o, context),
      );
      // Only now, so that what is refused disturbs nothing.
      await leave(context);
      return await services.turn(context, async () => {
        try {
          await opened.prepare();
          // Nobody waits for it any more, or would know of it.
          if (context.signal?.aborted) throw new UnmaskError('aborted', distillRunWords.cancelled);
        } catch (error) {
          await opened.close();
          throw error;
        }
        open = opened;
        return opened.state;
      });
    },
    distillRun: (o, context) => {
      const run = current().run(checkUntil(o), context);
      running = run;
      return run;
    },
    distillPause: () => {
      open?.pause();
      return Promise.resolve(undefined);
    },
    distillState: () => Promise.resolve(open?.state ?? null),
    distillFloor: ({ draws = 16 }, context) => {
      const count = integer('draws', draws, 2, 1024);
      return services.turn(context, () => current().floor(count, context));
    },
    distillStudent: (_options, context) => services.turn(context, () => current().student()),
    distillDiscard: async ({ run }, context) => {
      const name = checkRun(run);
      if (open?.state.run === name) {
        const left = open;
        left.pause();
        await running.catch(() => undefined);
        open = undefined;
        await services.turn(context, () => left.close());
      }
      const { runs } = await services.stores();
      const release = await runs.lock(name);
      if (!release) throw busyRun(name);
      try {
        await runs.remove(name);
      } finally {
        release();
      }
      return undefined;
    },
    distillSaved: async () => {
      const { runs } = await services.stores();
      return (await runs.list()).flatMap(({ run, savedAt, bytes, busy: taken, meta }): SavedRun[] => {
        const record = meta as (RunRecord & { counters: { round: number; updates: number } }) | undefined;
        // Trainings on clean texts are kept there too.
        if (!record || isTraining(record)) return [];
        const { round, updates } = record.counters;
        return [
          {
            ...{ run, savedAt, bytes, round, updates },
            teacher: record.origin.title,
            rounds: record.rounds.length,
            finished: isFinished(record),
            busy: taken,
          },
        ];
      });
    },
    readTexts: async ({ file, name }) => readTextFile(new Uint8Array(await file.arrayBuffer()), name),
    exportModel: ({ model, precision }, context) =>
      services.turn(context, async () => {
        const { checkpoint } = await services.models(context).open(checkModel(model));
        return await exportCheckpoint(checkpoint, { precision: checkPrecision(precision) });
      }),
  };
}
