import { localised } from '../../words/localised.ts';

/** What is wrong with the options of a request: `field` is the name of one, `shown` what it holds. */
export const requestWords = localised({
  backend: (shown: string) => `backend is ${shown}: give "webgpu" or "wasm", or leave it out.`,
  text: (field: string, shown: string) => `${field} is ${shown}: give a text.`,
  model: (shown: string) => `model is ${shown}: give the id of a model, as models() lists them.`,
  sampler: (shown: string) =>
    `sampler is ${shown}: give one of "ancestral", "analytic", "first-hitting" and "confidence".`,
  samplerOfDiffusion: (model: string) =>
    `sampler is "autoregressive", but ${model} is a diffusion model: leave it out.`,
  samplerOfCausal: (shown: string, model: string) =>
    `sampler is ${shown}, but ${model} is autoregressive: leave it out.`,
  promptWithoutTokenizer: 'prompt is a text, but this model was opened without a tokenizer: pin token ids.',
  pinnedToken: (field: string, shown: string) =>
    `${field} is ${shown}: give a token id, or text that is one token.`,
  pinnedWithoutTokenizer: (field: string) =>
    `${field} is a text, but this model was opened without a tokenizer: give a token id.`,
  pinnedEmpty: (field: string) =>
    `${field} is an empty text: give text that is one token, most words with their leading space.`,
  /** @param pieces texts of the tokens, quoted */
  pinnedSeveral: (field: string, shown: string, pieces: readonly string[]) =>
    `${field} is ${shown}, which is ${pieces.length} tokens of this model, ${pieces.join(' + ')}: pin one token per slot.`,
  bos: (shown: string) => `bos is ${shown}: give true or false.`,
  pinned: (shown: string) => `pinned is ${shown}: give an object of tokens by slot.`,
  texts: (field: string) => `${field} must be an array of texts, each an array of token ids.`,
  /** Stands for a field whose number is checked. */
  lengthOf: (field: string) => `The length of ${field}`,
  /** @param has ids of text `b`; those of the first are `first` */
  lengths: (field: string, b: number, has: number, first: number) =>
    `${field}[${b}] has ${has} ids and ${field}[0] has ${first}: make them equally long.`,
  times: (texts: number) => `t must hold one time above 0 and at most 1 for each of the ${texts} texts.`,
  /** As `lengthOf`. */
  numberOfTexts: 'The number of texts',
  causal: (field: string, shown: string) =>
    `${field} is ${shown}, a diffusion model: give a causal one, such as "causal", which says how likely a text is.`,
  positions: (shown: string) => `positions is ${shown}: give an array of masked slots.`,
  notMasked: (i: number, slot: number) =>
    `positions[${i}] is ${slot}, which is not masked: only masked slots have a law to look at.`,
  slotTwice: (i: number, slot: number, first: number) =>
    `positions[${i}] is ${slot}, as positions[${first}] is: name each slot once.`,
  drawn: (positions: number) => `drawn must hold one token for each of the ${positions} positions.`,
  oneText: (shown: string) => `tokens is ${shown}: give one text, an array of token ids.`,
  source: 'open() takes an object with config and weights, or with repo.',
  config: (shown: string) => `config is ${shown}: give the parsed config.json.`,
  shards: 'weights is a list: give all shards of one model, each as a File or as { name, blob }.',
  weights: (shown: string) =>
    `weights is ${shown}: give a Blob of a safetensors file, its URL, or a list of shards.`,
  index: (shown: string) => `index is ${shown}: give the parsed model.safetensors.index.json.`,
  tokenizer: (shown: string) =>
    `tokenizer is ${shown}: give the parsed tokenizer.json, its text, or its URL.`,
  benchmarkLengths: (shown: string) => `lengths is ${shown}: give an array of lengths, such as [32, 128].`,
  engines: (shown: string, known: readonly string[]) =>
    `engines is ${shown}: give an array of ${known.join(', ')}.`,
  /** @param done what is done with diffusion models only, such as `done.measured` */
  diffusion: (id: string, done: string) => `The model ${id} is causal: only diffusion models are ${done}.`,
  done: { lookedInto: 'looked into', measured: 'measured' },
});
