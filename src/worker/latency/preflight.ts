/** What a study takes, in bytes and seconds, and what speaks against it: by formula, before anything is set up. */
import { paddedColumns } from '../../gpu/kernels/gemm/gemm.ts';
import { packedBytes } from '../../gpu/kernels/pack-weight/pack-weight.ts';
import { DRAWN_BYTES } from '../../gpu/kernels/sample/sample.ts';
import type { ModelConfig } from '../../model/checkpoint/config.ts';
import { parameterCount, shapeConfig } from '../../model/checkpoint/released-shapes.ts';
import { passCost } from '../../model/network/cost.ts';
import { headRows, recordsBytes } from '../../model/network/head.ts';
import type { CheckedLatency } from './arguments.ts';
import { causalPlan, causalWindow, diffusionPasses, diffusionPlan, WINDOWS_TIMED } from './plans.ts';
import type { NamedShape, NetworkMemory, Preflight, Twin } from './result.ts';
import { spoken } from './spoken.ts';

/** Weights of the study. */
export const STORAGE = 'f16' as const;
const WEIGHT_BYTES = 2;

/** What matters of a device. */
export interface DeviceFacts {
  /** The adapter in one line, and whether a CPU plays GPU. */
  name: string;
  software: boolean;
  limits: Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>;
}

/** How fast a device multiplies, as one product of each kind has shown. */
export interface Speed {
  /** Floating-point operations in a millisecond, where many rows share the weights. */
  operations: number;
  /** Bytes of weights read in a millisecond, for one row. */
  bytes: number;
}

/** The networks of a study. @param tokens longest text */
export function twinConfig(shape: NamedShape, kind: Twin, tokens: number): ModelConfig {
  return shapeConfig(`${shape.name} ${kind}, random weights`, shape, kind, tokens);
}

/** Linear layers of a block: outputs and inputs, in units of the width. */
const LAYERS = [
  ['attn_qkv', 3, 1],
  ['attn_out', 1, 1],
  ['mlp.0', 4, 1],
  ['mlp.2', 1, 4],
] as const;

/**
 * Bytes of GPU memory of a network and of one text.
 * @param length slots of the text
 */
export function networkMemory(config: ModelConfig, length: number): NetworkMemory {
  const { hidden: d, blocks, heads, vocabulary, kind } = config;
  const linear = (outputs: number, inputs: number): number =>
    packedBytes(outputs, inputs, STORAGE) + 8 * paddedColumns(outputs);
  const block = LAYERS.reduce((sum, [, outputs, inputs]) => sum + linear(outputs * d, inputs * d), 0);
  const gains = 4 * d * (2 * blocks + 1);
  const angles = (4 * config.length * d) / heads;
  const modulation = kind === 'diffusion' ? 4 * (6 * blocks + 2) * d : 0;
  const rows = headRows(length, vocabulary);
  const selections = 256 * (2 * length + Math.ceil(length / rows));
  const qkv = 12 * length * d;
  return {
    embedding: WEIGHT_BYTES * vocabulary * d,
    weights: blocks * block + linear(vocabulary, d) + gains + angles + modulation,
    // Tokens, x, what was attended to, the inside of the MLP; and q, k, v, where no cache keeps them.
    activations: length * (4 + 24 * d) + (kind === 'diffusion' ? qkv : 0),
    cache: kind === 'causal' ? blocks * qkv : 0,
    head: recordsBytes(rows, vocabulary) + selections + length * (4 + 4 * DRAWN_BYTES),
  };
}

/** Sum of the parts. */
export function totalBytes(memory: NetworkMemory): number {
  return Object.values(memory as unknown as Record<string, number>).reduce((sum, bytes) => sum + bytes, 0);
}

/** The largest buffers, each bound whole, by what messages call them. */
function largestBuffers({ hidden: d, vocabulary }: ModelConfig, length: number): [string, number][] {
  return [
    ['the embedding', WEIGHT_BYTES * vocabulary * d],
    ['the head', packedBytes(vocabulary, d, STORAGE)],
    ...LAYERS.map(([name, outputs, inputs]): [string, number] => [
      `the layer ${name} of a block`,
      packedBytes(outputs * d, inputs * d, STORAGE),
    ]),
    ['the inside of the MLP', 16 * length * d],
  ];
}

/** Milliseconds of a pass over `rows` slots, of which `drawn` go through the head. */
function passTime(config: ModelConfig, rows: number, drawn: number, speed: Speed): number {
  const { operations, weightBytes } = passCost(config, rows, drawn, WEIGHT_BYTES);
  return Math.max(operations / speed.operations, weightBytes / speed.bytes);
}

/** Passes that warm up before each point. */
export const WARM_UP = 2;
/** Milliseconds in which a megabyte of weights is made, moved to the GPU and packed: about, and on fast machines less. */
const SETUP = 2;

/** About how many seconds a study takes. */
export function studySeconds(options: CheckedLatency, speed: Speed): number {
  const { shape, tokens, steps, repeats } = options;
  const budget = 1000 * options.seconds;
  const [diffusion, causal] = [twinConfig(shape, 'diffusion', tokens), twinConfig(shape, 'causal', tokens)];
  // Timings are repeated until the budget is spent, so the last may go beyond it.
  const repeated = (timing: number): number => Math.min(repeats * timing, budget + timing);
  const setup = SETUP * 1e-6 * WEIGHT_BYTES * (parameterCount(diffusion) + parameterCount(causal));
  const points = steps.map((count) => {
    const { forwardPasses } = diffusionPlan(diffusion, tokens, count);
    const pass = passTime(diffusion, tokens, tokens / forwardPasses, speed);
    const passes = diffusionPasses(forwardPasses, pass, budget, repeats);
    return WARM_UP * pass + repeated(passes * pass);
  });
  const { forwardPasses } = causalPlan(causal, tokens);
  const pass = passTime(causal, 1, 1, speed);
  const window = causalWindow(forwardPasses, pass, budget, repeats);
  points.push(repeated((window === undefined ? forwardPasses : WINDOWS_TIMED * window) * pass));
  return (setup + points.reduce((sum, time) => sum + time, 0)) / 1000;
}

/** On a software adapter, longer than this is refused: nobody learns anything of a GPU there. */
const MOST_SOFTWARE_SECONDS = 300;

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

/** What may help, where there is a smaller shape. */
const smaller = ({ name }: CheckedLatency['shape']): string =>
  name === '169M' ? '' : 'choose a smaller shape, or ';

function refusalsOf(options: CheckedLatency, device: DeviceFacts, seconds: number): string[] {
  const { shape, tokens } = options;
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  const refusals: string[] = [];
  const [what, bytes] = largestBuffers(twinConfig(shape, 'diffusion', tokens), tokens).reduce((a, b) =>
    b[1] > a[1] ? b : a,
  );
  if (bytes > most) {
    const field =
      maxBufferSize < maxStorageBufferBindingSize ? 'maxBufferSize' : 'maxStorageBufferBindingSize';
    refusals.push(
      `The shape ${shape.name} needs ${mebibytes(bytes)} in one piece for ${what}, but ${field} of this GPU is ` +
        `${Math.floor(most / 2 ** 20)} MiB: ${smaller(shape)}open this page on a larger GPU.`,
    );
  }
  if (device.software && seconds > MOST_SOFTWARE_SECONDS) {
    refusals.push(
      `The shape ${shape.name} would take about ${spoken(seconds)} here, where a CPU plays GPU: ` +
        `${smaller(shape)}open this page where there is a GPU.`,
    );
  }
  return refusals;
}

/** Judge a study on a device. */
export function preflightOf(options: CheckedLatency, device: DeviceFacts, speed: Speed): Preflight {
  const { shape, tokens } = options;
  const of = <T>(make: (config: ModelConfig) => T): Record<Twin, T> => ({
    diffusion: make(twinConfig(shape, 'diffusion', tokens)),
    causal: make(twinConfig(shape, 'causal', tokens)),
  });
  const memory = of((config) => networkMemory(config, tokens));
  const seconds = studySeconds(options, speed);
  return {
    ...{ shape, tokens, memory, seconds },
    parameters: of(parameterCount),
    total: of((config) => totalBytes(networkMemory(config, tokens))),
    device: device.name,
    software: device.software,
    refusals: refusalsOf(options, device, seconds),
  };
}
