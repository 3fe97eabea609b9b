/** What onnxruntime fails of, apart from what makes its sessions: a page that never asks for one needs no more than this. */
import { UnmaskError } from '../errors.ts';
import { onnxWords as words } from '../messages/onnx.ts';

/** A file of onnxruntime cannot be fetched. */
export class NotFetched extends Error {}

/**
 * A failure of onnxruntime as an error that a visitor may read.
 * @param what it was about to do, one of `onnxWords.tasks`
 * @param remedy what helps where neither memory nor the connection is the cause
 */
export function describeFailure(error: unknown, what: string, remedy = words.remedies.reload): UnmaskError {
  if (error instanceof UnmaskError) return error;
  // C++ exceptions that nobody caught arrive as the number of their address; allocations are what throws them.
  const message = (error instanceof Error ? error.message : words.exception(String(error)))
    .replace(/\s+/g, ' ')
    .replace(/[ .]+$/, '');
  const fail = (code: 'out-of-memory' | 'network' | 'internal', helps: string): UnmaskError =>
    new UnmaskError(code, words.failed(what, message, helps), { cause: error });
  if (
    typeof error === 'number' ||
    /bad_alloc|out of memory|failed to allocate|memory access/i.test(message)
  ) {
    return fail('out-of-memory', words.remedies.memory);
  }
  if (
    error instanceof NotFetched ||
    /no available backend|failed to fetch|wasm streaming|load failed|importing a module/i.test(message)
  ) {
    return fail('network', words.remedies.connection);
  }
  return fail('internal', remedy);
}
