/** What a network takes of a GPU, and what it needs of its limits: by formula, before anything is set up. */
import { paddedColumns, SELECTION_STRIDE, STORED_BYTES, type Storage } from '../../gpu/kernels/gemm/gemm.ts';
import { packedBytes } from '../../gpu/kernels/pack-weight/pack-weight.ts';
import { DRAWN_BYTES } from '../../gpu/kernels/sample/sample.ts';
import { SPAN_STRIDE } from '../../gpu/kernels/span.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { memoryWords as words } from '../messages/memory.ts';
import type { BatchShape } from './forward.ts';
import { headRows, logitsStride, recordsBytes } from './head.ts';
import { ModulationLayout } from './modulation.ts';
import { largestBuffer, matrixPieces, tablePieces, type BufferLimits } from './pieces.ts';

/** Bytes of GPU memory that a network takes. */
export interface NetworkMemory {
  embedding: number;
  /** All other weights, packed, with biases and norms. */
  weights: number;
  /** Of the texts of a batch. */
  activations: number;
  /** Queries, keys and values that a causal network keeps of every block; 0 for diffusion. */
  cache: number;
  /** What the head writes its draws into, and the logits that it stores. */
  head: number;
}

/** How a network is used. */
export interface NetworkUse extends BatchShape {
  storage: Storage;
  /** Logits are stored too, as top-p and a look into a slot ask for (default: not). */
  logits?: boolean;
}

/** Linear layers of a block: outputs and inputs, in units of the width. */
const LAYERS = [
  ['attn_qkv', 3, 1],
  ['attn_out', 1, 1],
  ['mlp.0', 4, 1],
  ['mlp.2', 1, 4],
] as const;

/**
 * Bytes of GPU memory of a network and of the texts of one batch. Left out are the uniforms that describe shapes, below 1 % of
 * any network, and what the confidence sampler needs besides.
 */
export function networkMemory(config: ModelConfig, use: NetworkUse): NetworkMemory {
  const { hidden: d, blocks, heads, vocabulary, kind, timeConditioning: timed, condDim } = config;
  const { storage, batch, length, logits = false } = use;
  const causal = kind === 'causal';
  const slots = batch * length;
  const { size } = new ModulationLayout(config);
  const linear = (outputs: number, inputs: number): number =>
    packedBytes(outputs, inputs, storage) + 8 * paddedColumns(outputs);
  const block = LAYERS.reduce((sum, [, outputs, inputs]) => sum + linear(outputs * d, inputs * d), 0);
  const gains = 4 * d * (2 * blocks + 1);
  const angles = (4 * config.length * d) / heads;
  const modulation = timed ? linear(size, condDim) + 4 * d : 4 * (causal ? d : size);
  const rows = headRows(slots, vocabulary);
  const selections = SELECTION_STRIDE * (2 * length + Math.ceil(slots / rows));
  const qkv = 12 * slots * d;
  // With time: the norm's output, modulation of each sample, c of every pass and the list of its rows.
  const conditioning = timed ? 4 * slots * d + 4 * batch * size + 4 * slots * (condDim + 1) : 0;
  const stored = logits ? 4 * rows * logitsStride(vocabulary) : 0;
  return {
    embedding: STORED_BYTES[storage] * vocabulary * d,
    weights: blocks * block + linear(vocabulary, d) + gains + angles + modulation,
    // Tokens, x, what was attended to, the inside of the MLP; q, k, v, where no cache keeps them; the spans.
    activations:
      slots * (4 + 24 * d) + conditioning + (causal ? SPAN_STRIDE * (1 + length) : qkv + SPAN_STRIDE),
    cache: causal ? blocks * qkv : 0,
    // Rows and draws, and three times their way back.
    head: recordsBytes(rows, vocabulary) + stored + selections + slots * (4 + 4 * DRAWN_BYTES),
  };
}

/** Sum of the parts. */
export function totalBytes({ embedding, weights, activations, cache, head }: NetworkMemory): number {
  return embedding + weights + activations + cache + head;
}

/** A limit of a device, what a network needs of it by how its weights lie there, and what the device has. */
export interface LimitNeed {
  limit: keyof BufferLimits;
  needed: Record<Storage, number>;
  has: number;
}

/** What a network needs of a device's limits. */
export interface NetworkLimits {
  limits: LimitNeed[];
  /** Why they do not suffice, by storage: sentences, each with its remedy. */
  reasons: Record<Storage, string[]>;
}

/** A buffer that is not cut, and bound whole. */
interface Uncut {
  what: string;
  bytes: number;
}

const largest = (buffers: readonly Uncut[]): Uncut =>
  buffers.reduce((most, buffer) => (buffer.bytes > most.bytes ? buffer : most));

/** Weights that are not cut any further: the layers, and the least pieces of embedding and head. */
function uncutWeights(config: ModelConfig, storage: Storage): Uncut[] {
  const { hidden: d, vocabulary, timeConditioning, condDim } = config;
  const row = STORED_BYTES[storage] * d;
  const packed = (columns: number, inner: number): number => packedBytes(columns, inner, storage);
  return [
    ...LAYERS.map(([name, outputs, inputs]) => ({
      what: words.buffers.layer(name),
      bytes: packed(outputs * d, inputs * d),
    })),
    { what: words.buffers.embedding, bytes: tablePieces(vocabulary, row, 0)[0].count * row },
    { what: words.buffers.head, bytes: packed(matrixPieces(vocabulary, row, 0)[0].count, d) },
    ...(timeConditioning
      ? [{ what: words.buffers.modulation, bytes: packed(new ModulationLayout(config).size, condDim) }]
      : []),
  ];
}

/** The largest buffers of a batch. */
function uncutActivations({ hidden: d, vocabulary }: ModelConfig, { batch, length }: BatchShape): Uncut[] {
  const slots = batch * length;
  const rows = headRows(slots, vocabulary);
  const what = words.buffers.pass(batch, length);
  return [16 * slots * d, 4 * rows * logitsStride(vocabulary), recordsBytes(rows, vocabulary)].map(
    (bytes) => ({
      what,
      bytes,
    }),
  );
}

/**
 * What a network and a batch of texts need of a device, embedding and head being cut as its limits ask for: every other buffer
 * is made and bound whole.
 * @param has limits of the device
 */
export function networkLimits(config: ModelConfig, shape: BatchShape, has: BufferLimits): NetworkLimits {
  const most = largestBuffer(has);
  const scarce =
    has.maxBufferSize < has.maxStorageBufferBindingSize ? 'maxBufferSize' : 'maxStorageBufferBindingSize';
  const reason = ({ what, bytes }: Uncut, remedy: string): string[] =>
    bytes <= most
      ? []
      : [words.tooLarge(what, Math.ceil(bytes / 2 ** 20), scarce, Math.floor(most / 2 ** 20), remedy)];
  const texts = largest(uncutActivations(config, shape));
  const of = (storage: Storage) => {
    const weights = largest(uncutWeights(config, storage));
    return {
      needed: Math.max(weights.bytes, texts.bytes),
      reasons: [...reason(weights, words.remedies.weights[storage]), ...reason(texts, words.remedies.texts)],
    };
  };
  const [f16, f32] = [of('f16'), of('f32')];
  const needed = { f16: f16.needed, f32: f32.needed };
  return {
    limits: (['maxBufferSize', 'maxStorageBufferBindingSize'] as const).map((limit) => ({
      ...{ limit, needed },
      has: has[limit],
    })),
    reasons: { f16: f16.reasons, f32: f32.reasons },
  };
}
