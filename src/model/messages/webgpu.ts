import { localised } from '../../words/localised.ts';

/** What our own kernels refuse, and what they find no room for. */
export const webgpuWords = localised({
  /** @param takes one of `takes` */
  badShape: (name: string, field: string, has: number, takes: string) =>
    `${name}: ${field} is ${has}, but our kernels take only ${takes}; choose another model.`,
  takes: {
    headSize: (most: number) => `multiples of 4 up to ${most}`,
    condDim: 'multiples of 4 with time conditioning',
    hidden: 'multiples of 8 with time conditioning',
  },
  lost: 'The GPU was lost in the middle of its work; run again to open it anew.',
  /** What the GPU has no room for. */
  buffers: {
    activations: (batch: number, length: number, name: string) =>
      `activations of ${batch} x ${length} tokens of ${name}`,
    confidence: 'the confidence sampler',
    attention: (name: string, length: number) => `attention of ${name} over ${length} tokens`,
  },
});
