/**
 * The network as an ONNX graph, for onnxruntime: where there is no WebGPU, to check our kernels against, to measure them
 * against, and to take a model elsewhere. `forward.reference.ts` says what is computed.
 *
 * It uses those contributed operators of onnxruntime that fuse what a transformer needs and that both its CPU and its WebGPU
 * backend have: as a peer it should be at its best. Weights stay in the file of the checkpoint, bit by bit; what is
 * converted, transposed or scaled is so by nodes on constants, which a session carries out once, when it is made.
 */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import {
  constantModulation,
  FREQUENCIES,
  ModulationLayout,
  PERIOD,
  readFloats,
} from '../network/modulation.ts';
import { GraphBuilder, type Precision } from './graph.ts';
import { DataType, type Model, type Value } from './proto.ts';

const EPSILON = { epsilon: { float: 1e-5 } };

/**
 * x of the residual stream, as the sum of what is known so far: nodes that add are fused with the norm that follows. All
 * are [B, L, d], or [R, d] once rows were chosen; `bias` is [d].
 */
interface Residual {
  x: string;
  delta?: string;
  bias?: string;
}

/** A network's own part in a block: what its norms and gates do. `at` counts norms, two for each block, the head's last. */
interface Style {
  /** The norm `name` of x, and x with everything added. */
  norm(name: string, at: number, residual: Residual): { normed: string; x: string };
  /** W x of a branch, [.., d], without its bias, as something to be added to x. */
  branch(name: string, at: number, input: string): { delta: string; bias?: string };
}

/** Outputs besides the logits. */
export interface GraphOutputs {
  features?: boolean;
  attention?: boolean;
}

/** The outputs with queries and keys of a block. */
export const attentionOutputs = (block: number): { query: string; key: string } => ({
  query: `blocks.${block}.q.rotated`,
  key: `blocks.${block}.k.rotated`,
});

/**
 * Make the graph of a checkpoint. Its inputs and outputs, with batch B, length L, heads H of size D and R rows:
 *
 *  - `tokens` INT32 [B, L];
 *  - `rows` INT32 [R]: the rows m = sample * L + position to compute the head for, in any order;
 *  - `sigma` FLOAT [B], only with time conditioning: the noise that each sample is told (`sigma(t)` of schedule.ts);
 *  - `past.i.key`, `past.i.value` [B, H, P, D] of each block, only for causal networks: what the P tokens before these left
 *    (P = 0 at the start of a text);
 *  - `logits` FLOAT [R, V], raw;
 *  - `present.i.key`, `present.i.value` [B, H, P + L, D], only for causal networks;
 *  - `features` FLOAT [R, d], only where asked for and without time conditioning: the rows behind the final norm;
 *  - `blocks.i.q.rotated`, `blocks.i.k.rotated` [B, L, d] of each block, only where attention is asked for: queries and keys as
 *    attention takes them.
 *
 * A causal network is asked by whoever reads its logits to leave out the mask: `ar_orig` puts -1000 in its place.
 * @param precision numbers of the computation; f16 is for adapters that have it, and keeps matrices that are F16 as they are
 * @param more outputs that are asked for besides
 * @throws UnmaskError as its tensors
 */
export async function buildNetwork(
  checkpoint: Checkpoint,
  precision: Precision = 'f32',
  more: GraphOutputs = {},
): Promise<Model> {
  const { config } = checkpoint;
  const { hidden: d, heads, blocks, length } = config;
  const causal = config.kind === 'causal';
  const timed = !causal && config.timeConditioning;
  const g = new GraphBuilder(checkpoint, precision);
  const inputs: Value[] = [
    { name: 'tokens', type: DataType.INT32, dims: ['batch', 'length'] },
    { name: 'rows', type: DataType.INT32, dims: ['rows'] },
  ];
  const outputs: Value[] = [{ name: 'logits', type: DataType.FLOAT, dims: ['rows', config.vocabulary] }];
  if (timed) inputs.push({ name: 'sigma', type: DataType.FLOAT, dims: ['batch'] });
  const style = causal ? plain(g) : timed ? modulated(g, checkpoint) : await folded(g, checkpoint);

  const flat = g.integers('shape.rows', [-1, d]);
  /** The chosen rows of [B, L, d]: [R, d]. */
  const choose = (x: string): string =>
    g.node('Gather', `${x}.rows`, [g.node('Reshape', `${x}.flat`, [x, flat]), 'rows'], { axis: 0 });

  const position = causal
    ? g.node('Shape', 'past.length', ['past.0.key'], { start: 2, end: 3 })
    : g.integers('position', [0]);
  const { cos, sin } = rotaryTables(g, length, d / heads);
  const rotate = (name: string, x: string): string =>
    g.node('RotaryEmbedding', name, [x, position, cos, sin], { interleaved: 0, num_heads: heads });

  let residual: Residual = {
    x: g.node('Gather', 'embedding', [g.weight('vocab_embed.embedding'), 'tokens'], { axis: 0 }),
  };
  for (let i = 0; i < blocks; i++) {
    const block = `blocks.${i}`;
    const first = style.norm(`${block}.norm1`, 2 * i, residual);
    const qkv = g.node('MatMul', `${block}.qkv`, [first.normed, transposed(g, `${block}.attn_qkv`)]);
    const [q, k, v] = ['q', 'k', 'v'].map((part) => `${block}.${part}`);
    const parts = g.integers(`${block}.qkv.sizes`, [d, d, d]);
    g.node('Split', q, [qkv, parts], { axis: -1 }, [k, v]);
    const { query, key } = attentionOutputs(i);
    const operands = [rotate(query, q), rotate(key, k), v];
    if (more.attention) {
      for (const name of [query, key]) outputs.push({ name, type: g.type, dims: ['batch', 'length', d] });
    }
    const attributes = { num_heads: heads, unidirectional: causal ? 1 : 0 };
    const kv = ['key', 'value'].map((part) => ({
      past: `past.${i}.${part}`,
      present: `present.${i}.${part}`,
    }));
    if (causal) {
      operands.push('', '', '', ...kv.map(({ past }) => past));
      for (const { past, present } of kv) {
        const dims = (tokens: string): Value['dims'] => ['batch', heads, tokens, d / heads];
        inputs.push({ name: past, type: g.type, dims: dims('past') });
        outputs.push({ name: present, type: g.type, dims: dims('total') });
      }
    }
    const presents = causal ? kv.map(({ present }) => present) : [];
    let attended = g.node('MultiHeadAttention', `${block}.attention`, operands, attributes, presents);
    let { x } = first;
    if (i === blocks - 1 && !timed) {
      // From here on a row needs nothing of the others. (With time conditioning it would need to know its sample.)
      attended = choose(attended);
      x = choose(x);
    }
    residual = { x, ...style.branch(`${block}.attn_out`, 2 * i, attended) };

    const second = style.norm(`${block}.norm2`, 2 * i + 1, residual);
    const inner = g.node('MatMul', `${block}.inner`, [second.normed, transposed(g, `${block}.mlp.0`)]);
    const active = g.node('FastGelu', `${block}.active`, [inner, g.weight(`${block}.mlp.0.bias`)]);
    residual = { x: second.x, ...style.branch(`${block}.mlp.2`, 2 * i + 1, active) };
  }
  const { normed } = style.norm('output_layer.norm_final', 2 * blocks, residual);
  const head = ['weight', 'bias'].map((part) => g.weight(`output_layer.linear.${part}`));
  const half = precision === 'f16';
  g.node('Gemm', half ? 'logits.f16' : 'logits', [timed ? choose(normed) : normed, ...head], { transB: 1 });
  if (half) g.node('Cast', 'logits', ['logits.f16'], { to: DataType.FLOAT });
  if (more.features && !timed) {
    outputs.push({ name: 'features', type: DataType.FLOAT, dims: ['rows', d] });
    if (half) g.node('Cast', 'features', [normed], { to: DataType.FLOAT });
    else g.node('Identity', 'features', [normed]);
  }

  const what = inputs.map(({ name }) => name).filter((name) => !name.startsWith('past'));
  return g.build({
    name: config.name,
    description:
      `${config.kind} network of ${config.name}: logits of ${what.join(', ')}; ` +
      'rows are sample * length + position; runs in onnxruntime, whose contributed operators it uses.',
    inputs,
    outputs,
  });
}

/** cos and sin of every position's angles, [length, D / 2] (RoFormer, arXiv 2104.09864, in half-split layout). */
function rotaryTables(g: GraphBuilder, length: number, size: number): { cos: string; sin: string } {
  const half = size / 2;
  const angles = Float64Array.from(
    { length: length * half },
    (_, i) => Math.floor(i / half) * 10_000 ** (-(i % half) / half),
  );
  return {
    cos: g.reals('rotary.cos', [length, half], angles.map(Math.cos)),
    sin: g.reals('rotary.sin', [length, half], angles.map(Math.sin)),
  };
}

/** x + delta + bias and its norm, fused where there is something to add. */
function addAndNorm(
  g: GraphBuilder,
  name: string,
  { x, delta, bias }: Residual,
  scale: string,
  shift: string,
) {
  if (delta === undefined) {
    const affine = shift === '' ? [scale] : [scale, shift];
    return { normed: g.node('LayerNormalization', `${name}.normed`, [x, ...affine], EPSILON), x };
  }
  const sum = `${name}.x`;
  const operands = [delta, x, scale, shift, ...(bias === undefined ? [] : [bias])];
  return {
    normed: g.node('SkipLayerNormalization', `${name}.normed`, operands, EPSILON, ['', '', sum]),
    x: sum,
  };
}

const hasBias = (name: string): boolean => name.includes('mlp');

/** A weight as the right-hand side of a product: [inputs, outputs], with its rows scaled before if `scale` [outputs, 1] is given. */
function transposed(g: GraphBuilder, name: string, scale?: string): string {
  const weight = g.weight(`${name}.weight`);
  const scaled = scale === undefined ? weight : g.node('Mul', `${name}.weight.gated`, [weight, scale]);
  return g.node('Transpose', `${name}.transposed`, [scaled], { perm: [1, 0] });
}

/** Norms with a weight and nothing else, no gates: the causal network. */
function plain(g: GraphBuilder): Style {
  return {
    norm: (name, _at, residual) => addAndNorm(g, name, residual, g.weight(`${name}.weight`), ''),
    branch: (name, _at, input) => ({
      delta: g.node('MatMul', name, [input, transposed(g, name)]),
      ...(hasBias(name) ? { bias: g.weight(`${name}.bias`) } : {}),
    }),
  };
}

/**
 * Modulation that is the same at every step: scale and weight of the norm become one, and the gate goes into matrix and bias
 * before it. In f32 that rounds a weight once, as any operation does. In f16 it would cost what the storage of the
 * weights costs once more, so there the gate stays an operation.
 */
async function folded(g: GraphBuilder, checkpoint: Checkpoint): Promise<Style> {
  const { config } = checkpoint;
  const { hidden: d, blocks } = config;
  const layout = new ModulationLayout(config);
  const row = await constantModulation(checkpoint);
  const part = (offset: number): Float32Array => row.subarray(offset, offset + d);
  const affine = new Map<string, { scale: string; shift: string }>();
  const addNorm = async (name: string, shift: number, scale: number): Promise<void> => {
    const weight = await readFloats(checkpoint, `${name}.weight`);
    const gain = Float64Array.from(part(scale), (value, k) => (1 + value) * weight[k]);
    affine.set(name, {
      scale: g.reals(`${name}.gain`, [d], gain),
      shift: g.reals(`${name}.shift`, [d], part(shift)),
    });
  };
  const gates: Float32Array[] = [];
  for (let i = 0; i < blocks; i++) {
    const { shift1, scale1, gate1, shift2, scale2, gate2 } = layout.block(i);
    await addNorm(`blocks.${i}.norm1`, shift1, scale1);
    await addNorm(`blocks.${i}.norm2`, shift2, scale2);
    gates.push(part(gate1), part(gate2));
  }
  const { shift, scale } = layout.head();
  await addNorm('output_layer.norm_final', shift, scale);
  return {
    norm: (name, _at, residual) => {
      const { scale, shift } = affine.get(name)!;
      return addAndNorm(g, name, residual, scale, shift);
    },
    branch: (name, at, input) => {
      const half = g.precision === 'f16';
      const bias = hasBias(name) ? { bias: gatedBias(g, name, gates[at]) } : {};
      const column = half ? undefined : g.reals(`${name}.gate.column`, [d, 1], gates[at]);
      const y = g.node('MatMul', name, [input, transposed(g, name, column)]);
      if (!half) return { delta: y, ...bias };
      const gate = g.reals(`${name}.gate`, [d], gates[at]);
      return { delta: g.node('Mul', `${name}.gated`, [y, gate]), ...bias };
    },
  };
}

/** gate * bias, in f32 until it is done: constants are not folded in f16. */
function gatedBias(g: GraphBuilder, name: string, gate: Float32Array): string {
  const f32 = DataType.FLOAT;
  const operands = [g.weight(`${name}.bias`, f32), g.reals(`${name}.bias.gate`, [gate.length], gate, f32)];
  return g.cast(g.node('Mul', `${name}.bias.gated`, operands), f32, g.type);
}

/** Modulation by sigma, different for every sample (DiT, arXiv 2212.09748, section 3.2). */
function modulated(g: GraphBuilder, { config }: Checkpoint): Style {
  const { hidden: d, blocks } = config;
  const one = g.reals('one', [1], [1]);
  const c = conditioning(g);
  /** Parts of an adaLN layer, [B, 1, d] each, their scales with 1 added. */
  const parts = (layer: string, prefix: string, count: number): string[] => {
    const name = `${layer}.adaLN_modulation`;
    const made = g.node('Gemm', name, [c, g.weight(`${name}.weight`), g.weight(`${name}.bias`)], {
      transB: 1,
    });
    const shape = g.integers(`${name}.shape`, [-1, 1, count * d]);
    const deep = g.node('Reshape', `${name}.deep`, [made, shape]);
    const names = Array.from({ length: count }, (_, i) => `${prefix}.modulation.${i}`);
    const sizes = g.integers(`${name}.sizes`, new Array<number>(count).fill(d));
    g.node('Split', names[0], [deep, sizes], { axis: -1 }, names.slice(1));
    return names.map((value, i) => (i % 3 === 1 ? g.node('Add', `${value}.plus_one`, [value, one]) : value));
  };
  const modulation = Array.from({ length: blocks }, (_, i) => parts(`blocks.${i}`, `blocks.${i}`, 6));
  modulation.push(parts('output_layer', 'output_layer', 2));
  const of = (at: number, part: number): string => modulation[at >> 1][3 * (at & 1) + part];
  return {
    norm: (name, at, { x, delta }) => {
      const sum = delta === undefined ? x : g.node('Add', `${name}.x`, [x, delta]);
      const normed = g.node(
        'LayerNormalization',
        `${name}.normed`,
        [sum, g.weight(`${name}.weight`)],
        EPSILON,
      );
      const scaled = g.node('Mul', `${name}.scaled`, [normed, of(at, 1)]);
      return { normed: g.node('Add', `${name}.shifted`, [scaled, of(at, 0)]), x: sum };
    },
    branch: (name, at, input) => {
      const product = g.node('MatMul', name, [input, transposed(g, name)]);
      const y = hasBias(name)
        ? g.node('Add', `${name}.biased`, [product, g.weight(`${name}.bias`)])
        : product;
      return { delta: g.node('Mul', `${name}.gated`, [y, of(at, 2)]) };
    },
  };
}

/** c of `sigma`, [B, cond_dim]: sinusoidal features, two layers with SiLU (`modulation.ts`). In f32 whatever comes after. */
function conditioning(g: GraphBuilder): string {
  const f32 = DataType.FLOAT;
  const periods = Float64Array.from({ length: FREQUENCIES }, (_, i) => PERIOD ** (-i / FREQUENCIES));
  const frequencies = g.reals('sigma.frequencies', [1, FREQUENCIES], periods, f32);
  const column = g.node('Reshape', 'sigma.column', ['sigma', g.integers('sigma.shape', [-1, 1])]);
  const angles = g.node('Mul', 'sigma.angles', [column, frequencies]);
  const waves = [g.node('Cos', 'sigma.cos', [angles]), g.node('Sin', 'sigma.sin', [angles])];
  let x = g.node('Concat', 'sigma.features', waves, { axis: 1 });
  for (const layer of ['sigma_map.mlp.0', 'sigma_map.mlp.2']) {
    const operands = ['weight', 'bias'].map((part) => g.weight(`${layer}.${part}`, f32));
    const y = g.node('Gemm', layer, [x, ...operands], { transB: 1 });
    x = g.node('Mul', `${layer}.active`, [y, g.node('Sigmoid', `${layer}.sigmoid`, [y])]);
  }
  return g.cast(x, f32, g.type);
}
