import { localised } from '../words/localised.ts';

/** Why WebGPU cannot run, or run on. */
export const gpuMessages = localised({
  /** By `StopReason`: what is missing, and what to do. */
  remedies: {
    'no-api':
      'This browser has no WebGPU; use a current Chrome, Edge, Safari 26 or Firefox, on a system for which it is switched on.',
    'insecure-context':
      'WebGPU is available only over https or on localhost; open this page with https://, or from the machine that serves it as http://localhost.',
    'no-adapter':
      'The browser has WebGPU but offers no GPU to it; switch on hardware acceleration in the browser settings, update the graphics driver, or try another browser.',
    'limit-too-low':
      'This GPU is below the limits that every WebGPU device must have; update the driver or use another device.',
  },
  /** Sentences: what stops WebGPU here, and one of `remedies`. */
  stopped: (detail: string, remedy: string) => `${detail} ${remedy}`,
  limitTooLow: (limit: string, has: number, needed: number) =>
    `The limit ${limit} of this GPU is ${has}, but ${needed} is needed.`,
  notOpened: (why: string) => `The GPU was found but could not be opened (${why}).`,
  /** @param what was to be held, such as "activations of 1 x 32 tokens of small", or the name of a tensor */
  noRoom: (what: string, mebibytes: string) =>
    `The GPU has no room for ${what} (${mebibytes} MiB asked for); close other tabs or choose a smaller model.`,
  /** A GPU was lost, and nobody says why. */
  noReason: 'no reason given',
  unknownAdapter: 'unknown adapter',
  /** An adapter where a CPU plays GPU: for people alone, programs have `AdapterDescription.software`. */
  software: (name: string) => `${name} (software)`,
});

interface Tile {
  tileM: number;
  tileN: number;
  rows: number;
  slices: number;
  chunk: number;
}

/** How a product of matrices is divided among threads. */
export const variantWords = localised({
  row: (rows: number, columns: number, threads: number) =>
    `${rows} x ${columns} sums a workgroup of ${threads} threads`,
  direct: (rows: number, columns: number) => `${rows} x ${columns} sums a thread`,
  whole: ({ tileM, tileN, rows, chunk }: Tile) =>
    `tile ${tileM} x ${tileN}, ${rows} rows a thread, chunks of ${chunk}`,
  sliced: ({ tileM, tileN, rows, slices, chunk }: Tile) =>
    `tile ${tileM} x ${tileN}, ${rows} rows a thread, ${slices} slices, chunks of ${chunk}`,
  /** Of training. */
  trained: ({ tileM, tileN, rows, slices, chunk }: Tile) =>
    `tile ${tileM} x ${tileN}, ${rows} x 8 sums a thread, ${slices} slices, chunks of ${chunk}`,
});
