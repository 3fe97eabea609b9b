/** The causal baseline as an opponent: what a step of its decoding costs, and how fast both kinds of model write. */
import type { Gpu } from '../src/gpu/device.ts';
import { createWebGpuDenoiser, type WebGpuDenoiser } from '../src/model/backend/webgpu.ts';
import type { Checkpoint } from '../src/model/checkpoint/checkpoint.ts';
import { makePlan, type Plan } from '../src/model/diffusion/plan.ts';
import { passTimer } from '../src/worker/benchmark/pass-timer.ts';
import { inTurn, type Effort, type Spread } from '../src/worker/benchmark/spread.ts';

/** A pass over one position, or a whole text. */
export interface DecodingRow {
  what: string;
  dispatches: number;
  milliseconds: Spread;
}

/** A text, written whole. */
export interface WritingRow {
  what: string;
  tokens: number;
  forwardPasses: number;
  milliseconds: Spread;
}

export interface DecodingResult {
  /** A forward pass of masked diffusion over one token first, then steps of decoding; measured in turn. */
  passes: DecodingRow[];
  /** Measured in turn. */
  texts: WritingRow[];
}

/** Tokens of the texts, with the one that begins them. */
const LENGTH = 128;
/** Steps of masked diffusion: 32 tokens in a pass. */
const STEPS = 4;

function planOf({ config }: WebGpuDenoiser): Plan {
  const maskId = config.vocabulary - 1;
  const initial = new Uint32Array(LENGTH).fill(maskId);
  initial[0] = 0;
  const sampler = config.kind === 'causal' ? 'autoregressive' : 'ancestral';
  const { samplingEps: eps } = config;
  return makePlan({ sampler, steps: STEPS, length: LENGTH, maskId, eps, seed: 1, count: 1, initial });
}

/** Measure a diffusion model and the causal one of its width and depth. @param report told what is under way */
export async function measureDecoding(
  gpu: Gpu,
  checkpoints: { diffusion: Checkpoint; causal: Checkpoint },
  effort: Effort,
  report: (what: string) => void,
): Promise<DecodingResult> {
  const models: WebGpuDenoiser[] = [];
  try {
    report('decoding: opening');
    const diffusion = await createWebGpuDenoiser(gpu, checkpoints.diffusion);
    models.push(diffusion);
    const causal = await createWebGpuDenoiser(gpu, checkpoints.causal);
    models.push(causal);
    report('decoding: passes over one token');
    const at = (first: number) => passTimer(gpu, causal, LENGTH, 1, 'sample', { first, count: 1 });
    const timers = [
      { what: 'diffusion, forward pass over 1 token', timer: await passTimer(gpu, diffusion, 1, 1) },
      { what: 'causal, decoding after 15 tokens', timer: await at(15) },
      { what: `causal, decoding after ${LENGTH - 1} tokens`, timer: await at(LENGTH - 1) },
    ];
    const spreads = await inTurn(
      timers.map(({ timer }) => timer.sample),
      effort,
    );
    const passes = timers.map(({ what, timer }, i) => ({
      ...{ what, dispatches: timer.launches.length, milliseconds: spreads[i] },
    }));

    report(`decoding: texts of ${LENGTH - 1} tokens`);
    const plans = models.map(planOf);
    const writers = models.map((model, i) => async (): Promise<number> => {
      const start = performance.now();
      const run = model.run(plans[i], { seed: 1, temperature: 1, topP: 1 });
      for (let next = await run.next(); next.done !== true; next = await run.next());
      return performance.now() - start;
    });
    for (const write of writers) await write();
    const written = await inTurn(writers, effort);
    const texts = written.map((milliseconds, i) => ({
      what: i === 0 ? `diffusion, ${STEPS} steps` : 'causal, with its cache',
      tokens: LENGTH - 1,
      forwardPasses: plans[i].forwardPasses,
      milliseconds,
    }));
    return { passes, texts };
  } finally {
    for (const model of models) model.destroy();
  }
}
