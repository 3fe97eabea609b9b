import { localised } from '../../words/localised.ts';

export const trainerWords = localised({
  untrainable: (name: string, hidden: number, multiple: number, headSize: number, condDim: number) =>
    `${name} cannot be trained here: its hidden size (${hidden}) must be a multiple of ${multiple}, that of its heads (${headSize}) of 8 and its cond_dim (${condDim}) of 4.`,
});
