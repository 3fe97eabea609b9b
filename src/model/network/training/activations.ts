/** What a forward pass for training leaves behind for the backward pass, and the scratch of both. */
import type { Arena } from '../../../gpu/buffers.ts';
import type { Gpu } from '../../../gpu/device.ts';
import type { ModelConfig } from '../../checkpoint/config.ts';
import type { BatchShape } from '../forward.ts';
import { embedSigma, FREQUENCIES, ModulationLayout } from '../modulation.ts';
import { rotaryAngles } from '../weights.ts';

/** Activations of one block, f32, by rows m = sample * length + position. */
export interface BlockActivations {
  /** The residual stream before the block, [rows, d]. */
  x: GPUBuffer;
  /** [rows, 3, heads, d / heads], q and k rotated. */
  qkv: GPUBuffer;
  /** [rows, d] */
  attended: GPUBuffer;
  /** Logarithm of the sum over keys of exp(score), [rows, heads]. */
  lse: GPUBuffer;
  /** What the two halves add to the residual stream, before the gate, [rows, d]. */
  projected: GPUBuffer;
  /** The residual stream between the halves, [rows, d]. */
  middle: GPUBuffer;
  /** The MLP before GELU, [rows, 4 d]. */
  inner: GPUBuffer;
  projectedInner: GPUBuffer;
}

/** The conditioning vector on its way: before and after each silu, by groups. */
export interface ConditioningActivations {
  /** emb(sigma), [groups, 256]. */
  features: GPUBuffer;
  inner1: GPUBuffer;
  hidden1: GPUBuffer;
  inner2: GPUBuffer;
  /** c, [groups, condDim]. */
  c: GPUBuffer;
}

/** All buffers of a batch. */
export class Activations {
  readonly layout: ModulationLayout;
  readonly rows: number;
  /** Rows of the modulation: one for each sample where it depends on time, else one for all. */
  readonly groups: number;
  /** Token ids, [rows]. */
  readonly tokens: GPUBuffer;
  /** Index of each row among those that the head works on, or 2^32 - 1; [rows]. */
  readonly slots: GPUBuffer;
  /** Rotary angles, [length, d / heads]. */
  readonly angles: GPUBuffer;
  readonly blocks: readonly BlockActivations[];
  /** The residual stream behind the last block. */
  readonly last: GPUBuffer;
  /** Features of the rows that the head works on, [slots, d]. */
  readonly features: GPUBuffer;
  readonly conditioning: ConditioningActivations | undefined;
  /** [groups, layout.size] */
  readonly modulation: GPUBuffer;
  /** Scratch: [rows, d], and twice [rows, 4 d]. */
  readonly narrow: GPUBuffer;
  readonly wide: GPUBuffer;

  constructor(
    gpu: Gpu,
    readonly arena: Arena,
    readonly config: ModelConfig,
    readonly shape: BatchShape,
  ) {
    const { hidden: d, heads, blocks, condDim } = config;
    const rows = shape.batch * shape.length;
    this.rows = rows;
    this.layout = new ModulationLayout(config);
    this.groups = config.timeConditioning ? shape.batch : 1;
    const floats = (label: string, count: number): GPUBuffer => arena.storage(label, 4 * count);
    this.tokens = floats('tokens', rows);
    this.slots = floats('slots', rows);
    this.angles = arena.storageOf('rotary angles', rotaryAngles(config));
    this.blocks = Array.from({ length: blocks }, () => ({
      x: floats('x', rows * d),
      qkv: floats('qkv', 3 * rows * d),
      attended: floats('attended', rows * d),
      lse: floats('lse', rows * heads),
      projected: floats('projected', rows * d),
      middle: floats('middle', rows * d),
      inner: floats('inner', 4 * rows * d),
      projectedInner: floats('projected inner', rows * d),
    }));
    this.last = floats('x', rows * d);
    this.features = floats('features', rows * d);
    this.narrow = floats('narrow scratch', rows * d);
    this.wide = floats('wide scratch', 4 * rows * d);
    const { groups, layout } = this;
    this.modulation = floats('modulation', groups * layout.size);
    if (config.kind === 'diffusion') {
      this.conditioning = {
        features: floats('features of sigma', groups * 2 * FREQUENCIES),
        inner1: floats('conditioning', groups * condDim),
        hidden1: floats('conditioning', groups * condDim),
        inner2: floats('conditioning', groups * condDim),
        c: floats('c', groups * condDim),
      };
      this.writeSigmas(gpu, new Float64Array(groups));
    } else {
      // Nothing is modulated: shift and scale 0, gate 1.
      const row = new Float32Array(layout.size);
      for (let i = 0; i < blocks; i++) {
        const { gate1, gate2 } = layout.block(i);
        row.fill(1, gate1, gate1 + d).fill(1, gate2, gate2 + d);
      }
      gpu.write(this.modulation, 0, row);
    }
  }

  /** What a diffusion network is told of the time. @param sigmas one for each group */
  writeSigmas(gpu: Gpu, sigmas: ArrayLike<number>): void {
    const features = Float32Array.from(Array.from(sigmas).flatMap((sigma) => [...embedSigma(sigma)]));
    gpu.write(this.conditioning!.features, 0, features);
  }
}
