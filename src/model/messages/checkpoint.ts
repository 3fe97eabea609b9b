import { localised } from '../../words/localised.ts';

/** Why files do not make a model together. `file` is what the weights are called; shapes are shown as in `[2, 3]`. */
export const checkpointWords = localised({
  notJson: (file: string, remedy: string) => `${file} is not JSON: ${remedy}.`,
  noObject: (file: string, remedy: string) => `${file} is no JSON object: ${remedy}.`,
  nested: (file: string) =>
    `${file} is nested too deeply or refers to itself: use the file that came with the model.`,
  nameTwice: (file: string, tensor: string, one: string, other: string) =>
    `${file} holds ${tensor} twice, as "${one}" and "${other}": save the model's state dict alone.`,
  shape: (file: string, tensor: string, has: string, wanted: string) =>
    `${file}: tensor ${tensor} has shape ${has}, but its configuration asks for ${wanted}: are they of the same model?`,
  notCausal: (file: string) =>
    `${file} holds a diffusion network (it has sigma_map), but model.type says causal: use the model's own config.`,
  rotary: (file: string, tensor: string, headSize: number) =>
    `${file}: ${tensor} is not that of heads of size ${headSize} with base 10000; does n_heads fit these weights?`,
  noRows: (file: string, shape: string) =>
    `${file}: tensor vocab_embed.embedding has shape ${shape}, but needs a row for the mask and for at least one token.`,
  otherRows: (file: string, rows: number, configured: number) =>
    `${file}: tensor vocab_embed.embedding has ${rows} rows, but its configuration says vocab_size ${configured}: are they of the same model?`,
  otherTokenizer: (file: string, rows: number, tokens: number) =>
    `tokenizer.json has ${tokens} tokens, but ${file} has ${rows} rows, the last one for the mask: use the tokenizer of ${rows - 1} tokens that the model was trained with.`,
});
