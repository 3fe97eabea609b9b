import { shortName, UnmaskError } from '../errors.ts';
import { checkpointWords as words } from '../messages/checkpoint.ts';
import type { ModelConfig } from './config.ts';
import type { TensorInfo, TensorSource } from './safetensors.ts';

/**
 * The name of a tensor without what wrappers put around it: the released checkpoints carry `backbone.`, those
 * started from kuleshov-group/mdlm-owt `backbone.backbone.`, and torch.compile inserts `_orig_mod.` anywhere.
 * `backbone._orig_mod.blocks.0.norm1.weight` becomes `blocks.0.norm1.weight`.
 */
export function canonicalName(name: string): string {
  const parts = name.split('.').filter((part) => part !== '_orig_mod');
  const start = parts.findIndex((part) => part !== 'backbone');
  return start < 0 ? name : parts.slice(start).join('.');
}

/** The name of a tensor in a released file: diffusion networks lie in a module `backbone`, causal ones do not. */
export function releasedName({ kind }: Pick<ModelConfig, 'kind'>, name: string): string {
  return kind === 'diffusion' ? `backbone.${name}` : name;
}

/**
 * The same tensors under canonical names.
 * @throws UnmaskError 'file-format' when two tensors of the file end up with one name
 */
export function withCanonicalNames(source: TensorSource, file: string): TensorSource {
  const original = new Map<string, string>();
  for (const name of source.names()) {
    const canonical = canonicalName(name);
    const other = original.get(canonical);
    if (other !== undefined) {
      throw new UnmaskError(
        'file-format',
        words.nameTwice(file, shortName(canonical), shortName(other), shortName(name)),
      );
    }
    original.set(canonical, name);
  }
  const find = (name: string): string => original.get(name) ?? name;
  return {
    names: () => [...original.keys()],
    has: (name) => original.has(name),
    fileName: find,
    info: (name): TensorInfo => source.info(find(name)),
    read: (name, rows) => source.read(find(name), rows),
  };
}
