/**
 * The backward pass: forward.ts read from its end to its beginning. Gradients are added to what stands in their array, so that
 * several passes may make one update. Nothing here is automatic: for one fixed architecture the chain rule is a page.
 */
import type { Launch } from '../../../gpu/kernel.ts';
import {
  ATTENTION_BACKWARD_KEY,
  ATTENTION_BACKWARD_QUERY,
  attentionBackwardConstants,
  attentionBackwardUniform,
  attentionBackwardVariant,
  attentionBackwardWorkgroups,
} from '../../../gpu/kernels/attention-backward/attention-backward.ts';
import { chunksOf } from '../../../gpu/kernels/chunks.ts';
import {
  EMBEDDING_BACKWARD,
  embeddingBackwardUniform,
  embeddingBackwardWorkgroups,
} from '../../../gpu/kernels/embedding-backward/embedding-backward.ts';
import {
  GATE_BACKWARD,
  gateBackwardConstants,
  gateBackwardUniform,
  gateBackwardWorkgroups,
} from '../../../gpu/kernels/gate-backward/gate-backward.ts';
import {
  LAYERNORM_BACKWARD,
  LAYERNORM_BACKWARD_GATHER,
  chunkWorkgroups,
  layernormBackwardConstants,
  layernormBackwardUniform,
} from '../../../gpu/kernels/layernorm-backward/layernorm-backward.ts';
import {
  MODULATION_BACKWARD,
  modulationBackwardUniform,
  modulationBackwardWorkgroups,
} from '../../../gpu/kernels/modulation-backward/modulation-backward.ts';
import { FREQUENCIES } from '../modulation.ts';
import type { PassBuffers, TrainingContext } from './forward.ts';

/** The backward pass behind the head, recorded: what the head wrote into `dFeatures` becomes gradients. */
export interface BackwardPass {
  dFeatures: GPUBuffer;
  /** From features to the embedding, by blocks; the modulation's share is the end of the last piece. */
  pieces: Launch[][];
}

/** Record the backward pass of a network whose forward pass was the last one. */
export async function recordBackward(
  { gpu, layout, activations: on, products }: TrainingContext,
  { parameters, modulation, tokens }: PassBuffers,
  gradients: GPUBuffer,
): Promise<BackwardPass> {
  const { config } = layout;
  const { arena, rows, groups, shape } = on;
  const { hidden: d, heads, blocks, condDim } = config;
  const headSize = d / heads;
  const timed = config.timeConditioning;
  const at = on.layout;
  const weight = (name: string): GPUBufferBinding => layout.bind(parameters, layout.place(`${name}.weight`));
  const dWeight = (name: string): GPUBufferBinding => layout.bind(gradients, layout.place(`${name}.weight`));
  const dBias = (name: string): GPUBufferBinding => layout.bind(gradients, layout.place(`${name}.bias`));
  const chunks = chunksOf({ samples: shape.batch, length: shape.length });

  const floats = (label: string, count: number): GPUBuffer => arena.storage(label, 4 * count);
  /** dL/d of: the residual stream; what a half adds to it; a norm's output; the MLP before GELU; q, k and v. */
  const dx = floats('dx', rows * d);
  const dProjected = floats('dprojected', rows * d);
  const dNormed = floats('dnormed', rows * d);
  const dInner = floats('dinner', 4 * rows * d);
  const dqkv = floats('dqkv', 3 * rows * d);
  const dFeatures = floats('dfeatures', rows * d);
  const delta = floats('delta', rows * heads);
  /** Sums over the rows of each chunk: one row of the modulation's layout each. */
  const partials = floats('partial sums', chunks.count * at.size);
  const dModulation = floats('dmodulation', groups * at.size);

  /** dx[m, k] = dy[m, n] W[n, k] */
  const toInput = (m: number, outputs: number, inputs: number) => ({
    ...{ m, n: inputs, k: outputs, aStride: outputs, bStride: inputs, yStride: inputs },
  });
  /** dW[n, k] += dy[m, n]^T x[m, k] */
  const toWeight = (m: number, outputs: number, inputs: number) => ({
    ...{ m: outputs, n: inputs, k: m, aStride: outputs, bStride: inputs, yStride: inputs },
  });

  const norm = async (
    name: string,
    x: GPUBuffer,
    dh: GPUBuffer,
    h: GPUBuffer,
    place: { shift: number; scale: number },
  ): Promise<Launch> => {
    const last = dh === dFeatures;
    const uniform = layernormBackwardUniform({
      ...{ inner: d, length: shape.length, stride: timed ? at.size : 0, partialStride: at.size },
      ...place,
    });
    const buffers = {
      ...{ shape: arena.uniformOf('shape', uniform), x, dh, weight: weight(name), modulation },
      ...{ dx, h, partials },
    };
    // Behind the last norm nothing else comes to the residual stream; before it, there is what went past the half.
    const constants = layernormBackwardConstants(chunks, !last);
    const launch = last
      ? (await gpu.kernels.compile(LAYERNORM_BACKWARD_GATHER, constants)).bind({
          ...buffers,
          slots: on.slots,
        })
      : (await gpu.kernels.compile(LAYERNORM_BACKWARD, constants)).bind(buffers);
    return launch(chunkWorkgroups(chunks));
  };

  // x + gate * p: p's share of dx, and the gate's.
  const gate = async (p: GPUBuffer, place: number): Promise<Launch> => {
    const uniform = gateBackwardUniform({
      ...{ inner: d, length: shape.length, stride: timed ? at.size : 0, partialStride: at.size },
      gate: place,
    });
    const kernel = await gpu.kernels.compile(GATE_BACKWARD, gateBackwardConstants(chunks));
    return kernel.bind({
      ...{ shape: arena.uniformOf('shape', uniform), dx, p, modulation, dp: dProjected, partials },
    })(gateBackwardWorkgroups(chunks, d));
  };

  const attention = async (i: number, kernel: 'query' | 'key'): Promise<Launch> => {
    const { qkv, attended, lse } = on.blocks[i];
    const v = attentionBackwardVariant(headSize, shape.length, gpu.adapter.software);
    const constants = attentionBackwardConstants(v, headSize, config.kind === 'causal');
    const uniform = arena.uniformOf('shape', attentionBackwardUniform(heads, shape.length));
    const common = { shape: uniform, qkv, dy: dNormed, lse, angles: on.angles, dqkv, delta };
    const launch =
      kernel === 'query'
        ? (await gpu.kernels.compile(ATTENTION_BACKWARD_QUERY[v.kind], constants)).bind({
            ...common,
            y: attended,
          })
        : (await gpu.kernels.compile(ATTENTION_BACKWARD_KEY[v.kind], constants)).bind(common);
    return launch(attentionBackwardWorkgroups(v, shape.length, heads, shape.batch));
  };

  const block = async (i: number): Promise<Launch[]> => {
    const { x, attended, projected, middle, inner, projectedInner } = on.blocks[i];
    const name = `blocks.${i}`;
    const place = at.block(i);
    const { narrow: h, wide } = on;
    return Promise.all([
      // The MLP.
      gate(projectedInner, place.gate2),
      products.record(
        'nn',
        'activate-backward',
        toInput(rows, d, 4 * d),
        { a: dProjected, b: weight(`${name}.mlp.2`), u: inner, du: dInner, h: wide },
        { activation: 'gelu-tanh' },
      ),
      products.record('tn', 'gradient-bias', toWeight(rows, d, 4 * d), {
        ...{ a: dProjected, b: wide, y: dWeight(`${name}.mlp.2`), dbias: dBias(`${name}.mlp.2`) },
      }),
      products.record('nn', 'plain', toInput(rows, 4 * d, d), {
        ...{ a: dInner, b: weight(`${name}.mlp.0`), y: dNormed },
      }),
      norm(`${name}.norm2`, middle, dNormed, h, { shift: place.shift2, scale: place.scale2 }),
      products.record('tn', 'gradient-bias', toWeight(rows, 4 * d, d), {
        ...{ a: dInner, b: h, y: dWeight(`${name}.mlp.0`), dbias: dBias(`${name}.mlp.0`) },
      }),
      // Attention.
      gate(projected, place.gate1),
      products.record('nn', 'plain', toInput(rows, d, d), {
        ...{ a: dProjected, b: weight(`${name}.attn_out`), y: dNormed },
      }),
      products.record('tn', 'gradient', toWeight(rows, d, d), {
        ...{ a: dProjected, b: attended, y: dWeight(`${name}.attn_out`) },
      }),
      attention(i, 'query'),
      attention(i, 'key'),
      products.record('nn', 'plain', toInput(rows, 3 * d, d), {
        ...{ a: dqkv, b: weight(`${name}.attn_qkv`), y: dNormed },
      }),
      norm(`${name}.norm1`, x, dNormed, h, { shift: place.shift1, scale: place.scale1 }),
      products.record('tn', 'gradient', toWeight(rows, 3 * d, d), {
        ...{ a: dqkv, b: h, y: dWeight(`${name}.attn_qkv`) },
      }),
    ]);
  };

  const embed = async (): Promise<Launch> => {
    const kernel = await gpu.kernels.compile(EMBEDDING_BACKWARD);
    return kernel.bind({
      shape: arena.uniformOf('shape', embeddingBackwardUniform(rows, d)),
      tokens,
      dx,
      gradient: layout.bind(gradients, layout.place('vocab_embed.embedding')),
    })(embeddingBackwardWorkgroups(rows, d));
  };

  // Shift, scale, gate and the norms' weights, from the sums of the chunks.
  const modulate = async (): Promise<Launch> => {
    const kernel = await gpu.kernels.compile(MODULATION_BACKWARD);
    const uniform = modulationBackwardUniform({ inner: d, stride: at.size, groups, chunks });
    return kernel.bind({
      ...{ shape: arena.uniformOf('shape', uniform), partials, modulation },
      weight: layout.bind(parameters, layout.norms),
      dmod: dModulation,
      dweight: layout.bind(gradients, layout.norms),
    })(modulationBackwardWorkgroups(at.size));
  };

  // Back through adaLN and the network of sigma.
  const condition = async (): Promise<Launch[]> => {
    const { conditioning: c } = on;
    if (!c) return [];
    const silu = { activation: 'silu' } as const;
    const features = 2 * FREQUENCIES;
    const dInner2 = floats('dconditioning', groups * condDim);
    const dInner1 = floats('dconditioning', groups * condDim);
    const ada = layout.adaLN!;
    return Promise.all([
      products.record('tn', 'gradient-bias', toWeight(groups, at.size, condDim), {
        ...{ a: dModulation, b: c.c },
        ...{ y: layout.bind(gradients, ada.weight), dbias: layout.bind(gradients, ada.bias) },
      }),
      products.record(
        ...(['nn', 'activate-backward', toInput(groups, at.size, condDim)] as const),
        { a: dModulation, b: layout.bind(parameters, ada.weight), u: c.inner2, du: dInner2, h: c.c },
        silu,
      ),
      products.record('tn', 'gradient-bias', toWeight(groups, condDim, condDim), {
        ...{ a: dInner2, b: c.hidden1, y: dWeight('sigma_map.mlp.2'), dbias: dBias('sigma_map.mlp.2') },
      }),
      products.record(
        ...(['nn', 'activate-backward', toInput(groups, condDim, condDim)] as const),
        { a: dInner2, b: weight('sigma_map.mlp.2'), u: c.inner1, du: dInner1, h: c.hidden1 },
        silu,
      ),
      products.record('tn', 'gradient-bias', toWeight(groups, condDim, features), {
        ...{ a: dInner1, b: c.features, y: dWeight('sigma_map.mlp.0'), dbias: dBias('sigma_map.mlp.0') },
      }),
    ]);
  };

  const [last, first, modulated, conditioned, ...body] = await Promise.all([
    norm('output_layer.norm_final', on.last, dFeatures, on.narrow, at.head()),
    embed(),
    modulate(),
    condition(),
    ...Array.from({ length: blocks }, (_, i) => block(blocks - 1 - i)),
  ]);
  const pieces = body.map((launches, i) => [
    ...(i === 0 ? [last] : []),
    ...launches,
    ...(i === blocks - 1 ? [first, modulated, ...conditioned] : []),
  ]);
  return { dFeatures, pieces };
}
