/** A training on clean texts: what it is at, on the GPU and in the store. */
import type { Gpu } from '../../gpu/device.ts';
import { parseConfig } from '../../model/checkpoint/config.ts';
import { encodeTexts, TextData, type TokenStream } from '../../model/distill/data.ts';
import { initialValues } from '../../model/distill/initial.ts';
import type { LoadedRun } from '../../model/distill/store.ts';
import { TRAINED } from '../../model/distill/parameters.ts';
import { Training, type TrainingSnapshot } from '../../model/distill/training.ts';
import { resolveTraining } from '../../model/distill/update-options.ts';
import { UnmaskError } from '../../model/errors.ts';
import { ParameterLayout } from '../../model/network/parameters.ts';
import { createTokenizer } from '../../model/tokenizer/tokenizer.ts';
import { distillRunWords } from '../messages/distill/runs.ts';
import { studentWords } from '../messages/distill/students.ts';
import { checkTrain, vocabularyWith } from './arguments.ts';
import { AUTOSAVE, sizeFor, validationInterval } from './on-the-way.ts';
import type {
  ResolvedTrainOptions,
  TrainOptions,
  TrainResult,
  UpdateReport,
  ValidationReport,
} from './result.ts';
import { busyRun, isTraining, originOf, partOf, type Origin } from './saving.ts';
import type { DistillContext, DistillServices } from './services.ts';
import { keepModel } from './students.ts';
import { updatesOfTurn } from './turns.ts';

/** A training but for what is on the GPU. */
interface TrainingRecord {
  /** Tells it from a distillation in the store. */
  training: true;
  /** Its name there; absent where it is not saved. */
  run?: string;
  options: ResolvedTrainOptions;
  origin: Origin;
  texts: number;
  history: UpdateReport[];
  validation: ValidationReport[];
}

type Values = Float32Array<ArrayBuffer> | TrainingSnapshot;

/** What a training begins with. */
interface Beginning {
  record: TrainingRecord;
  stream: TokenStream;
  values: Values;
}

/** The configuration of a model that was trained here: it is nobody's student, whatever it began with. */
function trainedConfig(config: object, name: string): object {
  const { model, parameterization: _, ...rest } = config as { model?: object; parameterization?: object };
  return { ...rest, model: { ...model, name } };
}

/** A network that has learnt nothing. */
async function scratch(
  o: TrainOptions,
  services: DistillServices,
  context: DistillContext,
): Promise<{ origin: Origin; layout: ParameterLayout }> {
  const config = o.config!;
  const tokenizer = o.tokenizer === undefined ? undefined : await services.tokenizer(o.tokenizer, context);
  const parsed = parseConfig(config, 'config.json');
  const vocabulary = vocabularyWith(tokenizer && createTokenizer(tokenizer, 'tokenizer.json'), o.vocabulary);
  const { name } = parsed;
  const origin = {
    ...{ model: name, title: name, config: { ...parsed, vocabulary } },
    source: { config, ...(tokenizer ? { tokenizer } : {}) },
  };
  return { origin, layout: new ParameterLayout(origin.config) };
}

async function begin(
  o: TrainOptions,
  services: DistillServices,
  context: DistillContext,
): Promise<Beginning> {
  checkTrain(o);
  const { save, init } = o;
  const model = init === undefined ? undefined : await services.models(context).open(init);
  const { origin, layout } = model
    ? {
        origin: await originOf(model.info, model.checkpoint),
        layout: new ParameterLayout(model.checkpoint.config),
      }
    : await scratch(o, services, context);
  const options = resolveTraining(o, origin.config);
  const { source, config } = origin;
  const tokenizer = source.tokenizer && createTokenizer(source.tokenizer, 'tokenizer.json');
  const stream = encodeTexts(o.data, tokenizer, config.vocabulary - 1);
  layout.checkDevice(await services.gpu());
  const values = model ? await layout.read(model.checkpoint) : initialValues(layout, options.seed);
  const record: TrainingRecord = {
    ...{ training: true, options, origin, texts: stream.texts, history: [], validation: [] },
    ...(save === undefined ? {} : { run: save }),
  };
  return { record, stream, values };
}

/** What was saved. @throws UnmaskError 'argument' for a distillation; 'storage' where a part is missing */
function fromSaved(run: string, loaded: LoadedRun): Beginning {
  if (!isTraining(loaded.meta)) {
    throw new UnmaskError('argument', distillRunWords.isDistillation(run));
  }
  const { updates, ...record } = loaded.meta as TrainingRecord & { updates: number };
  const part = (name: string): ArrayBuffer => partOf(loaded, run, name);
  const [parameters, m, v, average] = TRAINED.map((name) => new Float32Array(part(name)));
  return {
    record,
    stream: { tokens: new Uint32Array(part('tokens')), texts: record.texts },
    values: { updates, values: { parameters, m, v, average } },
  };
}

/** One call of `train`. */
export class TrainingRun {
  #begun: Beginning | undefined;
  #training: Training | undefined;
  #gpu: Gpu | undefined;
  #release: (() => void) | undefined;
  #savedUpdates = -1;
  #lastSave = performance.now();

  constructor(private readonly services: DistillServices) {}

  /** Prepare texts and network; in a turn. @throws UnmaskError */
  async open(o: TrainOptions | { resume: string }, context: DistillContext): Promise<void> {
    const { services } = this;
    const { runs } = await services.stores();
    const named = 'resume' in o ? o.resume : o.save;
    if (named !== undefined) {
      this.#release = await runs.lock(named);
      if (!this.#release) throw busyRun(named);
    }
    if ('resume' in o) this.#begun = fromSaved(o.resume, await runs.load(o.resume));
    else {
      if (named !== undefined && (await runs.list()).some(({ run }) => run === named)) {
        throw new UnmaskError('argument', distillRunWords.nameTaken(named));
      }
      this.#begun = await begin(o, services, context);
    }
    const { record, stream, values } = this.#begun;
    if (!(values instanceof Float32Array)) this.#savedUpdates = values.updates;
    this.#gpu = await services.gpu();
    const data = new TextData(stream, record.options);
    const layout = new ParameterLayout(record.origin.config);
    this.#training = await Training.create(this.#gpu, layout, record.options, data, values);
    // The arrays that it began with are not kept twice.
    this.#begun = { ...this.#begun, values: new Float32Array() };
  }

  /** Go on to the end, turn by turn. @throws UnmaskError 'aborted' */
  async run(context: DistillContext): Promise<TrainResult> {
    const { services } = this;
    const { record } = this.#begun!;
    const training = this.#training!;
    while (!training.finished) {
      await services.turn(context, () => this.#updates(training, record, context));
      if (performance.now() - this.#lastSave > AUTOSAVE) {
        await services.turn(context, () => this.#save(context));
      }
    }
    const model = await services.turn(context, () => this.#keep(training, record));
    return { model, losses: record.history.map(({ loss }) => loss), validation: record.validation };
  }

  async #updates(training: Training, record: TrainingRecord, context: DistillContext): Promise<void> {
    const every = validationInterval(record.options.updates);
    const due = (): boolean => training.finished || training.updates % every === 0;
    const validate = async (): Promise<void> => {
      if (record.validation.some(({ update }) => update === training.updates)) return;
      const report = await training.validate(sizeFor(this.#gpu!).batches, context.signal);
      record.validation.push(report);
      context.onDistill?.({ kind: 'validation', report });
    };
    if (training.updates === 0) await validate();
    training.startClock();
    await updatesOfTurn(
      () => training.update(),
      (report) => {
        record.history.push(report);
        context.onDistill?.({ kind: 'update', report });
      },
      () => due() || context.signal?.aborted === true,
    );
    if (due()) await validate();
  }

  /** The end: the average is a model, and what was saved is not needed any more. */
  async #keep(training: Training, { origin, options, run }: TrainingRecord): Promise<string> {
    const { services } = this;
    const { config, source } = origin;
    const title = studentWords.trained(origin.title, options.updates, options.loss);
    const { vocabulary, length } = config;
    const info = {
      ...{ kind: options.loss === 'causal' ? ('causal' as const) : ('teacher' as const), vocabulary, length },
      ...{ origin: 'distilled' as const, title, bytes: new ParameterLayout(config).bytes },
    };
    const meta = { info, vocabulary, source: { ...source, config: trainedConfig(source.config, title) } };
    const name = `${origin.model.slice(0, 30)}-trained`;
    const model = await keepModel(services, name, meta, await training.average(), true);
    if (run !== undefined) await (await services.stores()).runs.remove(run);
    this.#savedUpdates = options.updates;
    return model;
  }

  /** Save it, unless nothing has changed or nobody asked for that. */
  async #save({ onDistill }: DistillContext): Promise<void> {
    this.#lastSave = performance.now();
    if (!this.#begun || !this.#training) return;
    const { record, stream } = this.#begun;
    const { run } = record;
    if (run === undefined || this.#savedUpdates === this.#training.updates) return;
    const { updates, values } = await this.#training.snapshot();
    const { runs } = await this.services.stores();
    try {
      const parts = { ...values, tokens: stream.tokens };
      const { savedAt } = await runs.save(run, { meta: { ...record, updates }, parts });
      this.#savedUpdates = updates;
      onDistill?.({ kind: 'saved', at: savedAt });
    } catch (error) {
      // A training goes on without a save.
      if (!(error instanceof UnmaskError) || error.code !== 'storage') throw error;
    }
  }

  /** Leave it, saved as it is; in a turn, behind whatever it is at. */
  async close(): Promise<void> {
    const lost = this.#gpu?.isLost ?? false;
    try {
      if (!lost) await this.#save({});
    } finally {
      this.#release?.();
      if (!lost) this.#training?.destroy();
    }
  }
}
