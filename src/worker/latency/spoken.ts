/** Seconds as a person says them. */
export function spoken(seconds: number): string {
  const [value, unit] =
    seconds < 90 ? [seconds, 'second'] : seconds < 5400 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  const count = Math.max(1, Math.round(value));
  return `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`;
}
