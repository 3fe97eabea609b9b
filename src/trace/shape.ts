/**
 * What a value of a file may be, said once: a shape reads it, names what does not fit, and is a JSON schema
 * (draft 2020-12). Only what the files of this project need.
 */
import { traceWords as words } from './messages.ts';

/** A JSON schema, as far as shapes make them. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** A value that does not fit: its message is a sentence for who opened the file. */
export class Misfit extends Error {
  /**
   * @param path of the value, such as `traces[0].seed`; '' is the whole
   * @param has what stands there, in words
   * @param due what it has to be, in words
   */
  constructor(path: string, has: string, due: string) {
    super(path === '' ? words.misfitOfWhole(has, due) : words.misfit(path, has, due));
  }
}

/** What a value may be. */
export interface Shape<T> {
  /** In words that go on from "has to be". */
  due: string;
  schema: Schema;
  /**
   * The value without fields that are not known.
   * @throws Misfit for the first thing that does not fit
   */
  read(value: unknown, path: string): T;
}

/** A shape that a field need not have. */
interface Optional<T> {
  optional: Shape<T>;
}

const MOST_QUOTED = 40;

/** A value as a sentence has it: short, and without characters that would change how the sentence looks. */
export function told(value: unknown): string {
  if (value === undefined) return words.has.nothing;
  if (Array.isArray(value)) return words.has.list(value.length);
  if (typeof value === 'object' && value !== null) return words.has.object;
  if (typeof value !== 'string') return JSON.stringify(value);
  const letters = Array.from(value.slice(0, 2 * MOST_QUOTED + 2));
  const cut = letters.length > MOST_QUOTED ? `${letters.slice(0, MOST_QUOTED).join('')}…` : value;
  return `"${cut.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd')}"`;
}

/** A shape of values that are taken as they are, where they fit. */
const plain = <T>(due: string, schema: Schema, fits: (value: unknown) => boolean): Shape<T> => ({
  ...{ due, schema },
  read: (value, path) => {
    if (!fits(value)) throw new Misfit(path, told(value), due);
    return value as T;
  },
});

/** A whole number of a range, ends included. */
export const whole = (minimum: number, maximum: number): Shape<number> =>
  plain(
    words.due.whole(minimum, maximum),
    { type: 'integer', minimum, maximum },
    (value) => Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum,
  );

/** A number of a range, ends included. */
export const number = (minimum: number, maximum: number): Shape<number> =>
  plain(
    words.due.number(minimum, maximum),
    { type: 'number', minimum, maximum },
    (value) => typeof value === 'number' && value >= minimum && value <= maximum,
  );

/** A number above 0. */
export const positive = (maximum: number): Shape<number> =>
  plain(
    words.due.positive(maximum),
    { type: 'number', exclusiveMinimum: 0, maximum },
    (value) => typeof value === 'number' && value > 0 && value <= maximum,
  );

export const flag: Shape<boolean> = plain(
  words.due.flag,
  { type: 'boolean' },
  (value) => typeof value === 'boolean',
);

/** One of a few values. */
export const oneOf = <const T extends string | number>(...values: readonly T[]): Shape<T> =>
  plain(words.due.oneOf(values), { enum: values }, (value) => values.includes(value as T));

/** Unicode characters of a text, of which no more are counted than matter. */
const letters = (text: string, most: number): number =>
  text.length > 2 * most ? text.length : Array.from(text).length;

/** A text of at most so many characters. */
export const text = (maxLength: number): Shape<string> =>
  plain(
    words.due.text(maxLength),
    { type: 'string', maxLength },
    (value) => typeof value === 'string' && letters(value, maxLength) <= maxLength,
  );

/** A text of a form. @param due the form in words */
export const pattern = (form: RegExp, due: string): Shape<string> =>
  plain(
    due,
    { type: 'string', pattern: form.source },
    (value) => typeof value === 'string' && form.test(value),
  );

/** A list of as many items as a range allows. */
export const list = <T>(item: Shape<T>, minItems: number, maxItems: number): Shape<T[]> => {
  const due = words.due.list(minItems, maxItems);
  return {
    due,
    schema: { type: 'array', minItems, maxItems, items: item.schema },
    read: (value, path) => {
      if (!Array.isArray(value) || value.length < minItems || value.length > maxItems)
        throw new Misfit(path, told(value), due);
      return value.map((one: unknown, i) => item.read(one, `${path}[${i}]`));
    },
  };
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whole numbers as names: as they are written, without leading zeros. */
const ID = /^(0|[1-9][0-9]{0,9})$/;

/** Values by whole numbers. */
export const byNumber = <T>(item: Shape<T>, maxProperties: number): Shape<Record<number, T>> => {
  const due = words.due.byNumber(maxProperties);
  return {
    due,
    schema: {
      ...{ type: 'object', maxProperties, propertyNames: { pattern: ID.source } },
      additionalProperties: item.schema,
    },
    read: (value, path) => {
      if (!isObject(value)) throw new Misfit(path, told(value), due);
      const entries = Object.entries(value);
      if (entries.length > maxProperties) throw new Misfit(path, words.has.objectOf(entries.length), due);
      const strange = entries.find(([id]) => !ID.test(id));
      if (strange) throw new Misfit(path, words.has.objectWith(told(strange[0])), due);
      return Object.fromEntries(entries.map(([id, one]) => [id, item.read(one, `${path}.${id}`)]));
    },
  };
};

export const optional = <T>(shape: Shape<T>): Optional<T> => ({ optional: shape });

/** The fields of an object: each of those that it must have is a shape, each of the others an optional one. */
type Fields<T> = {
  [K in keyof T]-?: undefined extends T[K] ? Optional<Exclude<T[K], undefined>> : Shape<T[K]>;
};

/** An object. Fields that are not listed may be there, and are not read. */
export const object = <T extends object>(fields: Fields<T>): Shape<T> => {
  const all = Object.entries(fields as Record<string, Shape<unknown> | Optional<unknown>>).map(
    ([name, field]) =>
      'optional' in field
        ? { name, shape: field.optional, required: false }
        : { name, shape: field, required: true },
  );
  return {
    due: words.due.object,
    schema: {
      type: 'object',
      required: all.filter(({ required }) => required).map(({ name }) => name),
      properties: Object.fromEntries(all.map(({ name, shape }) => [name, shape.schema])),
    },
    read: (value, path) => {
      if (!isObject(value)) throw new Misfit(path, told(value), words.due.object);
      const read = all.flatMap(({ name, shape, required }) => {
        const there = Object.hasOwn(value, name);
        if (!there && !required) return [];
        const at = path === '' ? name : `${path}.${name}`;
        return [[name, shape.read(there ? value[name] : undefined, at)]];
      });
      return Object.fromEntries(read) as T;
    },
  };
};

/** A shape with what its values mean, for readers of the schema. */
export const described = <T>(description: string, shape: Shape<T>): Shape<T> => ({
  ...shape,
  schema: { description, ...shape.schema },
});
