/** The parameters of a network in training, and the optimiser that changes them. */
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { Launch } from '../../gpu/kernel.ts';
import {
  ADAMW,
  ADAMW_BYTES,
  adamwWorkgroups,
  GRADIENT_NORM,
  NORM_PARTIALS,
} from '../../gpu/kernels/adamw/adamw.ts';
import type { ParameterLayout } from '../network/parameters.ts';

/** The arrays that an update changes; each in the layout of ParameterLayout. */
export const TRAINED = ['parameters', 'm', 'v', 'average'] as const;

/** Their values. */
export type TrainedValues = Record<(typeof TRAINED)[number], Float32Array<ArrayBuffer>>;

/** Parameters, their gradients, the moments of Adam and the moving average, on the GPU. */
export class TrainedParameters {
  private constructor(
    private readonly gpu: Gpu,
    readonly layout: ParameterLayout,
    readonly buffers: Record<(typeof TRAINED)[number], GPUBuffer>,
    /** Zeros whenever an update begins. */
    readonly gradients: GPUBuffer,
    /** Partial sums of squares of the gradients, [NORM_PARTIALS]. */
    readonly normPartials: GPUBuffer,
    private readonly uniform: GPUBuffer,
    /** The norm of the gradients, then the update, which leaves zeros for gradients. */
    readonly launches: readonly Launch[],
  ) {}

  /**
   * @param values as they were; `parameters` alone begin a training, and are its first average
   * @throws UnmaskError 'limit', GpuOutOfMemory
   */
  static async create(
    gpu: Gpu,
    arena: Arena,
    layout: ParameterLayout,
    values: Pick<TrainedValues, 'parameters'> & Partial<TrainedValues>,
  ): Promise<TrainedParameters> {
    const parameters = await layout.allocate(gpu, arena, 'parameters');
    const gradients = await layout.allocate(gpu, arena, 'gradients');
    const m = await layout.allocate(gpu, arena, 'moments');
    const v = await layout.allocate(gpu, arena, 'moments');
    const average = await layout.allocate(gpu, arena, 'average');
    const buffers = { parameters, m, v, average };
    for (const name of TRAINED) {
      const given = values[name] ?? (name === 'average' ? values.parameters : undefined);
      if (given) gpu.write(buffers[name], 0, given);
    }
    const normPartials = arena.storage('partial sums of squares', 4 * NORM_PARTIALS);
    const update = arena.uniform('update', ADAMW_BYTES);
    const [norm, adamw] = await Promise.all([gpu.kernels.compile(GRADIENT_NORM), gpu.kernels.compile(ADAMW)]);
    const launches = [
      norm.bind({ gradients, partials: normPartials })([NORM_PARTIALS]),
      adamw.bind({ update, partials: normPartials, gradients, ...buffers })(adamwWorkgroups(layout.size)),
    ];
    return new TrainedParameters(gpu, layout, buffers, gradients, normPartials, update, launches);
  }

  /** Write what the next update takes. @param uniform of `optimizerUniform` */
  write(uniform: ArrayBufferView<ArrayBuffer>): void {
    this.gpu.write(this.uniform, 0, uniform);
  }

  /** Forget the moments, as a new optimiser would. */
  reset(): void {
    const zeros = new Float32Array(this.layout.size);
    this.gpu.write(this.buffers.m, 0, zeros);
    this.gpu.write(this.buffers.v, 0, zeros);
  }

  /** Read everything back. */
  async read(): Promise<TrainedValues> {
    const read = (name: (typeof TRAINED)[number]) => this.layout.readBack(this.gpu, this.buffers[name]);
    return {
      parameters: await read('parameters'),
      m: await read('m'),
      v: await read('v'),
      average: await read('average'),
    };
  }
}
