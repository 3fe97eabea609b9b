import { plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

/** About how long something takes, in the unit that suits it. */
export const spokenWords = localised({
  seconds: (count: number) => plural(count, 'second', 'seconds'),
  minutes: (count: number) => plural(count, 'minute', 'minutes'),
  hours: (count: number) => plural(count, 'hour', 'hours'),
});
