/** What every backend asks of its arguments. */
import type { ModelConfig } from '../checkpoint/config.ts';
import { UnmaskError } from '../errors.ts';

/** @throws UnmaskError 'argument' for a causal model */
export function requireDiffusion({ kind, name }: ModelConfig): void {
  if (kind === 'diffusion') return;
  throw new UnmaskError(
    'argument',
    `${name} is an autoregressive model; only masked-diffusion models can denoise.`,
  );
}

/**
 * Token ids of the vocabulary, batch x length of them, in a text that the model takes.
 * @throws UnmaskError 'argument'
 */
export function checkTokens(
  { length: longest, vocabulary, name }: ModelConfig,
  tokens: Uint32Array,
  { batch, length }: { batch: number; length: number },
): void {
  if (!(Number.isInteger(length) && length >= 1 && length <= longest)) {
    throw new UnmaskError('argument', `length ${length}: ${name} takes 1 to ${longest} tokens.`);
  }
  if (tokens.length !== batch * length) {
    throw new UnmaskError('argument', `tokens: ${tokens.length} ids for ${batch} x ${length} slots.`);
  }
  const stranger = tokens.find((token) => token >= vocabulary);
  if (stranger !== undefined) {
    throw new UnmaskError(
      'argument',
      `tokens: id ${stranger} is not in the vocabulary of ${name} (0 to ${vocabulary - 1}).`,
    );
  }
}

/**
 * Rows that a pass has, each at most once: more than there are would not fit the head's buffers.
 * @param count rows of the pass
 * @throws UnmaskError 'argument'
 */
export function checkRows(rows: Uint32Array, count: number): void {
  const seen = new Set<number>();
  for (const [i, row] of rows.entries()) {
    if (row >= count) {
      throw new UnmaskError('argument', `rows[${i}] is ${row}: there are rows 0 to ${count - 1}.`);
    }
    if (seen.has(row)) throw new UnmaskError('argument', `rows holds ${row} twice: name each row once.`);
    seen.add(row);
  }
}
