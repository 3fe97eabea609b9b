/** One lane of a race: opened, timed, described. */
import type { Denoiser } from '../../model/backend/denoiser.ts';
import type { Trace } from '../../trace/trace.ts';
import type { CheckedSample } from '../arguments.ts';
import { spread } from '../benchmark/spread.ts';
import type { Models, OpenModel } from '../models.ts';
import type { SampleOptions, SampleResult } from '../protocol.ts';
import { planBatch, sample } from '../sample.ts';
import { checkLane, forLane } from './arguments.ts';
import type { LaneResult } from './result.ts';

/** A lane that can be run. */
export interface Lane {
  index: number;
  model: OpenModel;
  denoiser: Denoiser;
  /** Of its first text. */
  options: CheckedSample;
}

/** What the timed runs of a lane gave. */
export interface Timed {
  lane: Lane;
  /** The last of the runs; all write the same text. */
  run: SampleResult;
  milliseconds: number[];
  /** By the GPU's own clock; undefined where a run lacks it. */
  gpuMilliseconds: number[] | undefined;
}

/**
 * Check a lane and set its model up.
 * @throws UnmaskError that names the lane, or what stands in the way of the model's files
 */
export function openLane(index: number, asked: SampleOptions, models: Models): Promise<Lane> {
  return forLane(index, async () => {
    const model = await models.open(asked.model);
    const { config, tokenizer } = model.checkpoint;
    const { backend, ...options } = checkLane(asked, config, tokenizer);
    return { index, model, denoiser: await model.denoiser(backend), options };
  });
}

/** Write texts of a lane. @param count the first so many, of which the very first is that of the timed runs */
export function writeTexts(
  { model, denoiser, options }: Lane,
  count: number,
  on: Parameters<typeof sample>[4] = {},
): Promise<SampleResult> {
  return sample(model.info.id, denoiser, model.checkpoint.tokenizer, { ...options, count }, on);
}

/**
 * Time runs of the first text, after one that warms up: it compiles and allocates what this length needs.
 * @param on told how many of the timed runs are done; its signal stops between passes
 * @throws UnmaskError 'aborted'
 */
export async function timeLane(
  lane: Lane,
  repeats: number,
  on: { signal?: AbortSignal; onRun?: (done: number) => void },
): Promise<Timed> {
  // No plan and no steps are told: messages on the way would count.
  const hooks = on.signal ? { signal: on.signal } : {};
  on.onRun?.(0);
  let run = await writeTexts(lane, 1, hooks);
  const runs: SampleResult[] = [];
  while (runs.length < repeats) {
    run = await writeTexts(lane, 1, hooks);
    runs.push(run);
    on.onRun?.(runs.length);
  }
  const known = runs.flatMap(({ gpuMilliseconds }) => gpuMilliseconds ?? []);
  return {
    lane,
    run,
    milliseconds: runs.map(({ milliseconds }) => milliseconds),
    gpuMilliseconds: known.length === runs.length ? known : undefined,
  };
}

/** The run of the first text, as players take it. */
function traceOf({ model, denoiser, options }: Lane, { forwardPasses, traces }: SampleResult): Trace {
  const plan = planBatch(denoiser.config, options, 0, 1);
  const { seed, temperature, topP } = options;
  return {
    version: 1,
    model: model.info.id,
    ...{ sampler: plan.sampler, steps: plan.steps, forwardPasses, seed, sample: 0, temperature, topP },
    maskId: plan.maskId,
    initial: [...plan.samples[0].initial],
    trace: traces[0].steps,
  };
}

/**
 * What is known of a lane once it has been timed: everything but quality.
 * @param clock the clock that lanes are compared by; 'gpu' only where the lane has that time
 */
export function describeLane(
  { lane, run, milliseconds, gpuMilliseconds }: Timed,
  clock: LaneResult['clock'],
): LaneResult {
  const { forwardPasses, submits, dispatches, backend, weights } = run;
  const trace = traceOf(lane, run);
  const written = trace.initial.filter((token) => token === trace.maskId).length;
  const wall = spread(milliseconds);
  const gpu = gpuMilliseconds && spread(gpuMilliseconds);
  const { median } = clock === 'gpu' && gpu ? gpu : wall;
  return {
    lane: lane.index,
    model: lane.model.info.id,
    trace,
    text: run.text[0],
    ...{ written, forwardPasses, tokensPerPass: written / forwardPasses },
    cost: { submits, dispatches, backend, weights },
    milliseconds: wall,
    ...(gpu ? { gpuMilliseconds: gpu } : {}),
    clock,
    tokensPerSecond: (1000 * written) / median,
    tokens: run.tokens,
  };
}
