import { localised } from '../../words/localised.ts';

/** Opening a checkpoint of the visitor's own, and saving one. */
export const files = localised({
  title: 'A checkpoint of your own',
  hint: 'Drop <code>config.json</code> and <code>model.safetensors</code> or its shards here, with <code>tokenizer.json</code> if there is one, or the folder that they are in. The files stay on this machine.',
  choose: 'Choose files',
  chooseFolder: 'Choose a folder',
  opening: 'Opening …',
  which: (models: number) => `There are ${models} models in there: which one?`,
  opened: (title: string) => `${title} is open and chosen: press Run.`,
  openedCausal: (title: string) =>
    `${title} is open, but it writes from left to right, one token a pass: this view runs masked-diffusion models only.`,
  fromHub: 'Or <models>fetch a released checkpoint</models> from the Hugging Face hub.',
  missing: (file: string) =>
    `${file} is missing: choose config.json and model.safetensors together, or the folder that they are in, and tokenizer.json if there is one.`,
  tooLarge: (file: string) =>
    `${file} is too large for what it is called: choose the file that came with the model.`,
  notJson: (file: string) => `${file} is not JSON: choose the file that came with the model.`,
  noObject: (file: string) => `${file} is no JSON object: choose the file that came with the model.`,
  tooMany: (most: number) => `The folder holds more than ${most} files: drop the folder of one model.`,
  export: {
    button: (model: string) => `Export the ${model} as .onnx`,
    busy: 'Writing the file …',
    done: (file: string, size: string) => `${file}, ${size}: weights included, runs in onnxruntime.`,
  },
});
