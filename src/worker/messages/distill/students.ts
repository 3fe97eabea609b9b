import { plural } from '../../../words/english.ts';
import { localised } from '../../../words/localised.ts';

const ofSteps = (count: number) => plural(count, 'step', 'steps');

/** Titles of what was trained here; it keeps the one that it was given, whatever language is spoken later. */
export const studentWords = localised({
  /** @param teacher its title */
  student: (teacher: string, steps: number) => `Student of ${teacher}, ${ofSteps(steps)}`,
  /** Of a student whose round is not over. */
  onTheWay: (teacher: string, steps: number, updates: number) =>
    `Student of ${teacher}, ${ofSteps(steps)}, after ${updates} updates`,
  /** @param model title of the one that it began with */
  trained: (model: string, updates: number, loss: string) => `${model}, ${updates} updates by ${loss}`,
});
