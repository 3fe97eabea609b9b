import { localised } from '../../words/localised.ts';

/** Why the limits of a GPU do not suffice for a network. */
export const memoryWords = localised({
  /** @param what one of `buffers` @param most MiB, of the limit @param remedy one of `remedies` */
  tooLarge: (what: string, mebibytes: number, limit: string, most: number, remedy: string) =>
    `${what} needs ${mebibytes} MiB in one buffer, but ${limit} of this GPU is ${most} MiB: ${remedy}.`,
  buffers: {
    layer: (name: string) => `The layer ${name} of a block`,
    embedding: 'A row of the embedding',
    head: 'A piece of the head',
    modulation: 'The modulation of all blocks',
    pass: (batch: number, length: number) => `A pass over ${batch} x ${length} slots`,
  },
  remedies: {
    /** By storage of the weights. */
    weights: { f32: 'choose f16 weights, or a smaller model', f16: 'choose a smaller model' },
    texts: 'choose shorter texts, fewer at once, or a smaller model',
  },
});
