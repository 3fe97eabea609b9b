/** Every kernel against its CPU reference on whatever GPU it is asked for: docs/kernels.md, "Checks on the visitor's GPU". */
import type { Gpu } from '../device.ts';
import { ADAMW_CHECKS } from './adamw.ts';
import { ATTENTION_BACKWARD_CHECKS } from './attention-backward.ts';
import { ATTENTION_CHECKS, ATTENTION_SAVE_CHECKS } from './attention.ts';
import { ATTENTION_WEIGHTS_CHECKS } from './attention-weights.ts';
import { runKernelChecks, type CheckResult, type KernelCheck } from './check.ts';
import { EMBEDDING_CHECKS } from './embedding.ts';
import { EMBEDDING_BACKWARD_CHECKS } from './embedding-backward.ts';
import { GATE_BACKWARD_CHECKS } from './gate-backward.ts';
import { GEMM_CHECKS } from './gemm.ts';
import { LAYERNORM_BACKWARD_CHECKS } from './layernorm-backward.ts';
import { LAYERNORM_CHECKS } from './layernorm-modulate.ts';
import { MATMUL_CHECKS } from './matmul.ts';
import { MODULATION_BACKWARD_CHECKS } from './modulation-backward.ts';
import { LOSS_CHECKS } from './loss.ts';
import { PACK_WEIGHT_CHECKS } from './pack-weight.ts';
import { RANDOM_CHECKS } from './random.ts';
import { SAMPLE_CHECKS } from './sample.ts';
import { SELECT_CHECKS } from './select.ts';
import { TARGET_CHECKS } from './target.ts';

/** All checks, in the order in which results build on each other: what a later one needs was checked before. */
export const KERNEL_CHECKS: readonly KernelCheck[] = [
  ...RANDOM_CHECKS,
  ...PACK_WEIGHT_CHECKS,
  ...EMBEDDING_CHECKS,
  ...LAYERNORM_CHECKS,
  ...GEMM_CHECKS,
  ...ATTENTION_CHECKS,
  ...ATTENTION_WEIGHTS_CHECKS,
  ...SAMPLE_CHECKS,
  ...SELECT_CHECKS,
  // Training
  ...MATMUL_CHECKS,
  ...LAYERNORM_BACKWARD_CHECKS,
  ...GATE_BACKWARD_CHECKS,
  ...MODULATION_BACKWARD_CHECKS,
  ...EMBEDDING_BACKWARD_CHECKS,
  ...TARGET_CHECKS,
  ...LOSS_CHECKS,
  ...ADAMW_CHECKS,
  ...ATTENTION_SAVE_CHECKS,
  ...ATTENTION_BACKWARD_CHECKS,
];

/** Run all checks that make sense on this adapter; as `runKernelChecks`. */
export function runChecks(
  gpu: Gpu,
  options: { signal?: AbortSignal; onCheck?: (result: CheckResult) => void } = {},
): Promise<CheckResult[]> {
  return runKernelChecks(gpu, KERNEL_CHECKS, options);
}
