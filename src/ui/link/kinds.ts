/** What a field of a link may hold, as text: how it is read, how it is written, and how refusals describe it. */

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
/** Control, formatting and line-breaking characters, and halves of surrogate pairs: they could make a text look like another one. */
export const UNPRINTABLE = '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}';

/** Token ids are 32-bit words, and the last id of a vocabulary is the mask. Models have far fewer; the engine knows. */
const LARGEST_TOKEN = 2 ** 32 - 2;

const within = (value: number, least: number, most: number): number | undefined =>
  value >= least && value <= most ? value : undefined;

const readWhole = (text: string, least: number, most: number): number | undefined =>
  WHOLE.test(text) ? within(Number(text), least, most) : undefined;

/** @param why what the range depends on, if it does */
export function whole(least: number, most: number, why?: string): Kind<number> {
  const range = least === most ? `only ${least}` : `a whole number from ${least} to ${most}, in plain digits`;
  return {
    expects: why === undefined ? range : `${range}, as ${why}`,
    read: (text) => readWhole(text, least, most),
    write: String,
  };
}

export function decimal(least: number, most: number): Kind<number> {
  return {
    expects: `a number from ${least} to ${most}, in plain digits`,
    read: (text) => (DECIMAL.test(text) ? within(Number(text), least, most) : undefined),
    write: String,
  };
}

export const flag: Kind<boolean> = {
  expects: 'true or false',
  read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  write: String,
};

/** @param aliases other names that are read, and what they mean */
export function oneOf<T extends string>(
  values: readonly T[],
  aliases: Readonly<Record<string, T>> = {},
): Kind<T> {
  const names = [...values, ...Object.keys(aliases)];
  const last = names.at(-1);
  return {
    expects: names.length === 1 ? `only ${last}` : `one of ${names.slice(0, -1).join(', ')} and ${last}`,
    read: (text) =>
      values.find((value) => value === text) ?? (Object.hasOwn(aliases, text) ? aliases[text] : undefined),
    write: (value) => value,
  };
}

/** A name of printable characters, counted by code points. */
export function name(most: number): Kind<string> {
  const printable = new RegExp(`^[^${UNPRINTABLE}]{1,${most}}$`, 'u');
  return {
    expects: `a name of 1 to ${most} printable characters`,
    read: (text) => (printable.test(text) ? text : undefined),
    write: (text) => text,
  };
}

/** Any text, counted as text fields count: by UTF-16 units. */
export function anyText(most: number): Kind<string> {
  return {
    expects: `a text of at most ${most} characters`,
    read: (text) => (text.length <= most ? text : undefined),
    write: (text) => text,
  };
}

export function hexDigits(count: number): Kind<string> {
  return {
    expects: `${count} digits from 0 to 9 and a to f`,
    read: (text) => (text.length === count && /^[0-9a-f]*$/.test(text) ? text : undefined),
    write: (text) => text,
  };
}

/** Token ids by slot, `5.412,9.18`; written by rising slot. */
export function pins(slots: number): Kind<Readonly<Record<number, number>>> {
  return {
    expects:
      'a list of slot.token, such as 5.412,9.18, each slot once: ' +
      `slots go from 0 to ${slots - 1}, tokens from 0 to ${LARGEST_TOKEN}`,
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
