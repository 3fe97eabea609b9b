import { refusals as words } from '../messages/link-refusals.ts';
import { VIEWS, type View } from '../stores/view.ts';
import { distillFields, firstDistillLink, type DistillLink } from './distill.ts';
import { evaluateFields, firstEvaluateLink, type EvaluateLink } from './evaluate.ts';
import { fieldsOf, within, type Field } from './field.ts';
import { figureFields, firstFiguresLink, type FiguresLink } from './figures.ts';
import { printable } from '../messages/printable.ts';
import { oneOf } from './kinds.ts';
import { firstModelsLink, modelsFields, type ModelsLink } from './models.ts';
import { firstPageLink, pageFields, type PageLink } from './page.ts';
import { firstRaceLink, raceFields, type RaceLink } from './race.ts';
import { firstWatchLink, watchFields, type WatchLink } from './watch.ts';
import { whatIfFields } from './what-if.ts';

/** Everything that a link to the page can say, by the part of the page. */
export interface LinkState {
  view: View;
  page: PageLink;
  /** Of the lessons. */
  figures: FiguresLink;
  watch: WatchLink;
  race: RaceLink;
  distill: DistillLink;
  evaluate: EvaluateLink;
  models: ModelsLink;
}

/**
 * What an empty link means. Links leave out what they share with it, so a change of any value here changes what
 * links that are already out say: it takes a new version. A part that a link says nothing of is this very object.
 */
export const firstLinkState: LinkState = {
  view: 'watch',
  page: firstPageLink,
  figures: firstFiguresLink,
  watch: firstWatchLink,
  race: firstRaceLink,
  distill: firstDistillLink,
  evaluate: firstEvaluateLink,
  models: firstModelsLink,
};

type Version = 1 | 2;
const NEWEST: Version = 2;
/**
 * The longest states there are need less: every character of the longest prompt as three escaped bytes, a pin in each of 1024
 * slots; in version 2 four such prompts, and lists of names.
 */
const MAX_LENGTH: Readonly<Record<Version, number>> = { 1: 60_000, 2: 250_000 };
const MAX_QUOTED = 60;

const since = (version: Version, fields: readonly Field<LinkState>[]) =>
  fields.map((field) => ({ ...field, since: version }));

/** All fields, in the order in which they are written and read, with the first version that has them. Documented in docs/links.md. */
export const FIELDS: readonly (Field<LinkState> & { since: Version })[] = [
  ...since(1, [fieldsOf<LinkState>()('view', oneOf(VIEWS))]),
  ...since(2, within('page', pageFields)),
  ...since(2, within('figures', figureFields)),
  ...since(1, within('watch', watchFields)),
  ...since(2, within('watch', whatIfFields)),
  ...since(2, within('race', raceFields)),
  ...since(2, within('distill', distillFields)),
  ...since(2, within('evaluate', evaluateFields)),
  ...since(2, within('models', modelsFields)),
];

const fieldsIn = (version: Version) => FIELDS.filter((field) => field.since <= version);

/**
 * A state as the hash of a link, of the lowest version that has all its fields, so that older pages follow it too.
 * @param state within the ranges of docs/links.md; half surrogate pairs in a prompt become U+FFFD
 * @returns '' for the state that the page starts with, else '#v=', the version, and the fields that differ from it
 */
export function encodeLink(state: LinkState): string {
  const said = FIELDS.flatMap((field) => {
    const text = field.write(state);
    return text === undefined || text === field.write(firstLinkState) ? [] : [{ field, text }];
  });
  if (said.length === 0) return '';
  const version = Math.max(...said.map(({ field }) => field.since));
  const pairs = said.map(({ field, text }) => [field.name, text]);
  const hash = new URLSearchParams([['v', String(version)], ...pairs]).toString();
  // Lists and repositories are easier to read unescaped. A full stop at the end of a link would be taken for that of the sentence it stands in.
  return `#${hash
    .replaceAll(/(?<=\w)%2C(?=\w)/g, ',')
    .replaceAll(/(?<=\w)%2F(?=\w)/g, '/')
    .replace(/(?<=&edit=\d+)%3A(?=\d)/, ':')
    .replace(/\.$/, '%2E')}`;
}

/** A piece of a link for a sentence: short, and without characters that would change how the sentence looks. */
function quote(text: string): string {
  const letters = Array.from(text);
  const cut = letters.length > MAX_QUOTED ? `${letters.slice(0, MAX_QUOTED).join('')}…` : text;
  return `"${printable(cut)}"`;
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

/** The version that a link names, or what is wrong with it. */
function versionOf(text: string | undefined): Version | { problem: string } {
  if (text === '1') return 1;
  if (text === '2') return 2;
  if (text === undefined) return { problem: words.noVersion };
  const problem = /^[1-9]\d*$/.test(text)
    ? words.newer(quote(text), NEWEST)
    : words.badVersion(quote(`v=${text}`));
  return { problem };
}

/** What is said of a name that is no field's in a version. */
function unknownField(name: string, version: Version): string {
  const said = quote(name);
  if (FIELDS.some((field) => field.name === name)) return words.laterField(said);
  const names = fieldsIn(version).map((field) => field.name);
  // Of so many only those that may have been meant are named.
  const start = Array.from(name)[0];
  const meant = version === 1 ? ['v', ...names] : names.filter((one) => one.startsWith(start));
  if (version === 1) return words.noField(said, meant);
  return meant.length === 0 ? words.noFieldLike(said) : words.fieldsLike(said, meant);
}

/** The values of the fields of a link by their names, or the first problem. */
function valuesOf(hash: string): { values: Map<string, string>; version: Version } | { problem: string } {
  const most = MAX_LENGTH[/(?:^|&)v=2(?:&|$)/.test(hash) ? 2 : 1];
  if (hash.length > most) {
    return { problem: words.tooLong(hash.length, most) };
  }
  const read = split(hash);
  if ('broken' in read) {
    return {
      problem: words.badEscape(quote(read.broken)),
    };
  }
  const { pairs } = read;
  // Another version may have other fields and other rules, so that comes first.
  const version = versionOf(pairs.find(([name]) => name === 'v')?.[1]);
  if (typeof version === 'object') return version;
  const names = new Set(['v', ...fieldsIn(version).map(({ name }) => name)]);
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (!names.has(name)) return { problem: unknownField(name, version) };
    if (values.has(name)) return { problem: words.twice(name) };
    values.set(name, value);
  }
  return { values, version };
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
  const read = valuesOf(body);
  if ('problem' in read) return read;
  let state = firstLinkState;
  for (const field of fieldsIn(read.version)) {
    const value = read.values.get(field.name);
    if (value === undefined) continue;
    const next = field.read(value, state);
    if (!next) {
      const said = quote(`${field.name}=${value}`);
      return { problem: words.badValue(said, field.name, field.expects(state)) };
    }
    state = next;
  }
  return { state };
}
