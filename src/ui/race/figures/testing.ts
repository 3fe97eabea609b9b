/** Lanes made by hand, as a race would give them. */
import { spread } from '../../../worker/benchmark/spread.ts';
import type { Estimate, LaneQuality, LaneResult } from '../../../worker/race/result.ts';
import type { DiffusionSampler, Trace } from '../../../trace/trace.ts';
import { plural } from '../../../words/english.ts';
import type { NamedLane } from '../named-lane.ts';

/** What a test says of a lane; the rest is that of a student in 4 steps, timed on a GPU, not judged yet. */
export interface MadeLane {
  index?: number;
  title?: string;
  detail?: string;
  kind?: NamedLane['kind'];
  model?: string;
  steps?: number;
  sampler?: DiffusionSampler;
  passes?: number;
  written?: number;
  /** Wall times of the runs, ms. */
  wall?: number[];
  /** Times by the GPU's own clock, ms; null where it has none. */
  gpu?: number[] | null;
  backend?: 'webgpu' | 'wasm';
  text?: string;
  quality?: Partial<LaneQuality>;
}

/** A mean, and an interval of as much to either side. */
export const around = (mean: number, half?: number): Estimate =>
  half === undefined ? { mean } : { mean, low: mean - half, high: mean + half };

/** What a judge found, of 64 texts if nothing else is said. */
export const madeQuality = (given: Partial<LaneQuality> = {}): LaneQuality => ({
  ...{ texts: 64, judge: 'causal', selfScored: false, perplexity: around(32.8, 2.5) },
  ...{ entropy: around(3.22, 0.03), distinct2: around(0.97, 0.01) },
  ...given,
});

/** A trace of `passes` passes that writes `written` tokens after the one that begins the text. */
function madeTrace({
  model,
  sampler,
  steps,
  passes,
  written,
}: Record<'passes' | 'written', number> & Pick<Trace, 'model' | 'sampler' | 'steps'>): Trace {
  const bounds = Array.from({ length: passes + 1 }, (_, i) => Math.round((i * written) / passes));
  return {
    ...{ version: 1, model, sampler, steps, forwardPasses: passes, seed: 7, sample: 0 },
    ...{ temperature: 1, topP: 1, maskId: 4096, initial: [0, ...new Array<number>(written).fill(4096)] },
    trace: bounds.slice(1).map((end, i) => {
      const positions = Array.from({ length: end - bounds[i] }, (_, j) => 1 + bounds[i] + j);
      return {
        ...{ step: i + 1, t: 1 - i / passes, positions, tokens: positions.map((p) => 10 + p) },
        ...{ probabilities: positions.map(() => 0.5), entropies: positions.map(() => 1) },
      };
    }),
  };
}

/** A lane that has been run. */
export function madeLane(given: MadeLane = {}): NamedLane & { result: LaneResult } {
  const { index = 0, kind = 'student', model = kind, sampler = 'ancestral', steps = 4 } = given;
  const { passes = 4, written = 31, wall = [9, 8, 10], gpu = [4, 5, 6], backend = 'webgpu' } = given;
  const causal = kind === 'causal';
  const trace = madeTrace({
    ...{ model, passes, written, sampler: causal ? 'autoregressive' : sampler },
    steps: causal ? 0 : steps,
  });
  const times = gpu ? { gpuMilliseconds: spread(gpu) } : {};
  const milliseconds = spread(wall);
  return {
    ...{ index, kind, title: given.title ?? kind[0].toUpperCase() + kind.slice(1) },
    detail:
      given.detail ??
      (causal ? 'with KV cache, left to right' : `${plural(steps, 'step', 'steps')}, ${sampler}`),
    settings: { model, sampler, steps },
    result: {
      ...{ lane: index, model, trace, text: given.text ?? 'Once upon a time, there was a cat.' },
      ...{ written, forwardPasses: passes, tokensPerPass: written / passes },
      cost: {
        submits: passes,
        dispatches: 33 * passes,
        backend,
        weights: backend === 'wasm' ? 'f32' : 'f16',
      },
      ...{ milliseconds, ...times, clock: gpu ? 'gpu' : 'wall' },
      tokensPerSecond: (1000 * written) / (times.gpuMilliseconds ?? milliseconds).median,
      tokens: [trace.initial.map((token, i) => (token === 4096 ? 10 + i : token))],
      ...(given.quality ? { quality: madeQuality(given.quality) } : {}),
    },
  };
}

/** A lane that has not been run yet. */
export const emptyLane = (given: MadeLane = {}): NamedLane => ({ ...madeLane(given), result: undefined });
