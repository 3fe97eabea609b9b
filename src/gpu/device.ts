import { Memory } from './buffers.ts';
import { zeroCounters, type Counters } from './counters.ts';
import { KernelCache } from './kernel.ts';
import { gpuMessages } from './messages.ts';

/** The four reasons that stop WebGPU, told apart because each has its own remedy. */
export type StopReason = 'no-api' | 'insecure-context' | 'no-adapter' | 'limit-too-low';

/** WebGPU cannot run here; `reason` says which of the four stoppers it is and `remedy` what to do. */
export class WebGpuUnavailable extends Error {
  override readonly name = 'WebGpuUnavailable';
  readonly remedy: string;
  constructor(
    readonly reason: StopReason,
    detail = '',
  ) {
    const remedy = gpuMessages.remedies[reason];
    super(detail === '' ? remedy : gpuMessages.stopped(detail, remedy));
    this.remedy = remedy;
  }
}

/** The limits that the kernels are written for: the defaults that WebGPU guarantees (spec, section 3.6.2 "Limits"). */
export const BASELINE_LIMITS = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupsPerDimension: 65_535,
  maxStorageBufferBindingSize: 134_217_728,
  maxBufferSize: 268_435_456,
} as const;

/** Limits worth raising as far as the adapter goes: what decides how large a model fits. */
const RAISED_LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;

/** Limits that kernels of other engines make use of, beside ours. */
const PEER_LIMITS = [
  ...RAISED_LIMITS,
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** Fewest lanes of a subgroup with which the kernels of onnxruntime 1.30 are right; on SwiftShader's 4 they are not. */
const PEER_SUBGROUP = 16;

/** Features that kernels of other engines make use of, as far as an adapter has them and they are right on it. */
function peerFeatures({ features, info }: GPUAdapter): GPUFeatureName[] {
  // Missing in older browsers, and then nothing is known of the subgroups.
  const { subgroupMinSize = 0 } = (info as Partial<GPUAdapterInfo> | undefined) ?? {};
  const wanted: GPUFeatureName[] = ['shader-f16'];
  if (subgroupMinSize >= PEER_SUBGROUP) wanted.push('subgroups');
  return wanted.filter((feature) => features.has(feature));
}

/** What adapter a device stands on, in words for a person and a key for remembered measurements. */
export interface AdapterDescription {
  /** One line, such as "apple metal-3" or "google swiftshader (software)". */
  name: string;
  vendor: string;
  architecture: string;
  /** True where a CPU plays GPU: WGSL runs, but its times say nothing about GPUs. */
  software: boolean;
}

/** A device with what the library keeps for it: memory by owner, compiled kernels, counters. */
export class Gpu {
  readonly counters: Counters = zeroCounters();
  readonly memory: Memory;
  readonly kernels: KernelCache;
  /** True when the device can time passes (feature `timestamp-query`). */
  readonly timestamps: boolean;
  /** Settles when the device is lost for another reason than `destroy()`; never rejects. */
  readonly lost: Promise<string>;
  #lost = false;
  #destroyed = false;

  /** @param device any WebGPU device: of a page, a worker, or Dawn in Node */
  constructor(
    readonly device: GPUDevice,
    readonly adapter: AdapterDescription,
  ) {
    this.memory = new Memory(device, this.counters);
    this.kernels = new KernelCache(device, this.counters);
    this.timestamps = device.features.has('timestamp-query');
    this.lost = new Promise((resolve) => {
      void device.lost.then((info) => {
        this.#lost = true;
        if (!this.#destroyed) resolve(info.message === '' ? gpuMessages.noReason : info.message);
      });
    });
  }

  /** Whether the device is gone, for whatever reason. */
  get isLost(): boolean {
    return this.#lost;
  }

  /** Write `data` into `buffer` at `offset` bytes, counted. */
  write(buffer: GPUBuffer, offset: number, data: ArrayBufferView<ArrayBuffer>): void {
    this.counters.bytesWritten += data.byteLength;
    this.device.queue.writeBuffer(buffer, offset, data.buffer, data.byteOffset, data.byteLength);
  }

  /** Free everything on the device. */
  destroy(): void {
    this.#destroyed = true;
    this.device.destroy();
  }
}

/** Describe an adapter; browsers that hide `info` give an "unknown" one. */
export function describeAdapter(info: GPUAdapterInfo | undefined): AdapterDescription {
  const vendor = info?.vendor ?? '';
  const architecture = info?.architecture ?? '';
  const software =
    info?.isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|warp|basic render/i.test(`${architecture} ${info?.description ?? ''}`);
  const words = [vendor, architecture].filter((word) => word !== '').join(' ');
  const name =
    words !== '' ? words : (info?.description ?? '') !== '' ? info!.description : gpuMessages.unknownAdapter;
  return { name: software ? gpuMessages.software(name) : name, vendor, architecture, software };
}

/**
 * Open a device with limits raised as far as the adapter allows.
 * @param api `navigator.gpu`, or Dawn's; undefined where there is none
 * @param options.secure whether the page is a secure context (`isSecureContext`)
 * @param options.baseline take default limits and no features: what the kernels must run on anywhere
 * @param options.peer take besides what the kernels of onnxruntime make use of, for a device that both are measured on
 * @throws {WebGpuUnavailable} naming which of the four stoppers it is
 */
export async function openGpu(
  api: GPU | undefined,
  options: { secure?: boolean; baseline?: boolean; peer?: boolean } = {},
): Promise<Gpu> {
  // In an insecure context the API is hidden, so this question comes first.
  if (options.secure === false) throw new WebGpuUnavailable('insecure-context');
  if (api === undefined) throw new WebGpuUnavailable('no-api');
  const adapter = await api.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (adapter === null) throw new WebGpuUnavailable('no-adapter');
  for (const [limit, needed] of Object.entries(BASELINE_LIMITS)) {
    const has = adapter.limits[limit as keyof typeof BASELINE_LIMITS];
    if (has < needed) {
      throw new WebGpuUnavailable('limit-too-low', gpuMessages.limitTooLow(limit, has, needed));
    }
  }
  const requiredLimits: Record<string, number> = {};
  const requiredFeatures: GPUFeatureName[] = [];
  if (options.baseline !== true) {
    for (const limit of options.peer ? PEER_LIMITS : RAISED_LIMITS) {
      requiredLimits[limit] = adapter.limits[limit];
    }
    if (adapter.features.has('timestamp-query')) requiredFeatures.push('timestamp-query');
    if (options.peer) requiredFeatures.push(...peerFeatures(adapter));
  }
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  } catch (error) {
    throw new WebGpuUnavailable('no-adapter', gpuMessages.notOpened(String(error)));
  }
  // `adapter.info` is missing in older browsers.
  return new Gpu(device, describeAdapter(adapter.info));
}
