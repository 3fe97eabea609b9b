import { UnmaskError } from '../errors.ts';
import { httpWords as words } from '../messages/http.ts';

export const aborted = (what: string, cause?: unknown): UnmaskError =>
  new UnmaskError('aborted', words.cancelled(what), { cause });

/** Hosts made for single-page apps, Vite's own server too, answer for a missing file with their page. */
export const isPage = (response: Response): boolean =>
  response.headers.get('content-type')?.startsWith('text/html') ?? false;
