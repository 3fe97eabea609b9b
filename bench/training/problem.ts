/** One update of distillation, given in full, so that every engine computes the very same one. */
import { rotaryAngles } from '../../src/model/network/weights.ts';
import { embedSigma } from '../../src/model/network/modulation.ts';
import { ParameterLayout } from '../../src/model/network/parameters.ts';
import type { OptimizerOptions } from '../../src/model/distill/optimizer.ts';
import { updatePlan, type UpdatePlan } from '../../src/model/distill/targets.ts';
import type { Checkpoint } from '../../src/model/checkpoint/checkpoint.ts';
import type { ModelConfig } from '../../src/model/checkpoint/config.ts';
import { exponential, tokenBits, uniform } from '../../src/gpu/random.ts';
import type { BatchShape } from '../../src/model/network/forward.ts';

/** Sub-steps of the teacher in an update. */
export const SUB_STEPS = 2;

/** An update of SDTT by kl-bwd (arXiv 2410.21035, algorithm 1), the same in every repeat. */
export interface TrainingProblem {
  shape: BatchShape;
  layout: ParameterLayout;
  /** Parameters that the training begins with, and those of the teacher, in the layout. */
  student: Float32Array<ArrayBuffer>;
  teacher: Float32Array<ArrayBuffer>;
  plan: UpdatePlan;
  /** Where the noise of the teacher's draws comes from. */
  address: { seed: number; firstSample: number };
  optimizer: OptimizerOptions;
}

const SEED = 7;

/** As the page distils by default, but for the warm-up: every update has the whole learning rate. */
const OPTIMIZER: OptimizerOptions = { learningRate: 3e-4, clip: 1, weightDecay: 0, ema: 0.9999 };

/**
 * An update on random tokens of a vocabulary. Neither what they are nor what the weights are changes how long it takes.
 * @param student another network than the teacher: else the loss is next to nothing
 */
export async function trainingProblem(
  student: Checkpoint,
  teacher: Checkpoint,
  shape: BatchShape,
): Promise<TrainingProblem> {
  const layout = new ParameterLayout(student.config);
  const { batch, length } = shape;
  const maskId = layout.config.vocabulary - 1;
  const address = { seed: SEED, firstSample: 0 };
  const tokens = Uint32Array.from({ length: batch * length }, (_, i) =>
    Math.floor(uniform(tokenBits(SEED, i, 0, 0)) * maskId),
  );
  const plan = updatePlan(
    { tokens, length, maskId, ...address },
    { dt: 1 / 32, m: SUB_STEPS, times: 'paper', eps: layout.config.samplingEps },
  );
  return {
    ...{ shape, layout, plan, address },
    student: await layout.read(student),
    teacher: await layout.read(teacher),
    optimizer: OPTIMIZER,
  };
}

/** The rows of each sub-step among those of a plan. */
export function rowsOfSubSteps({ rows, counts }: UpdatePlan): Uint32Array[] {
  let first = 0;
  return counts.map((count) => {
    const part = rows.slice(first, first + count);
    first += count;
    return part;
  });
}

/**
 * Gumbel noise of a sub-step's draws: -log E, with the E that the sampler's own kernel takes at the same address. The token drawn
 * is the argmax of logit + noise over real tokens.
 * @param draw number of the sub-step, from 0
 * @returns [rows, V - 1]
 */
export function drawNoise({ layout, shape, plan, address }: TrainingProblem, draw: number): Float32Array {
  const real = layout.config.vocabulary - 1;
  const rows = rowsOfSubSteps(plan)[draw];
  const noise = new Float32Array(rows.length * real);
  rows.forEach((row, i) => {
    const sample = address.firstSample + Math.floor(row / shape.length);
    for (let token = 0; token < real; token++) {
      const bits = tokenBits(address.seed, sample, row % shape.length, token, draw);
      noise[i * real + token] = -Math.log(exponential(bits));
    }
  });
  return noise;
}

/** A tensor as a library of arrays takes it. */
export interface ParameterTensor {
  name: string;
  shape: number[];
  /** In floats, from the beginning of the array. */
  offset: number;
  length: number;
}

/** Names under which `parameterTensors` joins what lies side by side. */
export const NORMS = 'norms';
export const ADA_WEIGHT = 'adaLN.weight';
export const ADA_BIAS = 'adaLN.bias';

/**
 * The parameters as few tensors: the norms' weights are one, [2 blocks + 1, hidden], and so are the weights and the biases of the
 * adaLN layers, [6 blocks + 2, hidden] rows of them. Fewer tensors are fewer dispatches for any library.
 */
export function parameterTensors(layout: ParameterLayout): ParameterTensor[] {
  const { config, norms, adaLN } = layout;
  if (!adaLN) throw new Error('SDTT is of diffusion models');
  const parts = 6 * config.blocks + 2;
  const joined: ParameterTensor[] = [
    { name: NORMS, shape: [2 * config.blocks + 1, config.hidden], ...norms },
    { name: ADA_WEIGHT, shape: [parts * config.hidden, config.condDim], ...adaLN.weight },
    { name: ADA_BIAS, shape: [parts * config.hidden], ...adaLN.bias },
  ];
  const inside = (offset: number): boolean =>
    joined.some((tensor) => offset >= tensor.offset && offset < tensor.offset + tensor.length);
  const others = [...layout.places]
    .filter(([, { offset }]) => !inside(offset))
    .map(([name, place]) => ({ name, shape: [...layout.shapes.get(name)!], ...place }));
  return [...others, ...joined];
}

/** Cosines and sines of the rotary embedding, [length, d / heads / 2] each: pair i turns entries i and i + d / heads / 2. */
export function rotaryTables(
  config: ModelConfig,
  length: number,
): { cos: Float32Array<ArrayBuffer>; sin: Float32Array<ArrayBuffer> } {
  const angles = rotaryAngles(config);
  const half = config.hidden / config.heads / 2;
  const cos = Float32Array.from({ length: length * half }, (_, i) => angles[2 * i]);
  const sin = Float32Array.from({ length: length * half }, (_, i) => angles[2 * i + 1]);
  return { cos, sin };
}

/** emb(sigma) of a network without time conditioning, [256]: sigma is 0. */
export function timeFeatures(): Float32Array<ArrayBuffer> {
  return Float32Array.from(embedSigma(0));
}
