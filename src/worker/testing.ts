/** A device, a host of one small model and a network that stand in for the real ones in tests. */
import { readFile } from 'node:fs/promises';
import type {
  CausalModel,
  Denoiser,
  HeadAddress,
  RunCost,
  RunSettings,
  RunStep,
} from '../model/backend/denoiser.ts';
import type { Fetcher } from '../model/checkpoint/bundled.ts';
import type { ModelConfig } from '../model/checkpoint/config.ts';
import type { Plan } from '../model/diffusion/plan.ts';
import { UnmaskError } from '../model/errors.ts';
import { Engine, type EngineOptions } from './engine.ts';

/** A `GPU` whose devices can be lost at will. */
export interface FakeGpu {
  api: GPU;
  /** Devices opened so far. */
  opened: number;
  /** Lose the newest device. */
  lose(reason: string): void;
}

export function fakeGpu(): FakeGpu {
  let loseNewest: (info: { message: string }) => void = () => undefined;
  const limits = new Proxy({}, { get: () => 2 ** 40 });
  const features = new Set<string>();
  const fake: FakeGpu = {
    opened: 0,
    lose: (reason) => {
      loseNewest({ message: reason });
    },
    api: {
      requestAdapter: () =>
        Promise.resolve({
          limits,
          features,
          info: { vendor: 'test', architecture: 'swiftshader' },
          requestDevice: () => {
            fake.opened++;
            const lost = new Promise((resolve) => (loseNewest = resolve));
            return Promise.resolve({
              ...{ lost, limits, features, queue: {}, destroy: () => undefined },
              pushErrorScope: () => undefined,
              popErrorScope: () => Promise.resolve(null),
            });
          },
        }),
    } as unknown as GPU,
  };
  return fake;
}

const file = (path: string): URL => new URL(`../../${path}`, import.meta.url);

/** Serves the folder of the bundled models from disk, and counts what is asked for. */
export function diskHost(): { base: string; fetcher: Fetcher; asked: string[] } {
  const base = file('public/weights/').href;
  const asked: string[] = [];
  return {
    base,
    asked,
    fetcher: async (url) => {
      asked.push(url.slice(base.length));
      return new Response(new Uint8Array(await readFile(new URL(url))));
    },
  };
}

/** Configuration and weights of the small golden network. */
export async function smallModel(): Promise<{ config: object; weights: Blob }> {
  const config = JSON.parse(await readFile(file('fixtures/golden/dit-d64/config.json'), 'utf8')) as object;
  const weights = await readFile(file('fixtures/golden/dit-d64/student.safetensors'));
  return { config, weights: new Blob([new Uint8Array(weights)]) };
}

/**
 * Writes the position's number into every slot, unless told otherwise, with chance 0.5; waits for `gate` before each pass.
 * Where the model chooses the positions, it takes the lowest.
 */
export class FakeDenoiser implements Denoiser {
  readonly backend = 'fake';
  readonly storage = 'f32';
  destroyed = false;
  passes = 0;
  /** Texts in each run so far. */
  readonly batches: number[] = [];
  gate: () => Promise<void> = () => Promise.resolve();
  /** Logits of a row, as far as they are not 0; by default the row's token is that of id 0. */
  rowLogits: ((row: number) => number[]) | undefined;
  /** The token of a position. */
  tokenAt: (position: number, sample: number, seed: number) => number = (position) => position;
  /** What the clock on the wall says of each run. */
  milliseconds: () => number = () => 2;
  /** What the GPU's clock says of each run. */
  gpuMilliseconds: () => number | undefined = () => undefined;

  constructor(readonly config: ModelConfig) {}

  logits(
    tokens: Uint32Array,
    _shape?: object,
    _t?: Float32Array,
    rows = Uint32Array.from(tokens.keys()),
  ): Promise<Float32Array> {
    const data = new Float32Array(rows.length * this.config.vocabulary);
    rows.forEach((row, i) => {
      const at = i * this.config.vocabulary;
      data[at] = tokens[row];
      data.set(this.rowLogits?.(row) ?? [], at);
    });
    return Promise.resolve(data);
  }

  /** Every position reads the one of that layer and head, and no other. */
  attention(tokens: Uint32Array, { layer, head }: HeadAddress): Promise<Float32Array> {
    const { length } = tokens;
    const read = (layer * this.config.heads + head) % length;
    return Promise.resolve(
      Float32Array.from({ length: length * length }, (_, i) => (i % length === read ? 1 : 0)),
    );
  }

  async *run(plan: Plan, { seed }: RunSettings): AsyncGenerator<RunStep, RunCost, undefined> {
    this.batches.push(plan.samples.length);
    const masked = plan.samples.map(({ initial }) =>
      [...initial.keys()].filter((position) => initial[position] === plan.maskId),
    );
    for (let pass = 0; pass < plan.forwardPasses; pass++) {
      await this.gate();
      this.passes++;
      yield {
        pass,
        steps: plan.samples.map(({ passes, sample: index }, sample) => {
          if (pass >= passes.length) return null;
          const { step, t, count, positions: planned } = passes[pass];
          const positions = plan.sampler === 'confidence' ? masked[sample].splice(0, count) : planned;
          return {
            ...{ step, t, positions },
            tokens: positions.map((position) => this.tokenAt(position, index, seed)),
            probabilities: positions.map(() => 0.5),
            entropies: positions.map(() => 1),
          };
        }),
      };
    }
    const gpuMilliseconds = this.gpuMilliseconds();
    return {
      ...{ forwardPasses: plan.forwardPasses, submits: 1, dispatches: 10 },
      milliseconds: this.milliseconds(),
      ...(gpuMilliseconds === undefined ? {} : { gpuMilliseconds }),
    };
  }

  destroy(): void {
    this.destroyed = true;
  }
}

/** A causal model that holds a token the more unlikely, the larger its id: -log p is a tenth of it. */
export class FakeCausal extends FakeDenoiser implements CausalModel {
  /** What it was asked to score, "texts x length". */
  readonly scored: string[] = [];
  /** Whose features it was asked for, "texts x length". */
  readonly read: string[] = [];

  async score(
    tokens: Uint32Array,
    { batch, length }: { batch: number; length: number },
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    await this.gate();
    if (signal?.aborted) throw new UnmaskError('aborted', 'It was stopped within.');
    this.scored.push(`${batch} x ${length}`);
    const rows = Array.from({ length: batch }, (_, b) => tokens.subarray(b * length + 1, (b + 1) * length));
    return Float32Array.from(
      rows.flatMap((row) => [...row]),
      (token) => token / 10,
    );
  }

  /** Numbers that tokens and their order decide, and nothing else. */
  async features(
    tokens: Uint32Array,
    { batch, length }: { batch: number; length: number },
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    await this.gate();
    if (signal?.aborted) throw new UnmaskError('aborted', 'It was stopped within.');
    this.read.push(`${batch} x ${length}`);
    const { hidden } = this.config;
    return Float32Array.from({ length: batch * hidden }, (_, i) => {
      const text = tokens.subarray(Math.floor(i / hidden) * length, (Math.floor(i / hidden) + 1) * length);
      return text.reduce((sum, token, position) => sum + Math.sin((position + 1) * (i % hidden) + token), 0);
    });
  }
}

/** Stands in for the network of a checkpoint. */
export const fakeNetwork = (config: ModelConfig): FakeDenoiser =>
  config.kind === 'causal' ? new FakeCausal(config) : new FakeDenoiser(config);

/** An engine on a fake device, whose networks are fakes too; files are the bundled ones. */
export function fakeEngine(options: Partial<EngineOptions> = {}) {
  const gpu = fakeGpu();
  const host = diskHost();
  const made: FakeDenoiser[] = [];
  const notices: UnmaskError[] = [];
  const engine = new Engine({
    gpu: gpu.api,
    secure: true,
    base: host.base,
    fetcher: host.fetcher,
    createDenoiser: (_gpu, { config }, { onProgress }) => {
      onProgress?.({ stage: 'compile', loaded: 1, total: 1 });
      const network = fakeNetwork(config);
      made.push(network);
      return Promise.resolve(network);
    },
    onNotice: (error) => notices.push(error),
    ...options,
  });
  return { engine, gpu, host, made, notices };
}
