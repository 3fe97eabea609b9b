import { localised } from '../../words/localised.ts';

/** Why weights cannot be put on the GPU. */
export const uploadWords = localised({
  beyondHalf: (tensor: string, name: string, magnitude: string, largest: number) =>
    `Tensor ${tensor} of ${name} holds a value of magnitude ${magnitude}, but f16 ends at ${largest}: choose f32 weights.`,
  /** By storage of the weights; `mebibytes` and `most` as MiB. */
  tooLarge: {
    f32: (tensor: string, mebibytes: string, most: string) =>
      `Tensor ${tensor} takes ${mebibytes} MiB as f32, but this GPU binds at most ${most} MiB at once; choose f16 weights or a smaller model.`,
    f16: (tensor: string, mebibytes: string, most: string) =>
      `Tensor ${tensor} takes ${mebibytes} MiB as f16, but this GPU binds at most ${most} MiB at once; choose a smaller model.`,
  },
  /** Tensors that lie in one matrix. */
  ofAllLayers: (tensor: string) => `${tensor} of all layers`,
});
