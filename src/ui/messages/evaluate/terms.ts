/** English terms that the messages of the Evaluate view share: another language has its own. */
import { plural } from '../../../words/english.ts';

export const steps = (count: number): string => plural(count, 'step', 'steps');

export const texts = (count: number): string => plural(count, 'text', 'texts');

/** "in 4 steps"; 0 of a model that writes a token a pass. */
export const inSteps = (count: number): string => (count === 0 ? 'from left to right' : `in ${steps(count)}`);

/** A model within a sentence, by its title: those that come with the page by what they are. */
export const spoken = (title: string): string =>
  /^(Teacher|Student)$/.test(title) ? `the ${title.toLowerCase()}` : title;

/** A perplexity of which only a bound is known. */
export const atMost = (value: string, bound: boolean): string => (bound ? `at most ${value}` : value);

/** A field of which so much is asked. */
export const leastTexts = (least: number): string =>
  `Give ${least} texts or more, with an empty line between two of them.`;
