/** What a field of a link may hold, as text: how it is read, how it is written, and how refusals describe it. */
import { refusals } from '../messages/link-refusals.ts';
import { UNPRINTABLE } from '../messages/printable.ts';

const words = refusals.expects;

export interface Kind<T> {
  /** What stands behind "<field> is" in a refusal. */
  expects: string;
  /** @returns undefined for text that is not understood */
  read(text: string): T | undefined;
  /** The inverse of `read`. */
  write(value: T): string;
}

/** Digits as people write them: no sign, no exponent, no blanks, no zeros before others, so that one number is one text. */
const WHOLE = /^(?:0|[1-9]\d*)$/;
const DECIMAL = /^(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** Token ids are 32-bit words, and the last id of a vocabulary is the mask. Models have far fewer; the engine knows. */
export const LARGEST_TOKEN = 2 ** 32 - 2;

const within = (value: number, least: number, most: number): number | undefined =>
  value >= least && value <= most ? value : undefined;

/** @returns undefined for what is no whole number in the range */
export const readWhole = (text: string, least: number, most: number): number | undefined =>
  WHOLE.test(text) ? within(Number(text), least, most) : undefined;

/** @param why what the range depends on, if it does */
export function whole(least: number, most: number, why?: string): Kind<number> {
  return {
    expects: why === undefined ? words.whole(least, most) : words.wholeAs(least, most, why),
    read: (text) => readWhole(text, least, most),
    write: String,
  };
}

/** A number without an exponent, in as few digits as tell it from its neighbours. */
function plainDigits(value: number): string {
  const [digits, exponent = '0'] = String(value).split('e-');
  return exponent === '0' ? digits : `0.${'0'.repeat(Number(exponent) - 1)}${digits.replace('.', '')}`;
}

export function decimal(least: number, most: number): Kind<number> {
  return {
    expects: words.decimal(plainDigits(least), most),
    read: (text) => (DECIMAL.test(text) ? within(Number(text), least, most) : undefined),
    write: plainDigits,
  };
}

/** A number of a few. */
export function amongst(numbers: readonly number[]): Kind<number> {
  return {
    expects: words.oneOf(numbers.map(String)),
    read: (text) => (WHOLE.test(text) ? numbers.find((one) => one === Number(text)) : undefined),
    write: String,
  };
}

/** Nothing at all: for a field that has no place beside another. @param why "race is pair" */
export const nothing = (why: string): Kind<never> => ({
  expects: words.nothingAs(why),
  read: () => undefined,
  write: String,
});

export const flag: Kind<boolean> = {
  expects: words.flag,
  read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  write: String,
};

/** @param aliases other names that are read, and what they mean */
export function oneOf<T extends string>(
  values: readonly T[],
  aliases: Readonly<Record<string, T>> = {},
): Kind<T> {
  const names = [...values, ...Object.keys(aliases)];
  return {
    expects: names.length === 1 ? words.only(names[0]) : words.oneOf(names),
    read: (text) =>
      values.find((value) => value === text) ?? (Object.hasOwn(aliases, text) ? aliases[text] : undefined),
    write: (value) => value,
  };
}

/** A name of printable characters, counted by code points. */
export function name(most: number): Kind<string> {
  const printable = new RegExp(`^[^${UNPRINTABLE}]{1,${most}}$`, 'u');
  return {
    expects: words.name(most),
    read: (text) => (printable.test(text) ? text : undefined),
    write: (text) => text,
  };
}

/** Any text, counted as text fields count: by UTF-16 units. */
export function anyText(most: number): Kind<string> {
  return {
    expects: words.text(most),
    read: (text) => (text.length <= most ? text : undefined),
    write: (text) => text,
  };
}

export function hexDigits(count: number): Kind<string> {
  return {
    expects: words.hexDigits(count),
    read: (text) => (text.length === count && /^[0-9a-f]*$/.test(text) ? text : undefined),
    write: (text) => text,
  };
}

/** Token ids by slot, `5.412,9.18`; written by rising slot. */
export function pins(slots: number): Kind<Readonly<Record<number, number>>> {
  return {
    expects: words.pins(slots - 1, LARGEST_TOKEN),
    read: (text) => {
      const read: Record<number, number> = {};
      for (const pair of text.split(',')) {
        const parts = pair.split('.');
        if (parts.length !== 2) return undefined;
        const slot = readWhole(parts[0], 0, slots - 1);
        const token = readWhole(parts[1], 0, LARGEST_TOKEN);
        if (slot === undefined || token === undefined || slot in read) return undefined;
        read[slot] = token;
      }
      return read;
    },
    // Keys that are whole numbers come by rising value, whatever the order in which they were set.
    write: (pinned) =>
      Object.entries(pinned)
        .map(([slot, token]) => `${slot}.${token}`)
        .join(','),
  };
}

/** What stands between the items of a list and between their parts, as it stands within a name. */
const escapeName = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll(',', '%2C').replaceAll('.', '%2E');

const ESCAPES: Readonly<Record<string, string>> = { '%25': '%', '%2C': ',', '%2E': '.' };

/** @returns undefined for a % that is none of the three */
const unescapeName = (text: string): string | undefined =>
  /%(?!25|2C|2E)/.test(text)
    ? undefined
    : text.replaceAll(/%(?:25|2C|2E)/g, (escaped) => ESCAPES[escaped] ?? escaped);

/** Several of a kind with commas between them, none twice. */
function list<T>(
  expects: string,
  least: number,
  most: number,
  item: Pick<Kind<T>, 'read' | 'write'>,
  twice = false,
): Kind<readonly T[]> {
  return {
    expects,
    read: (text) => {
      const read: T[] = [];
      for (const piece of text === '' ? [] : text.split(',')) {
        const value = item.read(piece);
        if (value === undefined || (!twice && read.includes(value))) return undefined;
        read.push(value);
      }
      return read.length >= least && read.length <= most ? read : undefined;
    },
    write: (values) => values.map((value) => item.write(value)).join(','),
  };
}

/** Ids of models, `teacher,student`. */
export function names(least: number, most: number, longest: number): Kind<readonly string[]> {
  const id = name(longest);
  return list(words.names(least, most), least, most, {
    read: (text) => {
      const plain = unescapeName(text);
      return plain === undefined ? undefined : id.read(plain);
    },
    write: escapeName,
  });
}

/** Whole numbers, `1,4,16`. */
export const wholes = (most: number, smallest: number, largest: number): Kind<readonly number[]> =>
  list(words.wholes(most, smallest, largest), 0, most, whole(smallest, largest));

/** A lane of a race, as far as it says more than its model. */
export interface LinkedLane {
  model: string;
  /** Nominal steps; left out of lanes that have none. */
  steps?: number;
  /** Where it is not the ancestral one. */
  sampler?: 'first-hitting' | 'confidence';
}

const SAMPLERS = ['first-hitting', 'confidence'] as const;

/** Lanes, `student.4,teacher.32.confidence,causal`. */
export function lanes(least: number, most: number): Kind<readonly LinkedLane[]> {
  const id = name(80);
  const lane: Pick<Kind<LinkedLane>, 'read' | 'write'> = {
    read: (text) => {
      const [first, ...rest] = text.split('.');
      const plain = unescapeName(first);
      const model = plain === undefined ? undefined : id.read(plain);
      const sampler = SAMPLERS.find((one) => one === rest.at(-1));
      const numbers = sampler === undefined ? rest : rest.slice(0, -1);
      const steps = numbers.length === 1 ? readWhole(numbers[0], 1, 1024) : undefined;
      if (model === undefined || numbers.length > 1 || (numbers.length === 1 && steps === undefined))
        return undefined;
      return {
        model,
        ...(steps === undefined ? {} : { steps }),
        ...(sampler === undefined ? {} : { sampler }),
      };
    },
    write: ({ model, steps, sampler }) =>
      [
        escapeName(model),
        ...(steps === undefined ? [] : [steps]),
        ...(sampler === undefined ? [] : [sampler]),
      ].join('.'),
  };
  return list(words.lanes(least, most), least, most, lane, true);
}
