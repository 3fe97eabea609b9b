/** What a study takes, in bytes and seconds, and what speaks against it: by formula, before anything is set up. */
import { STORED_BYTES } from '../../gpu/kernels/gemm/gemm.ts';
import type { ModelConfig } from '../../model/checkpoint/config.ts';
import { parameterCount, shapeConfig } from '../../model/checkpoint/released-shapes.ts';
import { passCost } from '../../model/network/cost.ts';
import { networkLimits, networkMemory, totalBytes } from '../../model/network/memory.ts';
import type { BufferLimits } from '../../model/network/pieces.ts';
import { latencyStudyWords as words } from '../messages/latency-study.ts';
import type { CheckedLatency } from './arguments.ts';
import { causalPlan, causalWindow, diffusionPasses, diffusionPlan, WINDOWS_TIMED } from './plans.ts';
import type { NamedShape, Preflight, Twin } from './result.ts';
import { spoken } from './spoken.ts';

/** Weights of the study. */
export const STORAGE = 'f16' as const;
const WEIGHT_BYTES = STORED_BYTES[STORAGE];

/** What matters of a device. */
export interface DeviceFacts {
  /** The adapter in one line, and whether a CPU plays GPU. */
  name: string;
  software: boolean;
  limits: BufferLimits;
}

/** How fast a device multiplies, as one product of each kind has shown. */
export interface Speed {
  /** Floating-point operations in a millisecond, where many rows share the weights. */
  operations: number;
  /** Bytes of weights read in a millisecond, for one row. */
  bytes: number;
}

/** The networks of a study, by names without words: "169M-causal", "768x12-diffusion". @param tokens longest text */
export function twinConfig(shape: NamedShape, kind: Twin, tokens: number): ModelConfig {
  return shapeConfig(`${shape.name.replaceAll(' ', '')}-${kind}`, shape, kind, tokens);
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

function refusalsOf(options: CheckedLatency, device: DeviceFacts, seconds: number): string[] {
  const { shape, tokens } = options;
  const config = twinConfig(shape, 'diffusion', tokens);
  const refusals = networkLimits(config, { batch: 1, length: tokens }, device.limits).reasons[STORAGE];
  if (device.software && seconds > MOST_SOFTWARE_SECONDS) {
    // Of the smallest shape there is none to go down to.
    const tooSlow = shape.name === '169M' ? words.smallestTooSlow : words.tooSlow;
    refusals.push(tooSlow(shape.name, spoken(seconds)));
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
  const memory = of((config) => networkMemory(config, { storage: STORAGE, batch: 1, length: tokens }));
  const seconds = studySeconds(options, speed);
  return {
    ...{ shape, tokens, memory, seconds },
    parameters: of(parameterCount),
    total: { diffusion: totalBytes(memory.diffusion), causal: totalBytes(memory.causal) },
    device: device.name,
    software: device.software,
    refusals: refusalsOf(options, device, seconds),
  };
}
