/** What opening a model takes, and whether it fits: by what is known before its weights are there. */
import type { ModelInfo } from '../protocol.ts';
import type { DescribedModel } from './hub.ts';
import type { LimitNeed, ModelPreflight } from './result.ts';

/** What a network needs of a device. */
export interface Needs {
  gpuBytes: { f16: number; f32: number };
  limits: LimitNeed[];
  /** Why it does not run, by how the weights lie there; each a sentence. */
  refusals: { f16: string[]; f32: string[] };
}

/** Where the model would run, and where it would be kept. */
export interface Place {
  /** The adapter, where there is a GPU. */
  adapter?: { name: string; software: boolean };
  /** Bytes that the browser still gives, where it says so. */
  freeBytes?: number;
  /** Why nothing outlives the page. */
  unsaved?: string;
  /** Already there: a whole model with its size, or the bytes of the source that a broken download left, by `keep`. */
  here?: { keep: 'file' | 'f16'; bytes: number };
  partial?: Partial<Record<'file' | 'f16', number>>;
}

/** Most that onnxruntime-web takes of weights, which are f32 there (one message of Protocol Buffers). */
const MOST_ON_CPU = 2 ** 31 - 1;

/** Bytes for a sentence. */
export const spokenBytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;

type Proposal = ModelPreflight['proposal'];

function propose(model: DescribedModel, { refusals }: Needs, { here, freeBytes }: Place): Proposal {
  const { dtype, f16Bytes, weights } = model;
  const f32Runs = refusals.f32.length === 0;
  if (dtype === 'F16') {
    return { keep: 'file', storage: 'f16', why: 'The file has f16 already: nothing is rounded.' };
  }
  if (here) {
    const storage = here.keep === 'f16' || !f32Runs ? 'f16' : 'f32';
    return { keep: here.keep, storage, why: 'It is here already, kept like this.' };
  }
  if (dtype === 'BF16') {
    const why = 'bf16 takes no more room than f16, and has values that f16 cannot hold.';
    return { keep: 'file', storage: f32Runs ? 'f32' : 'f16', why };
  }
  const keep = { keep: 'f16', storage: 'f16' } as const;
  if (!f32Runs) return { ...keep, why: 'With f32 weights it would not run on this GPU; with f16 it does.' };
  if (freeBytes !== undefined && weights.bytes > freeBytes) {
    const why = `The file takes ${spokenBytes(weights.bytes)} and this page has room for ${spokenBytes(freeBytes)}; as f16 it takes ${spokenBytes(f16Bytes)}.`;
    return { ...keep, why };
  }
  const why = `As f16 it takes ${spokenBytes(f16Bytes)} of ${spokenBytes(weights.bytes)}, here and on the GPU, and arithmetic stays f32.`;
  return { ...keep, why };
}

/** Sentences on why it does not run, and on what else is worth knowing. */
function reasonsOf(
  model: DescribedModel,
  needs: Needs,
  place: Place,
  kept: ModelPreflight['kept'],
): string[] {
  const { refusals } = needs;
  const reasons: string[] = [];
  if (place.adapter) {
    if (refusals.f16.length > 0) reasons.push(...refusals.f16);
    else if (model.dtype !== 'F16') reasons.push(...refusals.f32);
    if (place.adapter.software) {
      reasons.push('A CPU plays GPU here, so a text takes long: open this page where there is a GPU.');
    }
  } else if (4 * model.parameters > MOST_ON_CPU) {
    reasons.push(
      `On the CPU its weights are f32 and take ${spokenBytes(4 * model.parameters)}, but onnxruntime-web takes at most ` +
        `${spokenBytes(MOST_ON_CPU)}: open this page where there is WebGPU.`,
    );
  }
  if (kept === 'memory') {
    reasons.push(
      place.unsaved ??
        `This page has room for ${spokenBytes(place.freeBytes ?? 0)} only: what does not fit stays in memory, and is gone ` +
          'with the page; remove stored models, or free space for this site.',
    );
  }
  return reasons;
}

/** The kind of a model as lists call it. */
export const kindOf = ({ kind, nativeSteps }: DescribedModel['config']): ModelInfo['kind'] =>
  kind === 'causal' ? 'causal' : nativeSteps === undefined ? 'teacher' : 'student';

/** Judge a model in a place. */
export function judge(model: DescribedModel, needs: Needs, place: Place): ModelPreflight {
  const { config, files, weights, f16Bytes, title, dtype, parameters } = model;
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const beside = total - weights.bytes;
  const storeBytes = { file: total, f16: beside + (dtype === 'F16' ? weights.bytes : f16Bytes) };
  const proposal = propose(model, needs, place);
  const fetched = place.partial?.[proposal.keep] ?? 0;
  // What broke off takes its share of the room already.
  const missing = storeBytes[proposal.keep] * (1 - fetched / Math.max(weights.bytes, 1));
  const noRoom = place.freeBytes !== undefined && place.freeBytes < missing;
  const kept = place.here ? 'here' : place.unsaved !== undefined || noRoom ? 'memory' : 'disk';
  const { refusals, gpuBytes, limits } = needs;
  return {
    ...{ name: title, kind: kindOf(config), parameters, dtype, gpuBytes, storeBytes, kept, proposal },
    shape: {
      ...{ hidden: config.hidden, blocks: config.blocks, heads: config.heads },
      ...{ vocabulary: config.vocabulary, length: config.length },
    },
    files: files.map(({ path, bytes }) => ({ path, bytes })),
    downloadBytes: place.here ? 0 : total - fetched,
    haveBytes: place.here?.bytes ?? fetched,
    limits,
    ...(place.adapter ? { adapter: place.adapter.name } : {}),
    ...(place.freeBytes === undefined ? {} : { freeBytes: place.freeBytes }),
    fits: place.adapter ? refusals.f16.length === 0 : 4 * parameters <= MOST_ON_CPU,
    reasons: reasonsOf(model, needs, place, kept),
  };
}
