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
