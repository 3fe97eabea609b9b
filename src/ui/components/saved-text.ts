import type { Saved } from '../actions/download.ts';
import { shared } from '../messages/shared.ts';
import type { Failure } from '../stores/engine.ts';

/**
 * What is said beneath the buttons that save.
 * @param nothing why there is nothing to save, which goes before what was saved once
 */
export function savedText(nothing: string | undefined, outcome: Failure | Saved | undefined): string {
  if (nothing !== undefined) return nothing;
  return outcome && 'file' in outcome ? shared.saved.file(outcome.file, outcome.bytes) : '';
}
