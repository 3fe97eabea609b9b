/** Masked diffusion on onnxruntime-web: where there is no WebGPU, and to hold our kernels against. */
import type * as Ort from 'onnxruntime-web';
import { byConfidence } from '../../gpu/kernels/select/select.reference.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { DrawnToken } from '../diffusion/draw.ts';
import { isFinal, type Plan, type SamplePlan } from '../diffusion/plan.ts';
import { sigma } from '../diffusion/schedule.ts';
import type { OnnxRuntime } from '../onnx/session.ts';
import { requireDiffusion } from './checks.ts';
import type { RunSettings } from './denoiser.ts';
import { createOnnxCausal, type OnnxCausal } from './onnx-causal.ts';
import { OnnxModel, setUp, traceStep, type OnnxOptions, type TextRun } from './onnx-model.ts';

/**
 * Set a checkpoint up in onnxruntime, whichever its kind, on the CPU unless told otherwise.
 * @param ort the runtime, see onnx-runtime.ts; given, since it is large and only some pages need it
 * @throws UnmaskError as `openOnnxSession`
 */
export function createOnnxModel(
  ort: OnnxRuntime,
  checkpoint: Checkpoint,
  options: OnnxOptions = {},
): Promise<OnnxDenoiser | OnnxCausal> {
  const create = checkpoint.config.kind === 'causal' ? createOnnxCausal : createOnnxDenoiser;
  return create(ort, checkpoint, options);
}

/**
 * Set a diffusion checkpoint up in onnxruntime.
 * @throws UnmaskError 'argument' for a causal checkpoint, or as `createOnnxModel`
 */
export async function createOnnxDenoiser(
  ort: OnnxRuntime,
  checkpoint: Checkpoint,
  options: OnnxOptions = {},
): Promise<OnnxDenoiser> {
  requireDiffusion(checkpoint.config);
  return new OnnxDenoiser(ort, await setUp(ort, checkpoint, options), checkpoint.config);
}

/** A masked-diffusion model in onnxruntime. On a CPU a batch of its texts is no faster than they are one after the other. */
export class OnnxDenoiser extends OnnxModel {
  protected override begin(
    plan: Plan,
    { sample, initial, earlier = 0 }: SamplePlan,
    settings: RunSettings,
  ): TextRun {
    const { temperature, topP, seed } = settings;
    const { vocabulary } = this.config;
    const chooses = plan.sampler === 'confidence';
    const tokens = initial.slice();
    return {
      step: async (pass, index) => {
        const asked = chooses
          ? [...tokens.keys()].filter((position) => tokens[position] === plan.maskId)
          : pass.positions;
        const logits = await this.textLogits(tokens, asked, pass.t);
        const final = isFinal(plan, pass);
        const proposals = asked.map((position, row): DrawnToken & { position: number } => {
          const own = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
          const address = { seed, sample, position, draw: chooses ? earlier + index : 0 };
          const drawn = final
            ? this.draw.likeliest(own, temperature)
            : this.draw.draw(own, temperature, topP, address);
          return { ...drawn, position };
        });
        const taken = chooses
          ? byConfidence(proposals)
              .slice(0, pass.count)
              .map((i) => proposals[i])
              .sort((a, b) => a.position - b.position)
          : proposals;
        for (const { position, token } of taken) tokens[position] = token;
        return traceStep(pass, taken);
      },
      end: () => undefined,
    };
  }

  protected override inputs(t: number): Record<string, Ort.Tensor> {
    return this.config.timeConditioning
      ? { sigma: new this.ort.Tensor('float32', Float32Array.of(sigma(t)), [1]) }
      : {};
  }
}
