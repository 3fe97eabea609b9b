import { VIEWS, type View } from '../stores/view.ts';
import { firstSettings, type ColourBy, type Settings } from '../stores/watch.ts';
import {
  anyText,
  decimal,
  flag,
  hexDigits,
  name,
  oneOf,
  pins,
  UNPRINTABLE,
  whole,
  type Kind,
} from './kinds.ts';

/** Everything that a link to the page can say. */
export interface LinkState {
  view: View;
  settings: Settings;
  /** Which text of the run is shown, from 0. */
  sample: number;
  /** Recorded steps that are shown; absent: the run plays from the start. */
  position?: number;
  /** Slot of the canvas whose candidates are open. */
  slot?: number;
  colourBy: ColourBy;
  /** Of playback, 0.25..8; 1 is the usual one. */
  speed: number;
  /** Hash of the tokens of the run, see `tokenHash`. */
  text?: string;
}

/**
 * What an empty link means. Links leave out what they share with it, so a change of any value here changes what
 * links that are already out say: it takes a new version.
 */
export const firstLinkState: LinkState = {
  view: 'watch',
  settings: firstSettings,
  sample: 0,
  colourBy: 'none',
  speed: 1,
};

/** What the page does about a link with a problem, in a sentence to stand behind it. */
export const INSTEAD = 'The page shows its usual start instead.';

const VERSION = 1;
/** The longest state there is needs less: every character of the longest prompt as three escaped bytes, a pin in each of 1024 slots. */
const MAX_LENGTH = 60_000;
const MAX_QUOTED = 60;

/** One field of a link: what is said of it, and how it gets into and out of the state. */
interface Field {
  name: string;
  expects(state: LinkState): string;
  /** @returns the state with the field in it; undefined for text that is not understood */
  read(text: string, state: LinkState): LinkState | undefined;
  /** @returns undefined where the state does not have it */
  write(state: LinkState): string | undefined;
}

/** A field that holds one value of the state. What it may hold may depend on the fields before it. */
function field<T>(
  name: string,
  kind: (state: LinkState) => Kind<T>,
  get: (state: LinkState) => T | undefined,
  put: (state: LinkState, value: T) => LinkState,
): Field {
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

/** A field of the settings. */
const setting = <K extends keyof Settings>(
  key: K,
  kind: (state: LinkState) => Kind<Settings[K]>,
  name: string = key,
): Field =>
  field(
    name,
    kind,
    ({ settings }) => settings[key],
    (state, value) => ({ ...state, settings: { ...state.settings, [key]: value } }),
  );

/** A field beside the settings. */
const part = <K extends Exclude<keyof LinkState, 'settings'>>(
  key: K,
  kind: (state: LinkState) => Kind<NonNullable<LinkState[K]>>,
  name: string = key,
): Field =>
  field<NonNullable<LinkState[K]>>(
    name,
    kind,
    (state) => state[key] as NonNullable<LinkState[K]> | undefined,
    (state, value) => ({ ...state, [key]: value }),
  );

/** The fields of version 1, in the order in which they are written and read. Documented in docs/links.md. */
const FIELDS: readonly Field[] = [
  part('view', () => oneOf(VIEWS)),
  setting('model', () => name(80)),
  setting('sampler', () => oneOf(['ancestral', 'first-hitting', 'confidence'], { analytic: 'ancestral' })),
  setting('steps', () => whole(1, 1024)),
  setting('seed', () => whole(0, 2 ** 32 - 1)),
  setting('temperature', () => decimal(0.1, 2)),
  setting('topP', () => decimal(0.05, 1)),
  setting('slots', () => whole(1, 1024)),
  setting('count', () => whole(1, 16)),
  setting('prompt', () => anyText(4000)),
  setting('bos', () => flag),
  setting('pins', ({ settings: { slots } }) => pins(slots), 'pin'),
  part('sample', ({ settings: { count } }) => whole(0, count - 1, `count is ${count}`)),
  // Only steps in which a token comes are recorded, so there are never more of them than slots.
  part('position', ({ settings: { slots } }) => whole(0, slots, `slots is ${slots}`), 'at'),
  part('slot', ({ settings: { slots } }) => whole(0, slots - 1, `slots is ${slots}`)),
  part('colourBy', () => oneOf(['none', 'step', 'probability', 'entropy', 'order']), 'colour'),
  part('speed', () => decimal(0.25, 8)),
  part('text', () => hexDigits(8), 'tokens'),
];

/**
 * A state as the hash of a link.
 * @param state within the ranges of docs/links.md; half surrogate pairs in a prompt become U+FFFD
 * @returns '' for the state that the page starts with, else '#v=1&' and the fields that differ from it
 */
export function encodeLink(state: LinkState): string {
  const fields = FIELDS.flatMap((field) => {
    const text = field.write(state);
    return text === undefined || text === field.write(firstLinkState) ? [] : [[field.name, text]];
  });
  if (fields.length === 0) return '';
  const hash = new URLSearchParams([['v', String(VERSION)], ...fields]).toString();
  // Commas between digits are pins, which are easier to read unescaped. A full stop at the end of a link would be taken for that of the sentence it stands in.
  return `#${hash.replaceAll(/(?<=\d)%2C(?=\d)/g, ',').replace(/\.$/, '%2E')}`;
}

/** A piece of a link for a sentence: short, and without characters that would change how the sentence looks. */
function quote(text: string): string {
  const letters = Array.from(text);
  const cut = letters.length > MAX_QUOTED ? `${letters.slice(0, MAX_QUOTED).join('')}…` : text;
  return `"${cut.replaceAll(new RegExp(`[${UNPRINTABLE}]`, 'gu'), '\ufffd')}"`;
}

/** @returns undefined for escapes that are no UTF-8, and for half surrogate pairs */
function unescapeText(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text.replaceAll('+', ' '));
    return /\p{Cs}/u.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}

/** Names and values of a hash, or the piece that is broken. */
function split(hash: string): { pairs: [string, string][] } | { broken: string } {
  const pairs: [string, string][] = [];
  for (const piece of hash.split('&')) {
    if (piece === '') continue;
    const end = piece.includes('=') ? piece.indexOf('=') : piece.length;
    const name = unescapeText(piece.slice(0, end));
    const value = unescapeText(piece.slice(end + 1));
    if (name === undefined || value === undefined) return { broken: piece };
    pairs.push([name, value]);
  }
  return { pairs };
}

function versionProblem(version: string | undefined): string | undefined {
  if (version === String(VERSION)) return undefined;
  if (version === undefined) return `The link names no version: it begins with v=${VERSION}.`;
  return /^[1-9]\d*$/.test(version)
    ? `This link was made by a newer Unmask: v, its version, is ${quote(version)}, and this page reads ${VERSION}.`
    : `The link says ${quote(`v=${version}`)}: v is the version of the link, ${VERSION}.`;
}

/**
 * What a link says.
 * @param hash of the address, with or without its #; any string
 * @returns the state, every field within its range; or the first problem, one sentence that names the field and what
 * it may hold
 */
export function decodeLink(hash: string): { state: LinkState } | { problem: string } {
  const body = hash.replace(/^#/, '');
  if (body === '') return { state: firstLinkState };
  if (body.length > MAX_LENGTH) {
    return { problem: `The link has ${body.length} characters: links have at most ${MAX_LENGTH}.` };
  }
  const read = split(body);
  if ('broken' in read) {
    return {
      problem: `The link has ${quote(read.broken)}: what follows a % must be two hex digits of UTF-8 text.`,
    };
  }
  const { pairs } = read;
  // Another version may have other fields and other rules, so that comes first.
  const problem = versionProblem(pairs.find(([name]) => name === 'v')?.[1]);
  if (problem !== undefined) return { problem };
  const names = ['v', ...FIELDS.map(({ name }) => name)];
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (!names.includes(name)) {
      return { problem: `The link has a field ${quote(name)}: its fields are ${names.join(', ')}.` };
    }
    if (values.has(name)) return { problem: `The link says ${name} more than once: give each field once.` };
    values.set(name, value);
  }
  let state = firstLinkState;
  for (const field of FIELDS) {
    const value = values.get(field.name);
    if (value === undefined) continue;
    const next = field.read(value, state);
    if (!next) {
      const said = quote(`${field.name}=${value}`);
      return { problem: `The link says ${said}: ${field.name} is ${field.expects(state)}.` };
    }
    state = next;
  }
  return { state };
}
