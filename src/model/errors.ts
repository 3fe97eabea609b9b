/** What kind of thing went wrong, for callers that want to tell errors apart. */
export type ErrorCode =
  | 'file-truncated'
  | 'file-format'
  | 'tensor-missing'
  | 'tensor-shape'
  | 'tensor-dtype'
  | 'tensor-range'
  | 'config'
  | 'tokenizer'
  | 'hash-mismatch'
  | 'not-found'
  | 'network'
  | 'no-webgpu'
  | 'device-lost'
  | 'out-of-memory'
  | 'limit'
  | 'argument'
  /** Files that a page keeps for itself: no room, damage, or of a newer version. */
  | 'storage'
  | 'unknown-model'
  | 'aborted'
  /** A fault of this program. */
  | 'internal';

/**
 * An error that a visitor may read: one sentence that names the file, tensor or field, and the remedy.
 * `code` survives the way from the worker to the page.
 */
export class UnmaskError extends Error {
  override readonly name = 'UnmaskError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Most characters of a name in a message. */
const NAME_LENGTH = 64;

/**
 * A name from outside, of a file or a tensor, as a sentence shows it: on one line, without what cannot be seen, and with its
 * middle left out where it is long.
 */
export function shortName(name: string): string {
  const line = name
    .slice(0, 1000)
    .replace(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim();
  if (line.length <= NAME_LENGTH) return line;
  return `${line.slice(0, NAME_LENGTH / 2)}…${line.slice(1 - NAME_LENGTH / 2)}`;
}
