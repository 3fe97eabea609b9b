/**
 * The same update in TensorFlow.js on WebGPU: eager operations, gradients by its tape. Parameters, moments and average are flat
 * arrays, of which the network's tensors are parts, so that the optimiser is a dozen operations for all tensors together instead
 * of for each; the head runs on masked positions alone, and the teacher's on those of a sub-step.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { adamwUpdate } from '../../src/model/distill/optimizer.ts';
import { watchDevice, type DeviceWatch } from './device-counts.ts';
import type { TrainingEngine, UpdateNumbers } from './engine.ts';
import {
  ADA_BIAS,
  ADA_WEIGHT,
  drawNoise,
  NORMS,
  parameterTensors,
  rotaryTables,
  rowsOfSubSteps,
  timeFeatures,
  type TrainingProblem,
} from './problem.ts';

/** Tensors by name. */
type Tensors = Record<string, tf.Tensor>;

const numbers = new Map<number, tf.Scalar>();

/** A constant that is uploaded once. */
function constant(value: number): tf.Scalar {
  let scalar = numbers.get(value);
  if (!scalar) {
    scalar = tf.keep(tf.scalar(value));
    numbers.set(value, scalar);
  }
  return scalar;
}

/** a W^T + b. */
function linear(a: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor2D {
  const product = { a: a as tf.Tensor2D, b: weight as tf.Tensor2D, transposeB: true };
  return tf.fused.matMul(bias ? { ...product, bias } : product) as tf.Tensor2D;
}

const silu = (x: tf.Tensor): tf.Tensor => x.mul(tf.sigmoid(x));

function gelu(x: tf.Tensor): tf.Tensor {
  const inner = x.add(x.mul(x).mul(x).mul(constant(0.044715))).mul(constant(Math.sqrt(2 / Math.PI)));
  return x.mul(constant(0.5)).mul(inner.tanh().add(constant(1)));
}

/** LN(x) weight (1 + scale) + shift. */
function modulatedNorm(x: tf.Tensor, weight: tf.Tensor, shift: tf.Tensor, scale: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  const normed = x.sub(mean).mul(variance.add(constant(1e-5)).rsqrt());
  return normed.mul(weight.mul(scale.add(constant(1)))).add(shift);
}

/** The training by TensorFlow.js. */
export class TfjsTraining implements TrainingEngine {
  readonly #tensors;
  readonly #inputs;
  #steps = 0;
  #state: { parameters: tf.Tensor1D; m: tf.Tensor1D; v: tf.Tensor1D; average: tf.Tensor1D };

  private constructor(
    private readonly problem: TrainingProblem,
    readonly watch: DeviceWatch,
  ) {
    const { layout, shape, plan, student, teacher } = problem;
    this.#tensors = parameterTensors(layout);
    const size = this.#tensors.reduce((sum, { length }) => sum + length, 0);
    const flat = (values: Float32Array): tf.Tensor1D => {
      const joined = new Float32Array(size);
      let at = 0;
      for (const { offset, length } of this.#tensors) {
        joined.set(values.subarray(offset, offset + length), at);
        at += length;
      }
      return tf.tensor1d(joined);
    };
    const parameters = flat(student);
    this.#state = {
      ...{ parameters, average: parameters.clone() },
      ...{ m: tf.zeros([size]), v: tf.zeros([size]) },
    };
    const { cos, sin } = rotaryTables(layout.config, shape.length);
    const half = [shape.length, cos.length / shape.length];
    const ids = (values: Uint32Array): tf.Tensor1D => tf.tensor1d(Int32Array.from(values), 'int32');
    const subSteps = rowsOfSubSteps(plan);
    this.#inputs = {
      teacher: this.#split(flat(teacher)),
      tokens: ids(plan.tokens),
      rows: ids(plan.rows),
      subSteps: subSteps.map(ids),
      noise: subSteps
        .slice(0, -1)
        .map((rows, k) => tf.tensor2d(drawNoise(problem, k), [rows.length, layout.config.vocabulary - 1])),
      features: tf.tensor2d(timeFeatures(), [1, timeFeatures().length]),
      cos: tf.tensor(cos, half),
      sin: tf.tensor(sin, half),
    };
  }

  /** @throws where there is no WebGPU */
  static async open(problem: TrainingProblem): Promise<TfjsTraining> {
    await tf.setBackend('webgpu');
    await tf.ready();
    const backend = tf.backend();
    if (!(backend instanceof WebGPUBackend))
      throw new Error('TensorFlow.js runs on something else than WebGPU.');
    return new TfjsTraining(problem, watchDevice(backend.device));
  }

  /** The network's tensors in a flat array. */
  #split(flat: tf.Tensor1D): tf.Tensor[] {
    const parts = tf.split(
      flat,
      this.#tensors.map(({ length }) => length),
    );
    return parts.map((part, i) => part.reshape(this.#tensors[i].shape));
  }

  #named(tensors: readonly tf.Tensor[]): Tensors {
    return Object.fromEntries(this.#tensors.map(({ name }, i) => [name, tensors[i]]));
  }

  /** q and k turned by their positions. [2, B, H, L, d / H] */
  #rotate(qk: tf.Tensor): tf.Tensor {
    const { cos, sin } = this.#inputs;
    const [first, second] = tf.split(qk, 2, -1);
    return tf.concat([first.mul(cos).sub(second.mul(sin)), second.mul(cos).add(first.mul(sin))], -1);
  }

  #attend(qkv: tf.Tensor): tf.Tensor {
    const { shape, layout } = this.problem;
    const { hidden, heads } = layout.config;
    const size = hidden / heads;
    const byHeads = qkv.reshape([shape.batch, shape.length, 3, heads, size]).transpose([2, 0, 3, 1, 4]);
    const [qk, v] = tf.split(byHeads, [2, 1]);
    const [q, k] = tf.unstack(this.#rotate(qk));
    const scores = tf.matMul(q, k, false, true).mul(constant(1 / Math.sqrt(size)));
    const attended = tf.matMul(tf.softmax(scores), v.squeeze([0]));
    return attended.transpose([0, 2, 1, 3]).reshape([-1, hidden]);
  }

  /** Logits of some rows, [rows, V]. */
  #logits(p: Tensors, tokens: tf.Tensor1D, rows: tf.Tensor1D): tf.Tensor2D {
    const { blocks, hidden } = this.problem.layout.config;
    const hidden1 = silu(
      linear(this.#inputs.features, p['sigma_map.mlp.0.weight'], p['sigma_map.mlp.0.bias']),
    );
    const c = silu(linear(hidden1, p['sigma_map.mlp.2.weight'], p['sigma_map.mlp.2.bias']));
    const modulation = tf.unstack(linear(c, p[ADA_WEIGHT], p[ADA_BIAS]).reshape([-1, hidden]));
    const norms = tf.unstack(p[NORMS]);
    let x: tf.Tensor = tf.gather(p['vocab_embed.embedding'], tokens);
    for (let i = 0; i < blocks; i++) {
      const name = `blocks.${i}`;
      const [shift1, scale1, gate1, shift2, scale2, gate2] = modulation.slice(6 * i, 6 * i + 6);
      const h = modulatedNorm(x, norms[2 * i], shift1, scale1);
      const attended = this.#attend(linear(h, p[`${name}.attn_qkv.weight`]));
      x = x.add(linear(attended, p[`${name}.attn_out.weight`]).mul(gate1));
      const h2 = modulatedNorm(x, norms[2 * i + 1], shift2, scale2);
      const inner = gelu(linear(h2, p[`${name}.mlp.0.weight`], p[`${name}.mlp.0.bias`]));
      x = x.add(linear(inner, p[`${name}.mlp.2.weight`], p[`${name}.mlp.2.bias`]).mul(gate2));
    }
    const [shift, scale] = modulation.slice(6 * blocks);
    const features = modulatedNorm(tf.gather(x, rows), norms[2 * blocks], shift, scale);
    return linear(features, p['output_layer.linear.weight'], p['output_layer.linear.bias']);
  }

  /** Log-probabilities over real tokens. */
  #logProbs(logits: tf.Tensor2D): tf.Tensor2D {
    return tf.logSoftmax(logits.slice([0, 0], [-1, this.problem.layout.config.vocabulary - 1]));
  }

  /** What the teacher says in the sub-step of each masked position, [rows, V - 1]. */
  #targets(): tf.Tensor2D {
    const { subSteps, noise, teacher } = this.#inputs;
    const p = this.#named(teacher);
    let { tokens } = this.#inputs;
    const parts = subSteps.map((rows, k) => {
      const logProbs = this.#logProbs(this.#logits(p, tokens, rows));
      if (k < noise.length) {
        const drawn: tf.Tensor1D = tf.argMax(logProbs.add(noise[k]), 1);
        tokens = tf.tensorScatterUpdate<tf.Rank.R1>(tokens, rows.expandDims(1), drawn);
      }
      return logProbs;
    });
    return tf.concat(parts);
  }

  /** kl-bwd, the mean over masked positions. */
  #loss(p: Tensors, targets: tf.Tensor2D): tf.Scalar {
    const { tokens, rows } = this.#inputs;
    const s = this.#logProbs(this.#logits(p, tokens, rows));
    const sum: tf.Scalar = s.exp().mul(s.sub(targets)).sum();
    return sum.mul(constant(1 / rows.size));
  }

  async update(): Promise<UpdateNumbers> {
    this.#steps += 1;
    const u = adamwUpdate(this.problem.optimizer, this.#steps);
    const before = this.#state;
    const { told, ...state } = tf.tidy(() => {
      const targets = this.#targets();
      const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
        this.#loss(this.#named(tensors), targets),
      )(this.#split(before.parameters));
      const g: tf.Tensor1D = tf.concat(grads.map((gradient) => gradient.flatten()));
      const norm = g.square().sum().sqrt();
      const factor = tf.minimum(constant(1), constant(u.clip).div(norm.add(constant(1e-6))));
      const clipped = g.mul(factor);
      const m: tf.Tensor1D = before.m.mul(constant(u.beta1)).add(clipped.mul(constant(1 - u.beta1)));
      const v: tf.Tensor1D = before.v.mul(constant(u.beta2)).add(clipped.square().mul(constant(1 - u.beta2)));
      const denominator = v
        .sqrt()
        .mul(1 / Math.sqrt(1 - u.beta2 ** u.step))
        .add(constant(u.eps));
      const moved = m.div(denominator).mul(u.learningRate / (1 - u.beta1 ** u.step));
      const parameters: tf.Tensor1D = before.parameters.sub(moved);
      const average: tf.Tensor1D = before.average.mul(u.ema).add(parameters.mul(1 - u.ema));
      return { told: tf.stack([value, norm]), parameters, m, v, average };
    });
    this.#state = state;
    tf.dispose(before);
    const [loss, gradientNorm] = await told.data();
    told.dispose();
    return { loss, gradientNorm };
  }
}
