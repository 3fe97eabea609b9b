/**
 * Loss and gradients of a batch in plain float64 on the CPU: the whole backward pass, to be read in one sitting beside the
 * forward pass that it mirrors, and what the GPU's is held against. Put together from the references of the kernels; as in
 * network/forward.reference.ts tensors have their names and layouts of the file, and nothing is folded. Everywhere rows are
 * m = sample * length + position.
 */
import {
  attentionBackward,
  rotateParts,
} from '../../../gpu/kernels/attention-backward/attention-backward.reference.ts';
import { attention } from '../../../gpu/kernels/attention/attention.reference.ts';
import { embeddingBackward } from '../../../gpu/kernels/embedding-backward/embedding-backward.reference.ts';
import { embed } from '../../../gpu/kernels/embedding/embedding.reference.ts';
import { gateBackward } from '../../../gpu/kernels/gate-backward/gate-backward.reference.ts';
import { layerNormBackward } from '../../../gpu/kernels/layernorm-backward/layernorm-backward.reference.ts';
import { layerNormModulate } from '../../../gpu/kernels/layernorm/layernorm-modulate.reference.ts';
import type { LossGradient } from '../../../gpu/kernels/loss/loss.reference.ts';
import { ACTIVATION_REFERENCE, product } from '../../../gpu/kernels/matmul/matmul.reference.ts';
import { modulationBackward } from '../../../gpu/kernels/modulation-backward/modulation-backward.reference.ts';
import { expectedTensors } from '../../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../../checkpoint/config.ts';
import { sigma } from '../../diffusion/schedule.ts';
import { adaLayers, embedSigma, ModulationLayout } from '../modulation.ts';
import { normNames } from '../parameters.ts';

/** A network, by the names of its tensors. */
export interface ReferenceParameters {
  config: ModelConfig;
  tensor: (name: string) => ArrayLike<number>;
}

/** A batch, and the loss of each row that counts. */
export interface ReferenceBatch {
  /** Tokens that the network reads, [batch * length]. */
  tokens: ArrayLike<number>;
  length: number;
  /** Time of each text, read only by networks with time conditioning. */
  times: ArrayLike<number>;
  /** Rows that head and loss work on. */
  rows: ArrayLike<number>;
  /** Loss of rows[slot], and its gradient by the row's logits. */
  lossOf: (logits: Float64Array, slot: number) => LossGradient;
  /** The loss of the batch is the sum of those of the rows times this. */
  scale: number;
}

/** Values by the names of the tensors. */
export type ReferenceGradients = Record<string, Float64Array>;

const { 'gelu-tanh': gelu, silu } = ACTIVATION_REFERENCE;

const plus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i]);

/** Values of chosen rows, one behind the other. */
function gather(x: Float64Array, rows: ArrayLike<number>, width: number): Float64Array {
  return Float64Array.from(
    { length: rows.length * width },
    (_, i) => x[rows[Math.floor(i / width)] * width + (i % width)],
  );
}

/** Sums over the rows. */
function columnSums(x: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width);
  x.forEach((value, i) => (sums[i % width] += value));
  return sums;
}

/** What both passes need of a network and a batch. */
class Pass {
  readonly at: ModulationLayout;
  readonly shapes: Map<string, number[]>;
  readonly samples: number;
  readonly groups: number;
  /** Values from one sample's modulation to the next one's. */
  readonly stride: number;

  constructor(
    readonly network: ReferenceParameters,
    readonly batch: ReferenceBatch,
  ) {
    const { config } = network;
    this.at = new ModulationLayout(config);
    this.shapes = expectedTensors(config);
    this.samples = batch.tokens.length / batch.length;
    this.groups = config.timeConditioning ? this.samples : 1;
    this.stride = config.timeConditioning ? this.at.size : 0;
  }

  get attentionShape() {
    const { hidden, heads, kind } = this.network.config;
    const { samples } = this;
    return { samples, length: this.batch.length, heads, size: hidden / heads, causal: kind === 'causal' };
  }

  /** x W^T + b, where there is a b. [m, k] -> [m, n] */
  linear(name: string, x: Float64Array): Float64Array {
    const [n, k] = this.shapes.get(`${name}.weight`)!;
    const y = product('nt', x, this.network.tensor(`${name}.weight`), { m: x.length / k, n, k });
    if (!this.shapes.has(`${name}.bias`)) return y;
    const bias = this.network.tensor(`${name}.bias`);
    return y.map((value, i) => value + bias[i % n]);
  }

  norm(
    name: string,
    x: Float64Array,
    place: { shift: number; scale: number },
    modulation: Float64Array,
  ): Float64Array {
    const { length } = this.batch;
    const weight = this.network.tensor(`${name}.weight`);
    const inner = this.network.config.hidden;
    return layerNormModulate(x, weight, modulation, { inner, length, stride: this.stride, ...place });
  }

  /** x + gate * p */
  addGated(x: Float64Array, p: Float64Array, gate: number, modulation: Float64Array): Float64Array {
    const d = this.network.config.hidden;
    return x.map((value, i) => {
      const sample = Math.floor(i / d / this.batch.length);
      return value + modulation[sample * this.stride + gate + (i % d)] * p[i];
    });
  }
}

/** From times to shift, scale and gate of every norm, [groups, layout.size]; causal networks have 0, 0 and 1. */
function modulate(pass: Pass) {
  const { at, groups, batch, network } = pass;
  const { config } = network;
  const modulation = new Float64Array(groups * at.size);
  if (config.kind === 'causal') {
    for (let i = 0; i < config.blocks; i++) {
      const { gate1, gate2 } = at.block(i);
      for (const gate of [gate1, gate2]) modulation.fill(1, gate, gate + config.hidden);
    }
    return { modulation };
  }
  const times = Array.from({ length: groups }, (_, g) =>
    config.timeConditioning ? sigma(batch.times[g]) : 0,
  );
  const features = Float64Array.from(times.flatMap((value) => [...embedSigma(value)]));
  const inner1 = pass.linear('sigma_map.mlp.0', features);
  const hidden1 = inner1.map(silu.of);
  const inner2 = pass.linear('sigma_map.mlp.2', hidden1);
  const c = inner2.map(silu.of);
  adaLayers(config).forEach((layer, i) => {
    const part = pass.linear(layer, c);
    const width = part.length / groups;
    for (let g = 0; g < groups; g++) {
      modulation.set(part.subarray(g * width, (g + 1) * width), g * at.size + 6 * i * config.hidden);
    }
  });
  return { modulation, conditioning: { features, inner1, hidden1, inner2, c } };
}

/** The forward pass, with what the backward pass needs of it. */
function forward(pass: Pass) {
  const { network, batch, at } = pass;
  const { config, tensor } = network;
  const { modulation, conditioning } = modulate(pass);
  let x = embed(tensor('vocab_embed.embedding'), batch.tokens, config.hidden);
  const blocks = Array.from({ length: config.blocks }, (_, i) => {
    const name = `blocks.${i}`;
    const place = at.block(i);
    const begin = x;
    const h1 = pass.norm(`${name}.norm1`, x, { shift: place.shift1, scale: place.scale1 }, modulation);
    const qkv = rotateParts(pass.linear(`${name}.attn_qkv`, h1), pass.attentionShape, 1);
    const attended = attention(qkv, pass.attentionShape);
    const p1 = pass.linear(`${name}.attn_out`, attended);
    const middle = pass.addGated(x, p1, place.gate1, modulation);
    const h2 = pass.norm(`${name}.norm2`, middle, { shift: place.shift2, scale: place.scale2 }, modulation);
    const u = pass.linear(`${name}.mlp.0`, h2);
    const p2 = pass.linear(`${name}.mlp.2`, u.map(gelu.of));
    x = pass.addGated(middle, p2, place.gate2, modulation);
    return { x: begin, h1, qkv, attended, p1, middle, h2, u, p2 };
  });
  const normed = pass.norm('output_layer.norm_final', x, at.head(), modulation);
  const features = gather(normed, batch.rows, config.hidden);
  const logits = pass.linear('output_layer.linear', features);
  const losses = Array.from(batch.rows, (_, slot) => {
    const V = config.vocabulary;
    return batch.lossOf(logits.subarray(slot * V, (slot + 1) * V), slot);
  });
  const loss = batch.scale * losses.reduce((sum, row) => sum + row.loss, 0);
  return { modulation, conditioning, blocks, last: x, features, losses, loss };
}

/** The loss of a batch alone. */
export function referenceLoss(network: ReferenceParameters, batch: ReferenceBatch): number {
  return forward(new Pass(network, batch)).loss;
}

/** The loss of a batch, and its gradient by every parameter. */
export function referenceGradients(
  network: ReferenceParameters,
  batch: ReferenceBatch,
): { loss: number; gradients: ReferenceGradients } {
  const pass = new Pass(network, batch);
  const { modulation, conditioning, blocks, last, features, losses, loss } = forward(pass);
  const { config, tensor } = network;
  const { at, groups, stride } = pass;
  const { length } = batch;
  const { hidden: d, vocabulary } = config;
  const gradients: ReferenceGradients = {};

  /** Keeps the gradients of y = x W^T + b; returns that of x. */
  const linear = (name: string, dy: Float64Array, x: Float64Array): Float64Array => {
    const [n, k] = pass.shapes.get(`${name}.weight`)!;
    const m = dy.length / n;
    gradients[`${name}.weight`] = product('tn', dy, x, { m: n, n: k, k: m });
    if (pass.shapes.has(`${name}.bias`)) gradients[`${name}.bias`] = columnSums(dy, n);
    return product('nn', dy, tensor(`${name}.weight`), { m, n: k, k: n });
  };

  // Each norm and gate has columns of its own in the sums over the rows of a sample, [samples, layout.size].
  let partials: Float64Array = new Float64Array(pass.samples * at.size);
  const sums = { inner: d, length, stride, partialStride: at.size, chunkRows: length };
  const norm = (
    name: string,
    x: Float64Array,
    dh: Float64Array,
    place: { shift: number; scale: number },
  ): Float64Array => {
    const result = layerNormBackward(x, dh, tensor(`${name}.weight`), modulation, { ...sums, ...place });
    partials = plus(partials, result.partials);
    return result.dx;
  };
  const gate = (dx: Float64Array, p: Float64Array, place: number): Float64Array => {
    const result = gateBackward(dx, p, modulation, { ...sums, gate: place });
    partials = plus(partials, result.partials);
    return result.dp;
  };

  // Loss and head, on the rows that count; nothing comes to the others.
  const dLogits = new Float64Array(losses.length * vocabulary);
  losses.forEach(({ gradient }, slot) => {
    dLogits.set(
      gradient.map((value) => value * batch.scale),
      slot * vocabulary,
    );
  });
  const dChosen = linear('output_layer.linear', dLogits, features);
  const dNormed = new Float64Array(last.length);
  Array.from(batch.rows, (row, slot) => {
    dNormed.set(dChosen.subarray(slot * d, (slot + 1) * d), row * d);
  });
  let dx = norm('output_layer.norm_final', last, dNormed, at.head());

  // The blocks, last to first: what goes past a half, and what comes back through it.
  for (let i = config.blocks - 1; i >= 0; i--) {
    const { x, h1, qkv, attended, p1, middle, h2, u, p2 } = blocks[i];
    const name = `blocks.${i}`;
    const place = at.block(i);
    const dGelu = linear(`${name}.mlp.2`, gate(dx, p2, place.gate2), u.map(gelu.of));
    const dInner = dGelu.map((value, j) => value * gelu.derivative(u[j]));
    const dh2 = linear(`${name}.mlp.0`, dInner, h2);
    dx = plus(dx, norm(`${name}.norm2`, middle, dh2, { shift: place.shift2, scale: place.scale2 }));
    const dAttended = linear(`${name}.attn_out`, gate(dx, p1, place.gate1), attended);
    const dh1 = linear(`${name}.attn_qkv`, attentionBackward(qkv, dAttended, pass.attentionShape), h1);
    dx = plus(dx, norm(`${name}.norm1`, x, dh1, { shift: place.shift1, scale: place.scale1 }));
  }
  gradients['vocab_embed.embedding'] = embeddingBackward(batch.tokens, dx, { vocabulary, hidden: d });

  // Modulation: of each sample's own where it depends on time, else all samples' of the one.
  const names = normNames(config);
  const weights = Float64Array.from(names.flatMap((name) => [...Array.from(tensor(name))]));
  const { dmod, dweight } = modulationBackward(partials, weights, modulation, {
    inner: d,
    stride: at.size,
    groups,
  });
  names.forEach((name, i) => (gradients[name] = dweight.slice(i * d, (i + 1) * d)));
  if (conditioning) {
    const { features: embedded, inner1, hidden1, inner2, c } = conditioning;
    const dc = adaLayers(config).map((layer, i) => {
      const [width] = pass.shapes.get(`${layer}.weight`)!;
      const part = Float64Array.from({ length: groups * width }, (_, j) => {
        return dmod[Math.floor(j / width) * at.size + 6 * i * d + (j % width)];
      });
      return linear(layer, part, c);
    });
    const dInner2 = dc.reduce(plus).map((value, j) => value * silu.derivative(inner2[j]));
    const dHidden1 = linear('sigma_map.mlp.2', dInner2, hidden1);
    linear(
      'sigma_map.mlp.0',
      dHidden1.map((value, j) => value * silu.derivative(inner1[j])),
      embedded,
    );
  }
  return { loss, gradients };
}
