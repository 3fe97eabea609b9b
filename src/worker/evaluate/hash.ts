/** What tells a model from all others, whatever it is called and wherever it came from. */
import { cancelledWords } from '../../model/messages/cancelled.ts';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.ts';
import { expectedTensors } from '../../model/checkpoint/checkpoint.ts';
import { hashBlob, sha256 } from '../../model/checkpoint/store/sha256.ts';
import { UnmaskError } from '../../model/errors.ts';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.ts';
import { evaluateWords as words } from '../messages/evaluate/shared.ts';

const known = new WeakMap<Checkpoint, string>();
const knownTokenizers = new WeakMap<Tokenizer, string>();

type Hasher = Awaited<ReturnType<typeof sha256>>;

/** The tensors of a checkpoint that has no file, one after the other. */
async function hashTensors({ config, tensors }: Checkpoint, check: () => void): Promise<Hasher> {
  const hasher = await sha256();
  for (const name of expectedTensors(config).keys()) {
    check();
    const { dtype, shape } = tensors.info(name);
    hasher.update(JSON.stringify([name, dtype, shape]));
    hasher.update(await tensors.read(name));
  }
  return hasher;
}

/**
 * SHA-256 of a model's weights, as they lie in its file, followed by its configuration as JSON. Read in pieces, outside of any
 * turn of the engine, and remembered for as long as the checkpoint is open.
 * @returns lower-case hexadecimal
 * @throws UnmaskError 'aborted'; 'file-truncated' where the weights can no longer be read
 */
export async function checkpointHash(checkpoint: Checkpoint, signal?: AbortSignal): Promise<string> {
  const found = known.get(checkpoint);
  if (found !== undefined) return found;
  const check = (): void => {
    if (signal?.aborted) throw new UnmaskError('aborted', cancelledWords.evaluation);
  };
  const { weights, source, config } = checkpoint;
  const hasher = await (weights ? hashBlob(weights, check) : hashTensors(checkpoint, check)).catch(
    (cause: unknown) => {
      if (cause instanceof UnmaskError) throw cause;
      // A file on the disk that has changed since it was chosen.
      throw new UnmaskError('file-truncated', words.unreadable(config.name), { cause });
    },
  );
  hasher.update(JSON.stringify(source?.config ?? config));
  const hash = hasher.digest();
  known.set(checkpoint, hash);
  return hash;
}

/**
 * SHA-256 of the tokenizer that a model came with: of its file, or where there is none of its tokens and marks. Which tokenizer
 * it is the hash of the checkpoint does not say.
 * @returns lower-case hexadecimal; "none" where the model came without one
 */
export async function tokenizerHash({ tokenizer, source }: Checkpoint): Promise<string> {
  if (!tokenizer) return 'none';
  const found = knownTokenizers.get(tokenizer);
  if (found !== undefined) return found;
  const { size, bos, eos } = tokenizer;
  const hasher = await sha256();
  const says = source?.tokenizer ?? [
    ...[bos ?? null, eos ?? null],
    ...Array.from({ length: size }, (_, id) => tokenizer.piece(id)),
  ];
  const hash = hasher.update(JSON.stringify(says)).digest();
  knownTokenizers.set(tokenizer, hash);
  return hash;
}
