import { localised } from '../../words/localised.ts';

/** What the page says where its engine cannot: `call` is the name of a request. */
export const clientWords = localised({
  restarted: 'The engine was started again.',
  cancelled: (call: string) => `${call}() was cancelled.`,
  notSent: (call: string, why: string) =>
    `What ${call}() was given cannot be sent to the engine (${why}): pass plain data.`,
  broken: 'The engine of this page could not be started or broke off: reload the page.',
});
