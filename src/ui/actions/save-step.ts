import type { Failure } from '../stores/engine.ts';
import { stepSvg, type StepPicture } from '../watch/step-svg.ts';
import { saveFile, type Saved } from './download.ts';
import { toFailure } from './failure.ts';
import { pngOf } from './svg-png.ts';

/** As the page looks to the visitor. */
const svgOf = (picture: StepPicture): string =>
  stepSvg(picture, { dark: matchMedia('(prefers-color-scheme: dark)').matches });

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
