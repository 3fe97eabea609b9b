/** Students that are done, and what else was trained here: models of this page, kept across visits. */
import { parseConfig } from '../../model/checkpoint/config.ts';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.ts';
import type { RunStore } from '../../model/distill/store.ts';
import { studentConfig } from '../../model/distill/student.ts';
import { ParameterLayout } from '../../model/network/parameters.ts';
import { createTokenizer } from '../../model/tokenizer/tokenizer.ts';
import type { KeptModel } from '../kept.ts';
import { studentWords as words } from '../messages/distill/students.ts';
import type { ModelInfo } from '../protocol.ts';
import type { RoundState } from './result.ts';
import type { RunRecord } from './saving.ts';
import type { DistillServices } from './services.ts';

/** What is kept of a model beside its parameters. */
export interface StudentMeta {
  info: Omit<ModelInfo, 'id'>;
  /** config.json and tokenizer.json. */
  source: NonNullable<Checkpoint['source']>;
  vocabulary: number;
}

/** A checkpoint of parameters in memory. */
function checkpointOf(
  { source, info, vocabulary }: StudentMeta,
  values: Float32Array<ArrayBuffer>,
): Checkpoint {
  const config = { ...parseConfig(source.config, 'config.json'), vocabulary, name: info.title };
  const layout = new ParameterLayout(config);
  return {
    config,
    tensors: layout.source(values),
    bytes: info.bytes,
    source,
    ...(source.tokenizer ? { tokenizer: createTokenizer(source.tokenizer, 'tokenizer.json') } : {}),
  };
}

/** Names of the store have letters, digits, - and _ alone. */
const storeName = (id: string): string => id.replace(/[^\w-]/g, '-').slice(0, 64);

/**
 * Make a model of a student.
 * @param at updates done, where the round is not over: such a student is not kept across visits
 * @returns the id of the model
 */
export async function keepStudent(
  services: DistillServices,
  { origin, options }: RunRecord,
  round: RoundState,
  values: Float32Array<ArrayBuffer>,
  layout: ParameterLayout,
  at?: number,
): Promise<string> {
  const { nativeSteps } = round;
  const title =
    at === undefined
      ? words.student(origin.title, nativeSteps)
      : words.onTheWay(origin.title, nativeSteps, at);
  const config = studentConfig(origin.source.config, options, round, title);
  const meta: StudentMeta = {
    source: { ...origin.source, config },
    vocabulary: layout.config.vocabulary,
    info: {
      kind: 'student',
      vocabulary: layout.config.vocabulary,
      length: layout.config.length,
      nativeSteps,
      ...{ origin: 'distilled', title, teacher: origin.model },
      bytes: layout.bytes,
    },
  };
  const name = `${origin.model.slice(0, 30)}-${nativeSteps}${at === undefined ? '' : `-at-${at}`}`;
  return await keepModel(services, name, meta, values, at === undefined);
}

/**
 * Make a model of parameters.
 * @param kept whether across visits
 * @returns its id
 */
export async function keepModel(
  services: DistillServices,
  name: string,
  meta: StudentMeta,
  values: Float32Array<ArrayBuffer>,
  kept: boolean,
): Promise<string> {
  const id = await services.register(name, checkpointOf(meta, values), meta.info);
  if (kept) {
    const { students } = await services.stores();
    // Where there is no room the model is there all the same, until the page is left.
    await students
      .save(storeName(id), { meta: { ...meta, id }, parts: { parameters: values } })
      .catch(() => undefined);
  }
  return id;
}

/** A student in the store. */
export interface KeptStudent extends KeptModel {
  /** What the store calls it. */
  run: string;
  bytes: number;
  /** ms since 1970. */
  savedAt: number;
}

/** All students that are kept; those that cannot be read are left out. */
export async function keptStudents(store: RunStore): Promise<KeptStudent[]> {
  return (await store.list()).flatMap(({ run, meta, bytes, savedAt }) => {
    if (!meta) return [];
    const known = meta as StudentMeta & { id: string };
    return [
      {
        ...{ run, bytes, savedAt },
        info: { ...known.info, id: known.id },
        open: async () => {
          const { parts } = await store.load(run);
          return checkpointOf(known, new Float32Array(parts.get('parameters')!));
        },
      },
    ];
  });
}
