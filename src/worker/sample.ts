import type { Denoiser } from '../model/backend/denoiser.ts';
import type { ModelConfig } from '../model/checkpoint/config.ts';
import { buildInitial, makePlan, nominalSteps, type Plan } from '../model/diffusion/plan.ts';
import { UnmaskError } from '../model/errors.ts';
import type { Tokenizer } from '../model/tokenizer/tokenizer.ts';
import type { TraceStep } from '../trace/trace.ts';
import { refuse, type CheckedSample } from './arguments.ts';
import { runWords as words } from './messages/runs.ts';
import type { PlanEvent, SampleResult, StepEvent } from './protocol.ts';

/** Most slots in one batch; larger requests are cut, which changes no text. */
export const MAX_SLOTS = 4096;

/** Text of a finished sample; the BOS that was given is no text. Without a tokenizer the ids are the text. */
export function toText(tokens: number[], tokenizer: Tokenizer | undefined, bos: number | undefined): string {
  const written = bos === undefined ? tokens : tokens.slice(1);
  return tokenizer ? tokenizer.decode(written) : written.join(' ');
}

/**
 * The plan of a batch of texts: BOS, prompt and pinned tokens in their slots, and what comes when in the others; of texts
 * that are taken up in the middle, what is still to come.
 * @param firstSample index of the first text, `count` the number of texts
 * @throws UnmaskError 'argument' for a prompt or pins that do not fit, or that leave nothing to write
 */
export function planBatch(config: ModelConfig, o: CheckedSample, firstSample: number, count: number): Plan {
  const { length, steps, sampler, seed, bos, prompt, pinned, from } = o;
  const maskId = config.vocabulary - 1;
  const eps = config.samplingEps;
  const of = { sampler, steps, length, maskId, eps, seed, count, firstSample };
  if (from) return makePlan({ ...of, initial: Uint32Array.from(from.tokens), from });
  const given = bos === undefined ? {} : { bos };
  const initial = buildInitial({ length, maskId, prompt, pinned, ...given });
  if (!initial.includes(maskId)) throw refuse(words.nothingToWrite(length));
  return makePlan({ ...of, initial });
}

/**
 * Write texts with a model: plan, run, collect.
 * @param on told of the plan of every batch before it runs, and of every pass as it becomes known; its signal stops
 *   the run between passes
 * @throws UnmaskError 'argument' for a prompt or pins that do not fit, 'aborted'
 */
export async function sample(
  model: string,
  denoiser: Denoiser,
  tokenizer: Tokenizer | undefined,
  o: CheckedSample,
  on: {
    signal?: AbortSignal;
    onPlan?: (plan: PlanEvent) => void;
    onStep?: (step: StepEvent) => void;
  } = {},
): Promise<SampleResult> {
  const { length, steps, sampler, seed, temperature, topP, count, bos } = o;
  const begin = o.firstSample ?? 0;
  const end = begin + count;
  const result: SampleResult = {
    tokens: [],
    text: [],
    traces: [],
    steps: nominalSteps(sampler, steps),
    forwardPasses: 0,
    submits: 0,
    dispatches: 0,
    milliseconds: 0,
    backend: denoiser.backend,
    weights: denoiser.storage,
  };
  // Under confidence texts that are taken up are planned one by one.
  const single = o.from !== undefined && sampler === 'confidence';
  const batch = single ? 1 : Math.max(1, Math.floor(MAX_SLOTS / length));
  let gpuMilliseconds: number | undefined = 0;
  for (let firstSample = begin; firstSample < end; firstSample += batch) {
    const plan = planBatch(denoiser.config, o, firstSample, Math.min(batch, end - firstSample));
    const { maskId } = plan;
    const samples = plan.samples.map((s) => ({ ...s, initial: [...s.initial] }));
    on.onPlan?.({
      ...{ model, sampler, steps: plan.steps, seed, temperature, topP, maskId },
      ...(plan.from === undefined ? {} : { from: plan.from }),
      samples: samples.map(({ sample: index, initial, passes }) => ({
        ...{ sample: index, initial },
        passes: passes.map(({ step, t, count: coming }) => ({ step, t, count: coming })),
      })),
    });
    const traces = samples.map((): TraceStep[] => []);
    const settings = { seed, temperature, topP, ...(on.signal ? { signal: on.signal } : {}) };
    const run = denoiser.run(plan, settings);
    let next = await run.next();
    for (; !next.done; next = await run.next()) {
      next.value.steps.forEach((step, i) => {
        if (step) traces[i].push(step);
      });
      on.onStep?.({ firstSample, ...next.value });
      if (on.signal?.aborted) {
        await run.return({ forwardPasses: 0, submits: 0, dispatches: 0, milliseconds: 0 });
        throw new UnmaskError('aborted', words.stopped);
      }
    }
    const cost = next.value;
    result.forwardPasses += cost.forwardPasses;
    result.submits += cost.submits;
    result.dispatches += cost.dispatches;
    result.milliseconds += cost.milliseconds;
    // A sum that lacks a part would be taken for the whole.
    gpuMilliseconds =
      gpuMilliseconds === undefined || cost.gpuMilliseconds === undefined
        ? undefined
        : gpuMilliseconds + cost.gpuMilliseconds;
    samples.forEach(({ initial }, i) => {
      // The plan that was told keeps its own.
      const tokens = [...initial];
      for (const { positions, tokens: came } of traces[i]) {
        positions.forEach((position, j) => (tokens[position] = came[j]!));
      }
      result.tokens.push(tokens);
      result.text.push(toText(tokens, tokenizer, bos));
      result.traces.push({ steps: traces[i] });
    });
  }
  return gpuMilliseconds === undefined ? result : { ...result, gpuMilliseconds };
}
