/**
 * What a stored model is made of. Its files share a key: `weights`, `config`, `tokenizer` as they are, `meta` that makes them a
 * model, `used`, and during a download two `state` files, written in turn. All but the first three are sealed JSON.
 */
import { crc32 } from '../../distill/crc32.ts';
import type { DownloadState } from '../hub/sink.ts';
import type { HubSource } from '../hub/source.ts';
import { unseal } from './sealed.ts';
import { readSmall, type LargeFiles } from './files.ts';

/** Layout of what is stored; read by this version and all later ones. */
export const VERSION = 1;

/** What a stored model was made of. */
export interface ModelOrigin {
  source: Required<HubSource> & { commit: string };
  /** 'f16': rounded on the way; 'file': as the hub has it. */
  keep: 'file' | 'f16';
}

export const PARTS = ['weights', 'config', 'tokenizer'] as const;
export type Part = (typeof PARTS)[number];

/** Makes a model of its files; written after them. */
export interface Meta {
  version: number;
  /** As links and the page call it. */
  id: string;
  origin: ModelOrigin;
  /** Whatever its keeper wants to know without opening it; JSON. */
  info: object;
  files: { part: Part; bytes: number; sha256: string }[];
  /** ms since 1970. */
  addedAt: number;
}

/** How far a download is. */
export interface StateFile {
  version: number;
  /** Counts up: of two, the higher one is newer. */
  serial: number;
  origin: ModelOrigin;
  /** Whatever its keeper wants to know of it; JSON. */
  info?: object;
  /** ms since 1970. */
  at: number;
  /** Absent before the first commit. */
  download?: DownloadState;
  /** The hasher behind the `stored` bytes. */
  hasher?: string;
}

const SUFFIXES = [...PARTS, 'meta', 'used', 'state-0', 'state-1'] as const;
export type Suffix = (typeof SUFFIXES)[number];

export const fileName = (key: string, suffix: Suffix): string => `${key}.${suffix}`;

/** Key and suffix of a file of this layout; undefined for files of others, which are left alone. */
export function parseName(name: string): { key: string; suffix: Suffix } | undefined {
  const dot = name.lastIndexOf('.');
  const suffix = SUFFIXES.find((known) => known === name.slice(dot + 1));
  return suffix && dot > 0 ? { key: name.slice(0, dot), suffix } : undefined;
}

/** The key of a model: the same for the same files, kept the same way. A person can tell what it is of. */
export function keyOf({ source: { repo, commit, endpoint }, keep }: ModelOrigin): string {
  const readable = `${repo}-${commit.slice(0, 12)}-${keep}`.replace(/[^\w-]+/g, '-');
  const exact = crc32(new TextEncoder().encode(JSON.stringify([endpoint, repo, commit, keep])));
  return `${readable}-${exact.toString(16).padStart(8, '0')}`;
}

/** A sealed file. */
export const readSealed = async (
  files: LargeFiles,
  key: string,
  suffix: Suffix,
): Promise<object | undefined> => unseal(await readSmall(files, fileName(key, suffix)));

/** The newer of the two states that is whole. */
export async function readState(files: LargeFiles, key: string): Promise<StateFile | undefined> {
  const found = await Promise.all(
    (['state-0', 'state-1'] as const).map(
      async (suffix) => (await readSealed(files, key, suffix)) as StateFile | undefined,
    ),
  );
  const whole = found.filter((state) => state !== undefined);
  return whole.sort((a, b) => b.serial - a.serial).at(0);
}

/** Suffixes of the files of each key. */
export async function keys(files: LargeFiles): Promise<Map<string, Suffix[]>> {
  const found = new Map<string, Suffix[]>();
  for (const name of await files.list()) {
    const parsed = parseName(name);
    if (parsed) found.set(parsed.key, [...(found.get(parsed.key) ?? []), parsed.suffix]);
  }
  return found;
}
