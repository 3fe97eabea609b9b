import { FAMILIES } from '../figures/paper.ts';
import type { Failure } from '../stores/engine.ts';
import { stepSvg, type Measure, type StepPicture } from '../watch/step-svg.ts';
import { saveFile, type Saved } from './download.ts';
import { toFailure } from './failure.ts';
import { pngOf } from './svg-png.ts';

/** Fonts of the page are out of a picture's reach: text is measured in what stands for them. */
const FALLBACK = FAMILIES.serif.slice(FAMILIES.serif.indexOf(',') + 1);

/** As the page looks to the visitor. */
function svgOf(picture: StepPicture): string {
  const context = document.createElement('canvas').getContext('2d');
  const measure: Measure = (text, size) => {
    context!.font = `${size}px ${FALLBACK}`;
    return context!.measureText(text).width;
  };
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  return stepSvg(picture, { dark, ...(context ? { measure } : {}) });
}

/** The step, to be scaled as one likes. */
export const saveStepSvg = (picture: StepPicture): Saved =>
  saveFile(new Blob([svgOf(picture)], { type: 'image/svg+xml' }), 'unmask-step.svg');

/** The step as pixels. @returns what went wrong, or the file */
export async function saveStepPng(picture: StepPicture): Promise<Failure | Saved> {
  try {
    return saveFile(await pngOf(svgOf(picture)), 'unmask-step.png');
  } catch (error) {
    return toFailure(error);
  }
}
