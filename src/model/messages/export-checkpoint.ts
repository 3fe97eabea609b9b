import { localised } from '../../words/localised.ts';

/** Why a model cannot be written as files. */
export const exportWords = localised({
  outOfRange: (tensor: string, value: number, most: number) =>
    `Tensor ${tensor} holds ${value}, but half precision ends at ${most}: export the model as f32.`,
});
