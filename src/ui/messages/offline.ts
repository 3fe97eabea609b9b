import { localised } from '../../words/localised.ts';

/** The page without its host, and its newer versions. */
export const offline = localised({
  update: {
    ready: 'A new version is ready: it opens next time.',
    open: 'Open it now',
    what: 'Opens this tab anew. Runs that the address does not hold and that are not saved are gone then.',
  },
  card: {
    title: 'Without a network',
    none: 'This browser keeps nothing of this page: it needs a network each time. Over https or on localhost, in a window that is not private, it can.',
    asking: 'Whether this page can be kept is found out after the first run.',
    some: (missing: string, here: string) =>
      `The page itself opens without a network. To run every model and view without one, it has to fetch ${missing} more; ${here} are here.`,
    all: (here: string) =>
      `Everything is here: the page runs without a network, with all its models (${here}).`,
    running: 'On its way. Other views may be used meanwhile; this tab has to stay open.',
    stopped: 'Stopped: what had come whole by then stays, and is not fetched again.',
    keep: 'Keep for offline',
    goOn: 'Keep the rest',
    cancel: 'Cancel',
    remove: 'Remove',
    removeAsks: 'Models and runtimes are fetched again when they are needed. Remove them?',
    removeYes: 'Yes, remove',
    removeNo: 'Keep them',
    progress: 'Kept for offline',
    hint: 'Each file is checked against the one that was published.',
  },
  failure: {
    room: (needed: string, free: string) =>
      `It takes ${needed}, and this browser gives ${free}: make room on this machine, or delete models that are kept here.`,
    full: 'The browser has no more room for this page: make room on this machine, or delete models that are kept here.',
    network: 'The connection broke: what has come is kept, try again.',
    changed: 'The host has a newer version of this page by now: open that first, then keep it.',
    nothing: 'This browser, or this address, keeps nothing.',
    notWhole: 'It did not come whole.',
    noWorker: 'The browser let no worker in.',
    other: (what: string) => `It could not be kept (${what}): try again.`,
  },
});
