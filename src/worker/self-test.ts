/** The answer to `selfTest`: every kernel checked on the open device, and a description of that device. */
import type { CheckResult } from '../gpu/checks/check.ts';
import { runChecks } from '../gpu/checks/checks.ts';
import { BASELINE_LIMITS, Gpu } from '../gpu/device.ts';
import type { DeviceReport, SelfTestResult } from './protocol.ts';

/** Limits beside those of the baseline that tell devices apart. */
const MORE_LIMITS = [
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxUniformBufferBindingSize',
  'minUniformBufferOffsetAlignment',
  'minStorageBufferOffsetAlignment',
] as const;

export interface SelfTestOptions {
  /** Stops between checks. */
  signal?: AbortSignal;
  onCheck?: (check: CheckResult) => void;
  /** GEMM variants that were measured for a device, in words, by problem. */
  tuning?: ((gpu: Gpu) => Promise<Record<string, string>>) | undefined;
}

/**
 * Check every kernel on a device.
 * @returns the checks that were run: fewer than all after the signal, or where the device was lost
 */
export async function selfTest(
  gpu: Gpu,
  { signal, onCheck, tuning }: SelfTestOptions = {},
): Promise<SelfTestResult> {
  // Kernels and memory of its own on the same device: everything is compiled anew, and what only checks need is not kept.
  const own = new Gpu(gpu.device, gpu.adapter);
  const checks = await runChecks(own, {
    ...(signal ? { signal } : {}),
    ...(onCheck ? { onCheck } : {}),
  });
  return { checks, device: describeDevice(gpu, (await tuning?.(gpu)) ?? {}) };
}

function describeDevice({ adapter, device, memory }: Gpu, tuning: Record<string, string>): DeviceReport {
  const { name, vendor, architecture, software } = adapter;
  const names = [...(Object.keys(BASELINE_LIMITS) as (keyof typeof BASELINE_LIMITS)[]), ...MORE_LIMITS];
  const bytes = new Map<string, number>();
  for (const { owner, bytes: more } of memory.usage()) bytes.set(owner, (bytes.get(owner) ?? 0) + more);
  return {
    ...{ adapter: name, vendor, architecture, software },
    features: [...device.features].sort(),
    limits: Object.fromEntries(names.map((limit) => [limit, device.limits[limit]])),
    tuning,
    memory: [...bytes].map(([owner, used]) => ({ owner, bytes: used })),
  };
}
