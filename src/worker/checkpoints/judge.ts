/** What opening a model takes, and whether it fits: by what is known before its weights are there. */
import { preflightWords as words } from '../messages/preflight.ts';
import { configInfo } from '../model-info.ts';
import type { Storage } from '../protocol.ts';
import type { DescribedModel } from './hub.ts';
import type { KeepPreflight, LimitNeed, ModelPreflight } from './result.ts';

type Keep = 'file' | 'f16';

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
  /** Whole models that are there, by `keep`: their size, and how they lie on the GPU where that was chosen. */
  here?: Partial<Record<Keep, { bytes: number; storage?: Storage }>>;
  /** What a broken download left, by `keep`: bytes of the source, and whether another tab is at it. */
  partial?: Partial<Record<Keep, { loaded: number; busy?: boolean }>>;
}

/** Most that onnxruntime-web takes of weights, which are f32 there (one message of Protocol Buffers). */
const MOST_ON_CPU = 2 ** 31 - 1;

/** Which way of keeping it is proposed. */
function propose({ dtype }: DescribedModel, { here }: Place): Keep {
  if (here?.file || here?.f16) return here.file ? 'file' : 'f16';
  return dtype === 'F16' || dtype === 'BF16' ? 'file' : 'f16';
}

/** How the weights would lie on the GPU: as they are kept, where that runs here. */
function storageOf(
  keep: Keep,
  { dtype }: DescribedModel,
  { refusals }: Needs,
  { here }: Place,
): 'f16' | 'f32' {
  const chosen = here?.[keep]?.storage;
  if (chosen === 'f16' || chosen === 'f32') return chosen;
  return keep === 'file' && dtype !== 'F16' && refusals.f32.length === 0 ? 'f32' : 'f16';
}

/** What a way of keeping it means, in one sentence. */
function whyOf(
  keep: Keep,
  storage: 'f16' | 'f32',
  model: DescribedModel,
  needs: Needs,
  place: Place,
): string {
  const { dtype, f16Bytes, weights } = model;
  const { here, freeBytes } = place;
  if (here?.[keep]) return words.why.here;
  if (dtype === 'F16') return words.why.f16Already;
  const narrow = needs.refusals.f32.length > 0;
  if (keep === 'file') {
    if (storage === 'f16') return narrow ? words.why.roundedToRun : words.why.roundedAsChosen;
    return dtype === 'BF16' ? words.why.bf16 : words.why.file(weights.bytes);
  }
  if (narrow) return words.why.runsAsF16;
  if (dtype === 'BF16') return words.why.bf16AsF16;
  if (freeBytes !== undefined && weights.bytes > freeBytes) {
    return words.why.f16Fits(weights.bytes, freeBytes, f16Bytes);
  }
  return words.why.f16(f16Bytes, weights.bytes);
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
    if (place.adapter.software) reasons.push(words.software);
  } else if (4 * model.parameters > MOST_ON_CPU) {
    reasons.push(words.tooLargeForCpu(4 * model.parameters, MOST_ON_CPU));
  }
  if (kept === 'memory') reasons.push(place.unsaved ?? words.noRoom(place.freeBytes ?? 0));
  return reasons;
}

/** Judge a model in a place. */
export function judge(model: DescribedModel, needs: Needs, place: Place): ModelPreflight {
  const { config, files, weights, f16Bytes, title, dtype, parameters } = model;
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const beside = total - weights.bytes + (model.ownBytes ?? 0);
  const storeBytes = {
    file: beside + weights.bytes,
    f16: beside + (dtype === 'F16' ? weights.bytes : f16Bytes),
  };
  const { refusals, gpuBytes, limits } = needs;
  const judgeKept = (keep: Keep): KeepPreflight => {
    const here = place.here?.[keep];
    const { loaded = 0, busy = false } = place.partial?.[keep] ?? {};
    // What broke off takes its share of the room already.
    const missing = storeBytes[keep] * (1 - loaded / Math.max(weights.bytes, 1));
    const noRoom = place.freeBytes !== undefined && place.freeBytes < missing;
    const kept = here ? 'here' : place.unsaved !== undefined || noRoom ? 'memory' : 'disk';
    const storage = storageOf(keep, model, needs, place);
    return {
      ...{ downloadBytes: here ? 0 : total - loaded, haveBytes: here?.bytes ?? loaded, kept, storage },
      ...{ gpuBytes: gpuBytes[storage], why: whyOf(keep, storage, model, needs, place) },
      reasons: reasonsOf(model, needs, place, kept),
      ...(busy && !here ? { busy } : {}),
    };
  };
  const by = { file: judgeKept('file'), f16: judgeKept('f16') };
  const keep = propose(model, place);
  const { downloadBytes, haveBytes, kept, storage, why, reasons, busy } = by[keep];
  return {
    ...{ name: title, kind: configInfo(config).kind, parameters, dtype, gpuBytes, storeBytes, by },
    ...{ downloadBytes, haveBytes, kept, proposal: { keep, storage, why }, reasons, limits },
    ...(busy ? { busy } : {}),
    shape: {
      ...{ hidden: config.hidden, blocks: config.blocks, heads: config.heads },
      ...{ vocabulary: config.vocabulary, length: config.length },
    },
    files: files.map(({ path, bytes }) => ({ path, bytes })),
    ...(place.adapter ? { adapter: place.adapter.name } : {}),
    ...(place.freeBytes === undefined ? {} : { freeBytes: place.freeBytes }),
    fits: place.adapter ? refusals.f16.length === 0 : 4 * parameters <= MOST_ON_CPU,
  };
}
