/**
 * The network in plain float64 on the CPU: what a forward pass is, to be read in one sitting, and what the GPU's is held
 * against. `dit_orig` of the released code (github.com/jdeschena/sdtt): a transformer without causality whose norms are
 * modulated by adaLN (DiT, arXiv 2212.09748), rotary positions (arXiv 2104.09864), no bias in attention. `ar_orig` is the
 * same with causality and without modulation. It folds nothing, packs nothing and has no cache; tensors have their names
 * and layouts of the file.
 */
import { attention } from '../../gpu/kernels/attention/attention.reference.ts';
import { attentionWeights } from '../../gpu/kernels/attention-weights/attention-weights.reference.ts';
import { embed } from '../../gpu/kernels/embedding/embedding.reference.ts';
import { geluTanh, matmul, rotate } from '../../gpu/kernels/gemm/gemm.reference.ts';
import { tokenNll } from '../../gpu/kernels/sample/sample.reference.ts';
import { layerNormModulate } from '../../gpu/kernels/layernorm/layernorm-modulate.reference.ts';
import { expectedTensors, type Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { sigma } from '../diffusion/schedule.ts';
import { loadConditioning, readFloats, type Conditioning } from './modulation.ts';

/** A network in memory. */
export interface ReferenceNetwork {
  config: ModelConfig;
  /** A tensor of the checkpoint by its name, row-major. */
  tensor: (name: string) => Float32Array;
  /** sigma -> c, [condDim]; absent in causal networks, which have no modulation. */
  conditioning?: Conditioning;
}

/**
 * Read all weights of a checkpoint, once for any number of passes.
 * @throws UnmaskError as its tensors
 */
export async function loadReference(checkpoint: Checkpoint): Promise<ReferenceNetwork> {
  const { config } = checkpoint;
  const tensors = new Map<string, Float32Array>();
  for (const name of expectedTensors(config).keys()) tensors.set(name, await readFloats(checkpoint, name));
  return {
    config,
    tensor: (name) => {
      const values = tensors.get(name);
      if (!values) throw new Error(`the network has no tensor ${name}`);
      return values;
    },
    ...(config.kind === 'causal' ? {} : { conditioning: await loadConditioning(checkpoint) }),
  };
}

/** y = W x + b by rows, with or without b. x [M, K], W [N, K]; returns [M, N]. */
function linear(x: Float64Array, weight: Float32Array, inner: number, bias?: Float32Array): Float64Array {
  const columns = weight.length / inner;
  const y = matmul(x, weight, x.length / inner, columns, inner);
  if (bias) for (let i = 0; i < y.length; i++) y[i] += bias[i % columns];
  return y;
}

/** Rotate q and k of every head by their positions, in place; v stays. qkv [L, 3, heads, size]. */
function rotateHeads(qkv: Float64Array, heads: number, size: number): void {
  for (let at = 0, part = 0; at < qkv.length; at += size, part++) {
    if (part % (3 * heads) >= 2 * heads) continue;
    qkv.set(rotate(qkv.subarray(at, at + size), Math.floor(part / (3 * heads))), at);
  }
}

/** x += gate * y, by rows of the gate's length. */
function addGated(x: Float64Array, gate: Float64Array, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] += gate[i % gate.length] * y[i];
}

/** What modulation is where there is none, in the layout of adaLN: shift and scale 0, gate 1, for both norms of a block. */
function noModulation(d: number): Float64Array {
  return Float64Array.from({ length: 6 * d }, (_, i) => (Math.floor(i / d) % 3 === 2 ? 1 : 0));
}

/** What a pass is asked for. */
interface PassOptions {
  /** Time in (0, 1], read only by networks with time conditioning (default 1). */
  t?: number;
  /** Positions to compute (default: all). */
  rows?: ArrayLike<number>;
  /** Told what the attention of each block is handed: [L, 3, heads, size], q and k rotated. */
  onQkv?: (block: number, qkv: Float64Array) => void;
}

/**
 * One forward pass of one text.
 * @param tokens L ids; masked slots hold the mask's
 * @param options.rows positions to compute the head for
 * @returns raw logits, before SUBS, [L, V]; [R, V] where R rows are asked for. Those of a causal network are of the token
 * that follows each position
 * @throws RangeError for a row that the text does not have
 */
export function referenceLogits(
  network: ReferenceNetwork,
  tokens: ArrayLike<number>,
  options: PassOptions = {},
): Float64Array {
  const { config, tensor } = network;
  const features = referenceFeatures(network, tokens, options);
  const weight = tensor('output_layer.linear.weight');
  return linear(features, weight, config.hidden, tensor('output_layer.linear.bias'));
}

/**
 * The body of a forward pass of one text: hidden states behind the final norm.
 * @returns [L, d]; [R, d] where R rows are asked for
 * @throws RangeError for a row that the text does not have
 */
export function referenceFeatures(
  { config, tensor, conditioning }: ReferenceNetwork,
  tokens: ArrayLike<number>,
  options: PassOptions = {},
): Float64Array {
  const { hidden: d, heads, blocks, condDim, timeConditioning } = config;
  const { length } = tokens;
  const size = d / heads;
  const c = conditioning?.(timeConditioning ? sigma(options.t ?? 1) : 0);
  const unmodulated = noModulation(d);

  const layer = (x: Float64Array, name: string): Float64Array =>
    linear(x, tensor(`${name}.weight`), x.length / length, tensor(`${name}.bias`));
  /** Shift, scale and gate of a block's two norms, or shift and scale of the last one: [6 d] or [2 d]. */
  const adaLN = (name: string): Float64Array =>
    c ? linear(c, tensor(`${name}.weight`), condDim, tensor(`${name}.bias`)) : unmodulated;
  /** LN(x) * weight * (1 + scale) + shift, with shift and scale side by side from `shift` on. */
  const norm = (x: Float64Array, name: string, modulation: Float64Array, shift: number): Float64Array =>
    layerNormModulate(x, tensor(`${name}.weight`), modulation, {
      ...{ inner: d, length: x.length / d, stride: 0, shift, scale: shift + d },
    });

  const x = embed(tensor('vocab_embed.embedding'), tokens, d);
  for (let i = 0; i < blocks; i++) {
    const block = `blocks.${i}`;
    const modulation = adaLN(`${block}.adaLN_modulation`);

    const qkv = linear(norm(x, `${block}.norm1`, modulation, 0), tensor(`${block}.attn_qkv.weight`), d);
    rotateHeads(qkv, heads, size);
    options.onQkv?.(i, qkv);
    const attended = attention(qkv, { samples: 1, length, heads, size, causal: config.kind === 'causal' });
    addGated(x, modulation.subarray(2 * d, 3 * d), linear(attended, tensor(`${block}.attn_out.weight`), d));

    const inner = layer(norm(x, `${block}.norm2`, modulation, 3 * d), `${block}.mlp.0`).map(geluTanh);
    addGated(x, modulation.subarray(5 * d, 6 * d), layer(inner, `${block}.mlp.2`));
  }

  // From here on a position needs nothing of the others.
  const rows = options.rows ?? Array.from({ length }, (_, i) => i);
  const chosen = new Float64Array(rows.length * d);
  for (let i = 0; i < rows.length; i++) {
    if (!(rows[i] in tokens)) throw new RangeError(`rows[${i}] is ${rows[i]}: the text has ${length} slots.`);
    chosen.set(x.subarray(rows[i] * d, (rows[i] + 1) * d), i * d);
  }
  return norm(chosen, 'output_layer.norm_final', adaLN('output_layer.adaLN_modulation'), 0);
}

/**
 * What each position of a text reads in one head.
 * @param at.layer block, from 0
 * @param at.head of that block, from 0
 * @returns softmax weights, [L, L]; row i is of position i
 */
export function referenceAttention(
  network: ReferenceNetwork,
  tokens: ArrayLike<number>,
  { layer, head, ...options }: { layer: number; head: number; t?: number },
): Float64Array {
  const { hidden, heads, kind } = network.config;
  const shape = { length: tokens.length, heads, size: hidden / heads, causal: kind === 'causal' };
  let weights = new Float64Array(0);
  const onQkv = (block: number, qkv: Float64Array): void => {
    if (block === layer) weights = new Float64Array(attentionWeights(qkv, shape, head));
  };
  referenceFeatures(network, tokens, { ...options, rows: [], onQkv });
  return weights;
}

/**
 * How likely a text is: -log p(token | those before it) of each token but the first, nats.
 * @param network a causal one
 * @param tokens L real token ids, L >= 2
 * @returns L - 1
 */
export function referenceScore(network: ReferenceNetwork, tokens: ArrayLike<number>): Float64Array {
  const { vocabulary } = network.config;
  const logits = referenceLogits(network, tokens);
  return Float64Array.from({ length: tokens.length - 1 }, (_, i) =>
    tokenNll(logits.subarray(i * vocabulary, (i + 1) * vocabulary), tokens[i + 1], vocabulary - 1),
  );
}
