import { create } from 'zustand';
import { panel } from '../messages/lessons/panel.ts';
import type { Doing } from './doing/doing.ts';

/** A text of the lesson on masking. */
export interface MaskingState {
  /** Time of the forward process, 0..1. */
  t: number;
  /** Which draw of uniforms it is: every screen has the same ones. */
  draw: number;
}

export const useMasking = create<MaskingState>()(() => ({ t: 0.3, draw: 0 }));

/** Chance that a token is masked at time t: log-linear noise of MDLM (arXiv 2406.07524, section 3 and its code). */
export const chanceMasked = (t: number): number => 0.999 * t;

/** A mix of 32 bits (the finaliser of MurmurHash3). */
function mix(bits: number): number {
  let hash = bits | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Uniforms in (0, 1), one for each token. They belong to the lesson alone, and no run is drawn with them.
 * @param draw a whole number, from 0
 */
export const uniforms = (draw: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (mix(mix(draw + 1) + Math.imul(i, 0x9e3779b9)) + 0.5) / 2 ** 32);

/** Which tokens the forward process has masked at time t: each by its own chance; a larger t only adds some. */
export const maskedAt = (t: number, draw: number, count: number): boolean[] =>
  uniforms(draw, count).map((u) => u < chanceMasked(t));

/** Mask the text at a time. */
export const maskAt = (t: number): Doing => ({
  shows: '.masking-widget',
  act: () => {
    useMasking.setState({ t });
    return panel.does.level(t);
  },
});

/** Draw anew which tokens are masked. */
export const maskAnew: Doing = {
  shows: '.masking-widget',
  act: () => {
    useMasking.setState(({ draw }) => ({ draw: draw + 1 }));
    return panel.does.again;
  },
};
