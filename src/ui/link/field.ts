import type { Kind } from './kinds.ts';

/** One field of a link: what is said of it, and how it gets into and out of a state. */
export interface Field<S> {
  name: string;
  expects(state: S): string;
  /** @returns the state with the field in it; undefined for text that is not understood */
  read(text: string, state: S): S | undefined;
  /** @returns undefined where the state does not have it */
  write(state: S): string | undefined;
}

/** A field that holds one value of a state. What it may hold may depend on the fields before it. */
export function fieldBy<S, T>(
  name: string,
  kind: (state: S) => Kind<T>,
  get: (state: S) => T | undefined,
  put: (state: S, value: T) => S,
): Field<S> {
  return {
    name,
    expects: (state) => kind(state).expects,
    read: (text, state) => {
      const value = kind(state).read(text);
      return value === undefined ? undefined : put(state, value);
    },
    write: (state) => {
      const value = get(state);
      return value === undefined ? undefined : kind(state).write(value);
    },
  };
}

/** Makes fields of the properties of a state; one that has no name of its own is named as its property. */
export const fieldsOf =
  <S extends object>() =>
  <K extends keyof S & string>(
    key: K,
    kind: Kind<NonNullable<S[K]>> | ((state: S) => Kind<NonNullable<S[K]>>),
    name: string = key,
  ): Field<S> =>
    fieldBy<S, NonNullable<S[K]>>(
      name,
      typeof kind === 'function' ? kind : () => kind,
      (state) => state[key] ?? undefined,
      (state, value) => ({ ...state, [key]: value }),
    );

/** Fields of a part of a larger state. */
export const within = <S extends object, K extends keyof S & string>(
  key: K,
  fields: readonly Field<S[K]>[],
): Field<S>[] =>
  fields.map((field) => ({
    name: field.name,
    expects: (state) => field.expects(state[key]),
    read: (text, state) => {
      const part = field.read(text, state[key]);
      return part === undefined ? undefined : { ...state, [key]: part };
    },
    write: (state) => field.write(state[key]),
  }));
