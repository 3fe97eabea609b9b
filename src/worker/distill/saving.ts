/** What of a distillation is saved, and how it is found again. */
import type { Checkpoint } from '../../model/checkpoint/checkpoint.ts';
import type { DistillCounters, DistillSnapshot } from '../../model/distill/distillation.ts';
import type { TokenStream } from '../../model/distill/data.ts';
import type { LoadedRun, RunToSave } from '../../model/distill/store.ts';
import { UnmaskError } from '../../model/errors.ts';
import type { ModelConfig } from '../../model/checkpoint/config.ts';
import { distillRunWords as words } from '../messages/distill/runs.ts';
import type {
  DistillState,
  ResolvedDistillOptions,
  RoundState,
  UpdateReport,
  ValidationReport,
} from './result.ts';

/** What a student has from the teacher that its distillation began with. */
export interface Origin {
  /** Id and title of the teacher. */
  model: string;
  title: string;
  config: ModelConfig;
  /** config.json and tokenizer.json. */
  source: NonNullable<Checkpoint['source']>;
}

/** A distillation but for what is on the GPU. */
export interface RunRecord {
  run: string;
  origin: Origin;
  options: ResolvedDistillOptions;
  data: Pick<DistillState['data'], 'source' | 'texts'>;
  rounds: RoundState[];
  history: UpdateReport[];
  validation: ValidationReport[];
}

interface Meta extends RunRecord {
  counters: DistillCounters;
}

const ARRAYS = ['parameters', 'm', 'v', 'average', 'teacher'] as const;

/** A record with its arrays, to be saved. */
export function toSave(record: RunRecord, { tokens }: TokenStream, snapshot: DistillSnapshot): RunToSave {
  const meta: Meta = { ...record, counters: snapshot.counters };
  return { meta, parts: { ...snapshot.values, tokens } };
}

/** A part of what was saved. @throws UnmaskError 'storage' where it is missing */
export function partOf({ parts }: LoadedRun, run: string, name: string): ArrayBuffer {
  const bytes = parts.get(name);
  if (bytes) return bytes;
  throw new UnmaskError('storage', words.partMissing(run, name));
}

/** Whether all rounds are done. */
export const isFinished = ({ rounds }: Pick<RunRecord, 'rounds'>): boolean =>
  rounds.at(-1)?.model !== undefined;

/** Whether a saved run is a training on clean texts, which the same store keeps. */
export const isTraining = (meta: object): boolean => 'training' in meta;

/** An earlier version saved floors without their upper bounds: those are measured anew. */
const withKnownFloor = ({ floor, ...round }: RoundState): RoundState =>
  floor && 'upper' in floor ? { ...round, floor } : round;

/**
 * What was saved.
 * @throws UnmaskError 'storage' where a part is missing; 'argument' for a run of another kind
 */
export function fromSaved(loaded: LoadedRun): {
  record: RunRecord;
  stream: TokenStream;
  snapshot: DistillSnapshot;
} {
  const { counters, rounds, ...rest } = loaded.meta as Meta;
  if (isTraining(loaded.meta)) {
    throw new UnmaskError('argument', words.isTraining(rest.run));
  }
  const record: RunRecord = { ...rest, rounds: rounds.map(withKnownFloor) };
  const part = (name: string): ArrayBuffer => partOf(loaded, record.run, name);
  const [parameters, m, v, average, teacher] = ARRAYS.map((name) => new Float32Array(part(name)));
  return {
    record,
    stream: { tokens: new Uint32Array(part('tokens')), texts: record.data.texts },
    snapshot: { counters, values: { parameters, m, v, average, teacher } },
  };
}

/** Where a student comes from. */
export async function originOf(info: { id: string; title: string }, checkpoint: Checkpoint): Promise<Origin> {
  const { config, source } = checkpoint;
  if (source) return { model: info.id, title: info.title, config, source };
  // A model without files has a configuration all the same.
  const { exportCheckpoint } = await import('../../model/checkpoint/export.ts');
  const { config: json } = await exportCheckpoint(checkpoint, { precision: 'file' });
  return { model: info.id, title: info.title, config, source: { config: JSON.parse(json) as object } };
}

export const busyRun = (run: string): UnmaskError => new UnmaskError('storage', words.busy(run));
