import { show } from '../arguments.ts';
import { UnmaskError } from '../errors.ts';
import { configWords as words } from '../messages/config.ts';

/** What a network is made of, and how it was trained where that matters for running it. */
export interface ModelConfig {
  name: string;
  kind: 'diffusion' | 'causal';
  /** Hidden size d. */
  hidden: number;
  /** Attention heads H; d/H is even. */
  heads: number;
  blocks: number;
  /** Width of the conditioning vector c; 0 where a causal model names none. */
  condDim: number;
  /** Longest text the model was made for, in tokens. */
  length: number;
  /** V, the rows of the embedding; the mask is id V - 1. */
  vocabulary: number;
  /** Whether the network reads the time; without, sigma is 0. */
  timeConditioning: boolean;
  /** Smallest time of the sampling grid. */
  samplingEps: number;
  /** Steps a student was distilled for, where its config says so. */
  nativeSteps?: number;
}

/** Network types of the released code: `dit_orig` and `ar_orig`, in the spellings that its configs use. */
const KINDS: ReadonlyMap<string, ModelConfig['kind']> = new Map<string, ModelConfig['kind']>([
  ['ddit-orig', 'diffusion'],
  ['ddit_orig', 'diffusion'],
  ['dit-orig', 'diffusion'],
  ['dit_orig', 'diffusion'],
  ['ar-orig', 'causal'],
  ['ar_orig', 'causal'],
]);

/** Far above any real model, so that a damaged number is not taken for a size. */
const LARGEST = { hidden_size: 65_536, n_heads: 4096, n_blocks: 1024, cond_dim: 65_536, length: 1_048_576 };
const LARGEST_VOCABULARY = 16_777_216;

/** Where the schema of `kuleshov-group/mdlm-*` (transformers, flat) keeps what the other one has in `model`. */
const MDLM_FIELDS: Readonly<Record<keyof typeof LARGEST, string>> = {
  hidden_size: 'hidden_dim',
  n_heads: 'n_heads',
  n_blocks: 'n_blocks',
  cond_dim: 'cond_dim',
  length: 'model_length',
};

/** A configuration by itself; `vocabulary` only where it names one, which the embedding then has to have. */
export type ParsedConfig = Omit<ModelConfig, 'vocabulary'> & { vocabulary?: number };

/**
 * Read a configuration in the schema of the released SDTT code (github.com/jdeschena/sdtt), or in that of the released MDLM
 * (`model_type: "mdlm"`, huggingface.co/kuleshov-group/mdlm-owt); fields that do not concern running the network are ignored.
 * @param file what messages call the configuration
 * @throws UnmaskError 'config', with the field and what it should hold
 */
export function parseConfig(json: unknown, file: string): ParsedConfig {
  const { wanted } = words;
  const fail = (field: string, value: unknown, instead: string): never => {
    throw new UnmaskError('config', words.wrong(file, field, show(value), instead));
  };
  const section = (value: unknown, field: string): Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : fail(field, value, wanted.object);
  const optional = (value: unknown, field: string): Record<string, unknown> =>
    value === undefined || value === null ? {} : section(value, field);

  const root = section(json, words.whole);
  const integer = (value: unknown, field: string, least: number, most: number): number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? (value as number)
      : fail(field, value, wanted.integer(least, most));
  // Without a `model`, a `model_type` says that this is the other schema.
  const flat = root['model'] === undefined && root['model_type'] !== undefined;
  const model = flat ? root : section(root['model'], 'model');
  const called = (field: keyof typeof LARGEST): string => (flat ? MDLM_FIELDS[field] : `model.${field}`);
  const size = (field: keyof typeof LARGEST, least = 1): number =>
    integer(model[flat ? MDLM_FIELDS[field] : field], called(field), least, LARGEST[field]);

  if (flat && root['model_type'] !== 'mdlm') fail('model_type', root['model_type'], '"mdlm"');
  const kind = flat
    ? 'diffusion'
    : (KINDS.get(model['type'] as string) ??
      fail('model.type', model['type'], wanted.oneOf([...KINDS.keys()])));
  const hidden = size('hidden_size');
  const heads = size('n_heads');
  if (hidden % heads !== 0 || (hidden / heads) % 2 !== 0) {
    fail(called('n_heads'), heads, wanted.evenHeads(flat ? 'hidden_dim' : 'hidden_size', hidden));
  }
  // The causal network has no conditioning: its configs may leave the width out.
  const condDim =
    kind === 'causal' && model['cond_dim'] === undefined ? 0 : size('cond_dim', kind === 'causal' ? 0 : 1);

  const tied = model['tie_word_embeddings'] ?? false;
  if (tied !== false) fail(flat ? 'tie_word_embeddings' : 'model.tie_word_embeddings', tied, wanted.untied);
  const noise = optional(root['noise'], 'noise')['type'] ?? 'loglinear';
  if (noise !== 'loglinear') fail('noise.type', noise, wanted.loglinear);
  const times = root['T'] ?? 0;
  if (times !== 0) fail('T', times, wanted.continuous);
  const timeConditioning = root['time_conditioning'] ?? false;
  if (typeof timeConditioning !== 'boolean')
    return fail('time_conditioning', timeConditioning, wanted.boolean);
  const samplingEps = optional(root['training'], 'training')['sampling_eps'] ?? 1e-5;
  if (typeof samplingEps !== 'number' || !(samplingEps > 0 && samplingEps < 1)) {
    return fail('training.sampling_eps', samplingEps, wanted.fraction);
  }
  const name = flat ? 'mdlm' : (model['name'] ?? kind);
  if (typeof name !== 'string') return fail('model.name', name, wanted.text);
  const nativeSteps = optional(root['parameterization'], 'parameterization')['native_steps'];
  if (nativeSteps !== undefined && !(Number.isSafeInteger(nativeSteps) && (nativeSteps as number) > 0)) {
    fail('parameterization.native_steps', nativeSteps, wanted.positive);
  }
  const vocabulary = flat ? integer(root['vocab_size'], 'vocab_size', 2, LARGEST_VOCABULARY) : undefined;

  return {
    name,
    kind,
    hidden,
    heads,
    blocks: size('n_blocks'),
    condDim,
    length: size('length'),
    // The causal network has no time to read, whatever its config says.
    timeConditioning: kind === 'diffusion' && timeConditioning,
    samplingEps,
    ...(nativeSteps === undefined ? {} : { nativeSteps: nativeSteps as number }),
    ...(vocabulary === undefined ? {} : { vocabulary }),
  };
}
