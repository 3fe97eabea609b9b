import { spokenWords as words } from '../messages/spoken.ts';

/** Seconds as a person says them. */
export function spoken(seconds: number): string {
  const [value, say] =
    seconds < 90
      ? [seconds, words.seconds]
      : seconds < 5400
        ? [seconds / 60, words.minutes]
        : [seconds / 3600, words.hours];
  return say(Math.max(1, Math.round(value)));
}
