/** Times the runs of one network after the other. What sets them up, and where, is not its business. */
import type { Denoiser, RunCost } from '../../model/backend/denoiser.ts';
import type { Plan } from '../../model/diffusion/plan.ts';
import { UnmaskError } from '../../model/errors.ts';
import { inTurn, spread } from '../benchmark/spread.ts';
import { latencyStudyWords } from '../messages/latency-study.ts';
import type { CheckedLatency } from './arguments.ts';
import { crossingOf, withRates } from './crossing.ts';
import {
  causalPlan,
  causalWindow,
  diffusionPasses,
  diffusionPlan,
  shortened,
  wholeOfWindows,
  windowPlaces,
} from './plans.ts';
import { WARM_UP } from './preflight.ts';
import type { LatencyPoint, LatencyProgress, LatencyResult, Twin } from './result.ts';

/** Sets a network up, reporting how far it is. */
export type SetUp = (
  kind: Twin,
  onProgress: (progress: { stage: 'upload' | 'compile'; loaded: number; total: number }) => void,
) => Promise<Denoiser>;

/** A study but for what is measured. */
export type About = Omit<LatencyResult, 'points' | 'clock' | 'crossing'>;

export interface MeasureOptions extends Omit<CheckedLatency, 'shape'> {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: LatencyProgress) => void) | undefined;
}

/** What of a run counts: both clocks, and how often it went through the network. */
type Times = Pick<RunCost, 'milliseconds' | 'gpuMilliseconds'>;

const SETTINGS = { seed: 1, temperature: 1, topP: 1 } as const;

/** Run a plan to its end. */
async function timesOf(denoiser: Denoiser, plan: Plan, signal?: AbortSignal): Promise<Times> {
  const run = denoiser.run(plan, { ...SETTINGS, ...(signal === undefined ? {} : { signal }) });
  for (;;) {
    const next = await run.next();
    if (next.done) return next.value;
  }
}

/** A point without its rate, from the times of repeated whole runs. */
function pointOf(
  kind: Twin,
  { steps, forwardPasses }: Plan,
  passes: number,
  wholes: readonly Times[],
): Omit<LatencyPoint, 'tokensPerSecond'> {
  const gpu = wholes.flatMap(({ gpuMilliseconds }) => gpuMilliseconds ?? []);
  return {
    ...{ kind, steps, forwardPasses, passes },
    milliseconds: spread(wholes.map(({ milliseconds }) => milliseconds)),
    ...(gpu.length === wholes.length ? { gpuMilliseconds: spread(gpu) } : {}),
    how: passes < forwardPasses ? 'extrapolated' : 'measured',
  };
}

/** Put times together clock by clock; what one of them lacks, the whole lacks. */
function combine(times: readonly Times[], sum: (values: number[]) => number): Times {
  const gpu = times.flatMap(({ gpuMilliseconds }) => gpuMilliseconds ?? []);
  return {
    milliseconds: sum(times.map(({ milliseconds }) => milliseconds)),
    ...(gpu.length === times.length ? { gpuMilliseconds: sum(gpu) } : {}),
  };
}

/** Time of the second of two windows. Where noise makes both together the quicker run, half of that is all there is to say. */
function secondWindow(both: number, first: number): number {
  return both > first ? both - first : both / 2;
}

/** Times one network's points. */
class TwinTimer {
  constructor(
    private readonly denoiser: Denoiser,
    private readonly options: MeasureOptions,
  ) {}

  /** Diffusion at a number of steps. */
  async diffusion(steps: number): Promise<Omit<LatencyPoint, 'tokensPerSecond'>> {
    const { denoiser, budget } = this;
    const { tokens, repeats } = this.options;
    const plan = diffusionPlan(denoiser.config, tokens, steps);
    const pass = await this.#warm(plan);
    const passes = diffusionPasses(plan.forwardPasses, pass, budget, repeats);
    const part = shortened(plan, passes);
    const runs = await this.#repeat(() => this.#run(part));
    const share = plan.forwardPasses / passes;
    const wholes = runs.map((run) => combine([run], ([time]) => time * share));
    return pointOf('diffusion', plan, passes, wholes);
  }

  /** The causal network. */
  async causal(): Promise<Omit<LatencyPoint, 'tokensPerSecond'>> {
    const { denoiser, budget } = this;
    const { tokens, repeats } = this.options;
    const plan = causalPlan(denoiser.config, tokens);
    const pass = await this.#warm(plan);
    const window = causalWindow(plan.forwardPasses, pass, budget, repeats);
    if (window === undefined) {
      return pointOf('causal', plan, plan.forwardPasses, await this.#repeat(() => this.#run(plan)));
    }
    const places = windowPlaces(tokens, window).map((from) => causalPlan(denoiser.config, tokens, from));
    const wholes = await this.#repeat(async () => {
      const passAt: Times[] = [];
      for (const place of places) {
        const one = await this.#run(shortened(place, window));
        const two = await this.#run(shortened(place, 2 * window));
        passAt.push(combine([two, one], ([long, short]) => secondWindow(long, short) / window));
      }
      return combine(passAt, ([start, middle, end]) =>
        wholeOfWindows(plan.forwardPasses, [start, middle, end]),
      );
    });
    return pointOf('causal', plan, places.length * window, wholes);
  }

  /** Milliseconds that a point may take. */
  private get budget(): number {
    return 1000 * this.options.seconds;
  }

  /** Make everything ready that a plan needs. @returns milliseconds of a pass */
  async #warm(plan: Plan): Promise<number> {
    const passes = Math.min(WARM_UP, plan.forwardPasses);
    const { milliseconds } = await this.#run(shortened(plan, passes));
    return milliseconds / passes;
  }

  #run(plan: Plan): Promise<Times> {
    return timesOf(this.denoiser, plan, this.options.signal);
  }

  /** As often as asked, or until the budget is spent; once at least. */
  async #repeat(whole: () => Promise<Times>): Promise<Times[]> {
    const { repeats, seconds } = this.options;
    const wholes: Times[] = [];
    const timing = async (): Promise<number> => wholes.push(await whole());
    await inTurn([timing], { most: repeats, least: 1, seconds });
    return wholes;
  }
}

/**
 * Measure both networks, one set up after the other is gone.
 * @throws UnmaskError 'aborted' as soon as the signal says so, and whatever setting up and running throw; what was
 *   measured by then was told
 */
export async function measureTwins(
  setUp: SetUp,
  about: About,
  options: MeasureOptions,
): Promise<LatencyResult> {
  const { steps, signal, onProgress } = options;
  let study: LatencyResult = { ...about, ...withRates([], about.written) };
  const checkSignal = (): void => {
    if (signal?.aborted) throw new UnmaskError('aborted', latencyStudyWords.cancelled);
  };
  const add = (point: Omit<LatencyPoint, 'tokensPerSecond'>): void => {
    const known = withRates([...study.points, point], about.written);
    const crossing = crossingOf(known.points);
    study = { ...about, ...known, ...(crossing ? { crossing } : {}) };
  };
  for (const kind of ['diffusion', 'causal'] as const) {
    const tell = (progress: Omit<LatencyProgress, 'kind' | 'study'>): void => {
      onProgress?.({ kind, ...progress, study });
    };
    checkSignal();
    const denoiser = await setUp(kind, ({ stage, loaded, total }) => {
      tell({ stage, done: loaded, total });
    });
    try {
      const timer = new TwinTimer(denoiser, options);
      const points = kind === 'diffusion' ? steps : [0];
      for (const [done, count] of points.entries()) {
        checkSignal();
        tell({ stage: 'time', done, total: points.length, steps: count });
        add(kind === 'diffusion' ? await timer.diffusion(count) : await timer.causal());
      }
      tell({ stage: 'time', done: points.length, total: points.length });
    } finally {
      denoiser.destroy();
    }
  }
  return study;
}
