import type { Arena } from '../../../gpu/buffers.ts';
import type { Gpu } from '../../../gpu/device.ts';
import type { Kernel, Launch } from '../../../gpu/kernel.ts';
import {
  MATMUL_SHAPE_BYTES,
  matmulConstants,
  matmulKernel,
  matmulUniforms,
  matmulVariant,
  matmulWorkgroups,
  type Activation,
  type Form,
  type MatmulShape,
  type OpOf,
} from '../../../gpu/kernels/matmul/matmul.ts';

type Buffers = Readonly<Record<string, GPUBuffer | GPUBufferBinding>>;

/** A product that is launched for shapes written later: m rows and n columns, its MatmulShape at an offset. */
export type BoundProduct = (m: number, n: number, offset: number) => Launch;

/**
 * Matrix products of a training network. The variant of each is chosen by the largest shape that it may get: the number of
 * masked rows is another in every update, and must not change the order of summation.
 */
export class Products {
  constructor(
    private readonly gpu: Gpu,
    private readonly arena: Arena,
  ) {}

  /**
   * A product whose shape changes.
   * @param largest what m, n and k are at most
   * @param shapes of matmulUniforms
   */
  async bind<F extends Form>(
    form: F,
    op: OpOf<F>,
    largest: Pick<MatmulShape, 'm' | 'n' | 'k'>,
    shapes: GPUBuffer,
    buffers: Buffers,
    options: { headSize?: number; activation?: Activation } = {},
  ): Promise<BoundProduct> {
    const v = matmulVariant(largest, this.gpu.adapter.software);
    const kernel = await this.gpu.kernels.compile(
      matmulKernel(form, op, v) as Kernel,
      matmulConstants(form, v, options),
    );
    const launch = kernel.bind({ shape: { buffer: shapes, size: MATMUL_SHAPE_BYTES }, ...buffers });
    return (m, n, offset) => launch(matmulWorkgroups(v, m, n), offset);
  }

  /** A product that always has the same shape. */
  async record<F extends Form>(
    form: F,
    op: OpOf<F>,
    shape: MatmulShape,
    buffers: Buffers,
    options: { headSize?: number; activation?: Activation } = {},
  ): Promise<Launch> {
    const shapes = this.arena.uniformOf('shape', matmulUniforms([shape]));
    const product = await this.bind(form, op, shape, shapes, buffers, options);
    return product(shape.m, shape.n, 0);
  }
}
