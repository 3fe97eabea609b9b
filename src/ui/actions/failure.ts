import { UnmaskError } from '../../worker/client.ts';
import { shared } from '../messages/shared.ts';
import type { Failure } from '../stores/engine.ts';

/** An error as the page shows it. */
export function toFailure(error: unknown): Failure {
  if (error instanceof UnmaskError) return { code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message: shared.broken(message) };
}
