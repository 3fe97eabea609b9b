/** The latency study: the twins at a shape, on a device of their own. */
import { openGpu, type Gpu } from '../../gpu/device.ts';
import type { Denoiser } from '../../model/backend/denoiser.ts';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.ts';
import { randomCheckpoint } from '../../model/checkpoint/random.ts';
import { UnmaskError } from '../../model/errors.ts';
import type { SetupOptions } from '../backends.ts';
import { latencyStudyWords } from '../messages/latency-study.ts';
import type { CheckedLatency } from './arguments.ts';
import { measureTwins, type About } from './measure.ts';
import { preflightOf, STORAGE, twinConfig } from './preflight.ts';
import type { LatencyProgress, LatencyResult, Preflight } from './result.ts';
import { factsOf, speedOf } from './speed.ts';

/** What the study needs of its surroundings. */
export interface LatencySetup {
  /** `navigator.gpu`, or Dawn's; undefined where there is none. */
  api: GPU | undefined;
  /** `isSecureContext` of the page. */
  secure: boolean;
  options: CheckedLatency;
  /** Sets a network of either kind up on a device. */
  createDenoiser: (gpu: Gpu, checkpoint: Checkpoint, options: SetupOptions) => Promise<Denoiser>;
  signal?: AbortSignal;
  onProgress?: (progress: LatencyProgress) => void;
}

/** What a study would take on a device; multiplies a matrix or two to find out. */
export async function preflight(gpu: Gpu, options: CheckedLatency): Promise<Preflight> {
  return preflightOf(options, factsOf(gpu), await speedOf(gpu));
}

/** A checkpoint that is read no further once the signal says so: gigabytes take their time. */
export function stoppable({ tensors, ...rest }: Checkpoint, signal?: AbortSignal): Checkpoint {
  return {
    ...rest,
    tensors: {
      names: () => tensors.names(),
      has: (name) => tensors.has(name),
      info: (name) => tensors.info(name),
      read: (name, rows) => {
        if (!signal?.aborted) return tensors.read(name, rows);
        return Promise.reject(new UnmaskError('aborted', latencyStudyWords.cancelled));
      },
    },
  };
}

/**
 * Measure masked diffusion against its causal twin, with random weights: time does not depend on what they say. The device is
 * opened for it, so that its loss takes nothing of the page with it.
 * @throws UnmaskError 'limit' where the preflight refuses, 'out-of-memory', 'aborted'; WebGpuUnavailable
 */
export async function runLatency(setup: LatencySetup): Promise<LatencyResult> {
  const { api, secure, options, createDenoiser, signal, onProgress } = setup;
  const { shape, tokens } = options;
  const gpu = await openGpu(api, { secure });
  try {
    const { refusals, parameters } = await preflight(gpu, options);
    if (refusals.length > 0) throw new UnmaskError('limit', refusals[0]);
    const about: About = {
      ...{ shape, parameters, tokens, written: tokens - 1, batch: 1, storage: STORAGE },
      device: gpu.adapter.name,
      software: gpu.adapter.software,
      ...('navigator' in globalThis ? { userAgent: navigator.userAgent } : {}),
      date: new Date().toISOString(),
    };
    return await measureTwins(
      async (kind, onSetup) => {
        // What the other one held is free only once its work is over.
        await gpu.device.queue.onSubmittedWorkDone();
        const checkpoint = stoppable(randomCheckpoint(twinConfig(shape, kind, tokens)), signal);
        return createDenoiser(gpu, checkpoint, { storage: STORAGE, onProgress: onSetup });
      },
      about,
      { ...options, signal, onProgress },
    );
  } finally {
    gpu.destroy();
  }
}
