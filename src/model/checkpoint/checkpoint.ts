import { shortName, UnmaskError } from '../errors.ts';
import { checkpointWords as words } from '../messages/checkpoint.ts';
import { createTokenizer, type Tokenizer } from '../tokenizer/tokenizer.ts';
import { parseConfig, type ModelConfig, type ParsedConfig } from './config.ts';
import { withCanonicalNames } from './names.ts';
import { decodeFloats, showShape, type TensorSource } from './safetensors.ts';
import { filesName, openWeights, parseIndex, type NamedBlob } from './shards.ts';

/** A model as it came from its files: nothing folded, nothing converted. */
export interface Checkpoint {
  config: ModelConfig;
  /** Under canonical names (names.ts). */
  tensors: TensorSource;
  /** The weights file itself, or all of them one behind the other, for those who take ranges; absent where there is no file. */
  weights?: Blob;
  tokenizer?: Tokenizer;
  /** Size of the weights files. */
  bytes: number;
  /** config.json and tokenizer.json as they were read, for those who write them again; absent where there are no files. */
  source?: { config: object; tokenizer?: object };
}

/** Width of the sinusoidal embedding of sigma (`frequency_embedding_size` of the released TimestepEmbedder). */
const SIGMA_FEATURES = 256;

/**
 * Name and shape of every tensor of the network, in the order in which the forward pass uses them
 * (`dit_orig` and `ar_orig` of the released code). The rotary frequencies are no parameters and not among them.
 */
export function expectedTensors(config: ModelConfig): Map<string, number[]> {
  const { hidden: d, condDim: c, vocabulary: V } = config;
  const diffusion = config.kind === 'diffusion';
  const shapes = new Map<string, number[]>([['vocab_embed.embedding', [V, d]]]);
  const linear = (name: string, outputs: number, inputs: number): void => {
    shapes.set(`${name}.weight`, [outputs, inputs]).set(`${name}.bias`, [outputs]);
  };
  if (diffusion) {
    linear('sigma_map.mlp.0', c, SIGMA_FEATURES);
    linear('sigma_map.mlp.2', c, c);
  }
  for (let i = 0; i < config.blocks; i++) {
    const block = `blocks.${i}`;
    if (diffusion) linear(`${block}.adaLN_modulation`, 6 * d, c);
    shapes.set(`${block}.norm1.weight`, [d]);
    shapes.set(`${block}.attn_qkv.weight`, [3 * d, d]);
    shapes.set(`${block}.attn_out.weight`, [d, d]);
    shapes.set(`${block}.norm2.weight`, [d]);
    linear(`${block}.mlp.0`, 4 * d, d);
    linear(`${block}.mlp.2`, d, 4 * d);
  }
  if (diffusion) linear('output_layer.adaLN_modulation', 2 * d, c);
  shapes.set('output_layer.norm_final.weight', [d]);
  linear('output_layer.linear', V, d);
  return shapes;
}

const sameShape = (a: number[], b: number[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

function checkTensors(tensors: TensorSource, config: ModelConfig, file: string): void {
  for (const [name, shape] of expectedTensors(config)) {
    const found = tensors.info(name).shape;
    if (!sameShape(found, shape)) {
      throw new UnmaskError('tensor-shape', words.shape(file, name, showShape(found), showShape(shape)));
    }
  }
  if (config.kind === 'causal' && tensors.has('sigma_map.mlp.0.weight')) {
    throw new UnmaskError('config', words.notCausal(file));
  }
}

/** The network computes rotary angles of base 10000 itself; a file that was made with others would run wrongly. */
async function checkRotary(tensors: TensorSource, config: ModelConfig, file: string): Promise<void> {
  const name = 'rotary_emb.inv_freq';
  if (!tensors.has(name)) return;
  const headSize = config.hidden / config.heads;
  const { dtype, shape } = tensors.info(name);
  const wrong = (): UnmaskError => new UnmaskError('tensor-shape', words.rotary(file, name, headSize));
  if (!sameShape(shape, [headSize / 2])) throw wrong();
  const stored = decodeFloats(await tensors.read(name), dtype);
  // 1 %: the file may hold them in half precision.
  const near = (value: number, i: number): boolean =>
    Math.abs(value * 10000 ** ((2 * i) / headSize) - 1) < 0.01;
  if (!stored.every(near)) throw wrong();
}

/** What is kept is written again some day: no cycles, and nothing so deep that writing it would break. */
function checkJson(json: object, file: string, code: 'config' | 'tokenizer'): void {
  try {
    JSON.stringify(json);
  } catch (cause) {
    throw new UnmaskError(code, words.nested(file), { cause });
  }
}

/**
 * What a model is, by its configuration and the names and shapes of its tensors; no tensor is read.
 * @param parsed of `parseConfig`
 * @param tensors under canonical names
 * @param file what messages call the weights
 * @throws UnmaskError 'config', 'tensor-missing', 'tensor-shape' or 'tensor-dtype'
 */
export function modelConfig(parsed: ParsedConfig, tensors: TensorSource, file: string): ModelConfig {
  const embedding = tensors.info('vocab_embed.embedding').shape;
  const [vocabulary = 0] = embedding;
  if (vocabulary < 2) {
    throw new UnmaskError('tensor-shape', words.noRows(file, showShape(embedding)));
  }
  if (parsed.vocabulary !== undefined && parsed.vocabulary !== vocabulary) {
    throw new UnmaskError('tensor-shape', words.otherRows(file, vocabulary, parsed.vocabulary));
  }
  const config: ModelConfig = { ...parsed, vocabulary };
  checkTensors(tensors, config, file);
  return config;
}

/**
 * Open a model: parse its configuration, check that the weights hold every tensor that the network needs, with the
 * right shape and as F32, F16 or BF16, and that the tokenizer fits. The weights themselves stay in the blob.
 * @param source.weights one file, or all shards
 * @param source.index model.safetensors.index.json of the shards, parsed; without it, the shards' own headers have to do
 * @param source.findTokenizer asked where none is given, by the rows of the vocabulary
 * @param source.name overrides the name in the configuration
 * @param source.file what messages call the weights
 * @throws UnmaskError 'config', 'tokenizer', 'tensor-missing', 'tensor-shape', 'tensor-dtype', or as `openWeights`
 */
export async function openCheckpoint(source: {
  config: object;
  weights: Blob | readonly NamedBlob[];
  index?: object;
  tokenizer?: object;
  findTokenizer?: (vocabulary: number) => Promise<object | undefined>;
  name?: string;
  file?: string;
}): Promise<Checkpoint> {
  const called = source.file ?? 'model.safetensors';
  const parts = source.weights instanceof Blob ? [{ name: called, blob: source.weights }] : source.weights;
  const file = filesName(parts);
  const beside = (name: string): string => shortName((parts[0]?.name ?? called).replace(/[^/]*$/, name));
  const parsed = parseConfig(source.config, beside('config.json'));
  checkJson(source.config, beside('config.json'), 'config');
  const indexFile = beside('model.safetensors.index.json');
  const index = source.index && { map: parseIndex(source.index, indexFile), file: indexFile };
  const weights = await openWeights(parts, index);
  const tensors = withCanonicalNames(weights.tensors, file);

  const config = modelConfig({ ...parsed, name: source.name ?? parsed.name }, tensors, file);
  const { vocabulary } = config;
  await checkRotary(tensors, config, file);

  const opened = { config, tensors, weights: weights.blob, bytes: weights.blob.size };
  const json = source.tokenizer ?? (await source.findTokenizer?.(vocabulary));
  if (json === undefined) return { ...opened, source: { config: source.config } };
  checkJson(json, 'tokenizer.json', 'tokenizer');
  const tokenizer = createTokenizer(json, 'tokenizer.json');
  if (tokenizer.size !== vocabulary - 1) {
    throw new UnmaskError('tokenizer', words.otherTokenizer(file, vocabulary, tokenizer.size));
  }
  return { ...opened, tokenizer, source: { config: source.config, tokenizer: json } };
}
