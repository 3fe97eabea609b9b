/**
 * The same update in jax-js on WebGPU: one jitted function from the state before it to the state behind it. Arrays are counted by
 * reference there: what a function takes it takes for good, and `.ref` is one reference more. The head runs on masked positions
 * alone, and the teacher's on those of a sub-step; how many they are is a constant of the compiled function.
 */
import { defaultDevice, getWebGPUDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
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

/** Arrays by name: a tree as jax-js has them. */
type Arrays = Record<string, np.Array>;

/** What an update changes, each by the names of the tensors. */
type State = Record<'parameters' | 'm' | 'v' | 'average', Arrays>;

/** What is the same in every update: the batch, and tables of the network. */
type Batch = Record<'tokens' | 'rows' | 'cos' | 'sin' | 'features', np.Array> & {
  /** By sub-steps: rows of the head; and, for all but the last, noise, the place of each row's draw, and whether it has one. */
  subSteps: np.Array[];
  noise: np.Array[];
  places: np.Array[];
  drawn: np.Array[];
};

/** a W^T + b. */
function linear(a: np.Array, weight: np.Array, bias?: np.Array): np.Array {
  const y = np.matmul(a, weight.transpose());
  return bias ? y.add(bias) : y;
}

/** LN(x) weight (1 + scale) + shift. */
function modulatedNorm(x: np.Array, weight: np.Array, shift: np.Array, scale: np.Array): np.Array {
  return nn
    .standardize(x, -1)
    .mul(weight.mul(scale.add(1)))
    .add(shift);
}

/** Heads turned by their positions. x [B, L, H, d / H], tables [L, 1, d / H / 2] */
function rotate(x: np.Array, cos: np.Array, sin: np.Array): np.Array {
  const [first, second] = np.split(x, 2, -1);
  const left = first.ref.mul(cos.ref).sub(second.ref.mul(sin.ref));
  return np.concatenate([left, second.mul(cos).add(first.mul(sin))], -1);
}

const ints = (values: ArrayLike<number>): np.Array => np.array(Int32Array.from(values));

/** What an update computes, for one problem. Every method takes what it is given for good. */
class Update {
  constructor(private readonly problem: TrainingProblem) {}

  #attend(qkv: np.Array, batch: Batch): np.Array {
    const { shape, layout } = this.problem;
    const { hidden, heads } = layout.config;
    const [q, k, v] = np.unstack(qkv.reshape([shape.batch, shape.length, 3, heads, hidden / heads]), 2);
    const { cos, sin } = batch;
    const attended = nn.dotProductAttention(rotate(q, cos.ref, sin.ref), rotate(k, cos.ref, sin.ref), v);
    return attended.reshape([shape.batch * shape.length, hidden]);
  }

  /** Logits of some rows, [rows, V]. @param batch left as it is */
  #logits(p: Arrays, tokens: np.Array, rows: np.Array, batch: Batch): np.Array {
    const { blocks, hidden } = this.problem.layout.config;
    const layer = (x: np.Array, name: string): np.Array => linear(x, p[`${name}.weight`], p[`${name}.bias`]);
    const c = nn.silu(layer(nn.silu(layer(batch.features.ref, 'sigma_map.mlp.0')), 'sigma_map.mlp.2'));
    const modulation = np.unstack(linear(c, p[ADA_WEIGHT], p[ADA_BIAS]).reshape([-1, hidden]));
    const norms = np.unstack(p[NORMS]);
    let x = np.take(p['vocab_embed.embedding'], tokens, 0);
    for (let i = 0; i < blocks; i++) {
      const name = `blocks.${i}`;
      const [shift1, scale1, gate1, shift2, scale2, gate2] = modulation.slice(6 * i, 6 * i + 6);
      const h = modulatedNorm(x.ref, norms[2 * i], shift1, scale1);
      const attended = this.#attend(linear(h, p[`${name}.attn_qkv.weight`]), batch);
      x = x.add(linear(attended, p[`${name}.attn_out.weight`]).mul(gate1));
      const h2 = modulatedNorm(x.ref, norms[2 * i + 1], shift2, scale2);
      x = x.add(layer(nn.gelu(layer(h2, `${name}.mlp.0`)), `${name}.mlp.2`).mul(gate2));
    }
    const [shift, scale] = modulation.slice(6 * blocks);
    return layer(modulatedNorm(np.take(x, rows, 0), norms[2 * blocks], shift, scale), 'output_layer.linear');
  }

  /** Log-probabilities over real tokens. */
  #logProbs(logits: np.Array): np.Array {
    return nn.logSoftmax(logits.slice([], [0, this.problem.layout.config.vocabulary - 1]));
  }

  /** What the teacher says in the sub-step of each masked position, [rows, V - 1]. @param batch left as it is */
  #targets(teacher: Arrays, batch: Batch): np.Array {
    let tokens = batch.tokens.ref;
    const parts = batch.subSteps.map((rows, k) => {
      const logProbs = this.#logProbs(this.#logits(tree.ref(teacher), tokens.ref, rows.ref, batch));
      if (k === batch.noise.length) return logProbs;
      const draws = np.argmax(logProbs.ref.add(batch.noise[k].ref), 1);
      tokens = np.where(batch.drawn[k].ref, np.take(draws, batch.places[k].ref, 0), tokens);
      return logProbs;
    });
    tokens.dispose();
    tree.dispose(teacher);
    return np.concatenate(parts);
  }

  /** kl-bwd, the mean over masked positions. */
  #loss(p: Arrays, targets: np.Array, batch: Batch): np.Array {
    const s = this.#logProbs(this.#logits(p, batch.tokens.ref, batch.rows.ref, batch));
    tree.dispose(batch);
    return np
      .exp(s.ref)
      .mul(s.sub(targets))
      .sum()
      .mul(1 / this.problem.plan.rows.length);
  }

  /** @param rates rate / (1 - beta1^n), 1 / sqrt(1 - beta2^n) and the decay of the average, [3] */
  run(state: State, teacher: Arrays, batch: Batch, rates: np.Array): { state: State; told: np.Array } {
    const { beta1, beta2, eps, clip } = adamwUpdate(this.problem.optimizer, 1);
    const targets = this.#targets(teacher, batch);
    const [loss, gradients] = valueAndGrad((p: Arrays, t: np.Array, b: Batch) => this.#loss(p, t, b))(
      ...([tree.ref(state.parameters), targets, batch] as const),
    );
    const names = Object.keys(state.parameters);
    const square = names.map((name) => np.square(gradients[name].ref).sum()).reduce((a, b) => a.add(b));
    const norm = np.sqrt(square);
    const factor = np.minimum(np.reciprocal(norm.ref.add(1e-6)).mul(clip), 1);
    const [rate, correction, ema] = np.unstack(rates);
    const next: State = { parameters: {}, m: {}, v: {}, average: {} };
    for (const name of names) {
      const g = gradients[name].mul(factor.ref);
      const m = state.m[name].mul(beta1).add(g.ref.mul(1 - beta1));
      const v = state.v[name].mul(beta2).add(np.square(g).mul(1 - beta2));
      const denominator = np.sqrt(v.ref).mul(correction.ref).add(eps);
      const parameters = state.parameters[name].sub(m.ref.div(denominator).mul(rate.ref));
      const kept = state.average[name].mul(ema.ref);
      next.average[name] = kept.add(parameters.ref.mul(ema.ref.neg().add(1)));
      next.parameters[name] = parameters;
      next.m[name] = m;
      next.v[name] = v;
    }
    for (const used of [factor, rate, correction, ema]) used.dispose();
    return { state: next, told: np.stack([loss, norm]) };
  }
}

/** The training by jax-js. */
export class JaxTraining implements TrainingEngine {
  readonly #update;
  readonly #teacher: Arrays;
  readonly #batch: Batch;
  #state: State;
  #steps = 0;

  private constructor(
    private readonly problem: TrainingProblem,
    readonly watch: DeviceWatch,
  ) {
    const { layout, shape, plan, student, teacher } = problem;
    const tensors = parameterTensors(layout);
    const arrays = (of: (offset: number, length: number) => Float32Array<ArrayBuffer>): Arrays =>
      Object.fromEntries(
        tensors.map(({ name, shape, offset, length }) => [name, np.array(of(offset, length), { shape })]),
      );
    const parts = (values: Float32Array<ArrayBuffer>): Arrays =>
      arrays((offset, length) => values.slice(offset, offset + length));
    const zeros = (): Arrays => arrays((_, length) => new Float32Array(length));
    this.#state = { parameters: parts(student), m: zeros(), v: zeros(), average: parts(student) };
    this.#teacher = parts(teacher);

    const { cos, sin } = rotaryTables(layout.config, shape.length);
    const table = { shape: [shape.length, 1, cos.length / shape.length] };
    const subSteps = rowsOfSubSteps(plan);
    const drawing = subSteps.slice(0, -1);
    const positions = [...plan.tokens.keys()];
    this.#batch = {
      tokens: ints(plan.tokens),
      rows: ints(plan.rows),
      cos: np.array(cos, table),
      sin: np.array(sin, table),
      features: np.array(timeFeatures(), { shape: [1, timeFeatures().length] }),
      subSteps: subSteps.map(ints),
      noise: drawing.map((rows, k) =>
        np.array(new Float32Array(drawNoise(problem, k)), {
          shape: [rows.length, layout.config.vocabulary - 1],
        }),
      ),
      places: drawing.map((rows) => ints(positions.map((row) => Math.max(0, rows.indexOf(row))))),
      drawn: drawing.map((rows) => np.array(positions.map((row) => rows.includes(row)))),
    };
    const update = new Update(problem);
    this.#update = jit((state: State, teacher: Arrays, batch: Batch, rates: np.Array) =>
      update.run(state, teacher, batch, rates),
    );
  }

  /** @throws where there is no WebGPU */
  static async open(problem: TrainingProblem): Promise<JaxTraining> {
    const found = await init('webgpu');
    if (!found.includes('webgpu')) throw new Error('jax-js finds no WebGPU.');
    defaultDevice('webgpu');
    return new JaxTraining(problem, watchDevice(getWebGPUDevice()));
  }

  async update(): Promise<UpdateNumbers> {
    this.#steps += 1;
    const u = adamwUpdate(this.problem.optimizer, this.#steps);
    const rates = [u.learningRate / (1 - u.beta1 ** u.step), 1 / Math.sqrt(1 - u.beta2 ** u.step), u.ema];
    const { state, told } = this.#update(
      this.#state,
      tree.ref(this.#teacher),
      tree.ref(this.#batch),
      np.array(Float32Array.from(rates)),
    );
    this.#state = state;
    const [loss, gradientNorm] = (await told.data()) as Float32Array;
    return { loss, gradientNorm };
  }
}
