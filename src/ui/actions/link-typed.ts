import type { Field } from '../link/field.ts';

/** What is typed as a number; undefined where it is none, or nothing. */
export function typed(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

const isSteps = (value: number | undefined): value is number =>
  value !== undefined && Number.isInteger(value) && value >= 1 && value <= 1024;

/** Step counts that are typed with commas or blanks between them, rising, each once; what is none is left out. */
export const typedSteps = (text: string): number[] =>
  [
    ...new Set(
      text
        .split(/[\s,;]+/)
        .map(typed)
        .filter(isSteps),
    ),
  ].toSorted((a, b) => a - b);

/**
 * A part of a link made of a form. What is typed and cannot be taken as it is has no place in a link: there the default stands.
 * @param fields of the part
 * @param first the part where nothing is said
 */
export function fitting<S extends object>(
  fields: readonly Field<S>[],
  first: S,
  wanted: { [K in keyof S]?: S[K] | undefined },
): S {
  const defined = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const whole = { ...first, ...defined };
  let state = first;
  for (const field of fields) {
    const text = field.write(whole);
    if (text !== undefined) state = field.read(text, state) ?? state;
  }
  return state;
}
