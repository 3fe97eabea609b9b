/** What a check of a kernel is, and how checks are run; checks.ts lists them. */
import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';

/**
 * How an error is measured: `absolute`, the largest difference; `relative`, the largest difference divided by 1 + |expected|,
 * unless `what` says otherwise; `bits`, the number of values that are not the same to the last bit.
 */
export type Measure = 'absolute' | 'relative' | 'bits';

/** One kernel in one variant, against its CPU reference. */
export interface KernelCheck {
  /** The kernel by the name it is compiled under. */
  readonly kernel: string;
  /** What is computed, in a few words with its shapes: of messages.ts. */
  readonly what: string;
  /** Largest error that counts as right. */
  readonly bound: number;
  readonly measure: Measure;
  /**
   * Left out on software adapters, which never run this variant and take seconds to compile it: there the kernel is checked
   * in another variant.
   */
  readonly gpuOnly?: boolean;
  /** @returns the largest error; frees all buffers that it takes */
  run(gpu: Gpu): Promise<number>;
}

/** What a check found. Plain data. */
export interface CheckResult extends Omit<KernelCheck, 'run' | 'gpuOnly'> {
  /** Infinity where nothing could be measured. */
  readonly error: number;
  readonly ok: boolean;
  /** Wall time, compilation and the CPU's own computation included. */
  readonly milliseconds: number;
  /** Why nothing could be measured: what the compiler, the device or the program says. */
  readonly message?: string;
}

/** The checks that make sense on an adapter. */
export function checksFor(gpu: Gpu, checks: readonly KernelCheck[]): KernelCheck[] {
  return checks.filter(({ gpuOnly }) => !(gpuOnly && gpu.adapter.software));
}

/**
 * Run those of the checks that make sense on this adapter, one after the other. Whatever goes wrong in one, be it that its
 * kernel does not compile, makes it fail and no more. Error scopes form one stack for the whole device, so nobody else
 * should be at work on it.
 * @param options.signal stops before the next check; what was found by then is returned
 * @param options.onCheck told of each result as it comes
 * @returns a result for each check that was run; fewer where the device was lost
 */
export async function runKernelChecks(
  gpu: Gpu,
  checks: readonly KernelCheck[],
  { signal, onCheck }: { signal?: AbortSignal; onCheck?: (result: CheckResult) => void } = {},
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checksFor(gpu, checks)) {
    if (signal?.aborted || gpu.isLost) break;
    const result = await measure(gpu, check);
    results.push(result);
    onCheck?.(result);
    // The page draws with the same GPU, and messages that stop the run have to be heard.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return results;
}

async function measure(gpu: Gpu, check: KernelCheck): Promise<CheckResult> {
  const { kernel, what, bound, measure: by } = check;
  const start = performance.now();
  const faults: string[] = [];
  let error = Infinity;
  gpu.device.pushErrorScope('out-of-memory');
  gpu.device.pushErrorScope('validation');
  try {
    error = await check.run(gpu);
    if (Number.isNaN(error)) error = Infinity;
  } catch (cause) {
    faults.push(cause instanceof Error ? cause.message : String(cause));
  }
  // A lost device may pop no scope.
  const scopes = [gpu.device.popErrorScope(), gpu.device.popErrorScope()];
  for (const scope of scopes) faults.push((await scope.catch(() => null))?.message ?? '');
  // What was thrown says most: a validation error is often what the same fault looked like to the device.
  const message = faults.find((fault) => fault !== '');
  if (message !== undefined) error = Infinity;
  const milliseconds = performance.now() - start;
  return {
    ...{ kernel, what, bound, measure: by, error, ok: error <= bound, milliseconds },
    ...(message === undefined ? {} : { message }),
  };
}

/** Do something with buffers that end with it. */
export async function inArena<T>(gpu: Gpu, action: (arena: Arena) => Promise<T>): Promise<T> {
  const arena = gpu.memory.arena('kernel check');
  try {
    return await action(arena);
  } finally {
    arena.destroy();
  }
}

/**
 * A check over a few cases, each with buffers of its own; the largest error counts.
 * @param error of one case; NaN makes the check fail
 */
export function overCases<Case>(
  fields: Omit<KernelCheck, 'run'>,
  cases: readonly Case[],
  error: (gpu: Gpu, arena: Arena, of: Case) => Promise<number>,
): KernelCheck {
  return {
    ...fields,
    run: async (gpu) => {
      let largest = 0;
      for (const of of cases) {
        // Math.max keeps a NaN.
        largest = Math.max(largest, await inArena(gpu, (arena) => error(gpu, arena, of)));
      }
      return largest;
    },
  };
}
