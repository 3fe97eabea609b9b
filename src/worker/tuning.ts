/** Measures GEMM variants in idle time and remembers the best per adapter. */
import { autotune, describeTuning, GemmChoice, type GemmProblem, type Tuning } from '../gpu/autotune.ts';
import type { AdapterDescription, Gpu } from '../gpu/device.ts';

/** Where measurements are kept between visits: IndexedDB in a page, anything with the same two verbs elsewhere. */
export interface TuningStore {
  get(key: string): Promise<Tuning | undefined>;
  set(key: string, tuning: Tuning): Promise<void>;
}

/** Nothing asked for during this time, in milliseconds, counts as idle. */
export const IDLE = 2000;

/** Changes with the variants and the loop they belong to: older measurements then mean nothing. */
const GENERATION = 2;

/** Key of an adapter's measurements. */
export function adapterKey({ vendor, architecture }: AdapterDescription): string {
  return `gemm-tuning ${GENERATION} ${vendor} ${architecture}`;
}

/**
 * Tunes one device at a time. What it finds counts from the next time a model is set up, never in the middle of a visit's
 * runs: another variant adds up in another order, and the same seed might then give another text.
 */
export class IdleTuner {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;
  #target: { gpu: Gpu; problems: readonly GemmProblem[] } | undefined;

  constructor(
    private readonly store: TuningStore,
    private readonly measure: typeof autotune = autotune,
  ) {}

  /** The choice of variants for a device, with what is remembered; a store that fails is as good as an empty one. */
  async choice({ adapter }: Gpu): Promise<GemmChoice> {
    if (adapter.software) return new GemmChoice(true);
    return new GemmChoice(false, await this.#remembered(adapterKey(adapter)));
  }

  /** What is remembered for a device, in words, by problem. */
  async described({ adapter }: Gpu): Promise<Record<string, string>> {
    return adapter.software ? {} : describeTuning(await this.#remembered(adapterKey(adapter)));
  }

  /** A model was set up that has these problems. Software adapters are left alone. */
  add(gpu: Gpu, problems: readonly GemmProblem[]): void {
    if (gpu.adapter.software) return;
    const earlier = this.#target?.gpu === gpu ? this.#target.problems : [];
    this.#target = { gpu, problems: [...earlier, ...problems] };
  }

  /** Nothing is asked for now: when that lasts a while, measure what is not known yet. */
  schedule(): void {
    this.interrupt();
    if (!this.#target) return;
    const { gpu, problems } = this.#target;
    this.#timer = setTimeout(() => {
      const running = new AbortController();
      this.#running = running;
      // A device lost meanwhile is found out, and told, by the next request.
      this.#tune(gpu, problems, running.signal).catch(() => undefined);
    }, IDLE);
  }

  /** Something is asked for: stop after the candidate now being measured, keeping what is complete. */
  interrupt(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
  }

  async #tune(gpu: Gpu, problems: readonly GemmProblem[], signal: AbortSignal): Promise<void> {
    const key = adapterKey(gpu.adapter);
    const known = await this.#remembered(key);
    const tuning = await this.measure(gpu, problems, known, { signal });
    if (Object.keys(tuning).length > Object.keys(known).length) await this.store.set(key, tuning);
  }

  async #remembered(key: string): Promise<Tuning> {
    return (await this.store.get(key).catch(() => undefined)) ?? {};
  }
}
