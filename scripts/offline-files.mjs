// @ts-check
/** The files of a build that the page can keep in the browser, each with what is needed to check it. Only Node's builtins. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { firstViewOf } from './first-view.mjs';

/** @typedef {import('../src/offline/files.ts').OfflineFile} OfflineFile */

/**
 * What no visitor asks for, hidden files, which many hosts do not serve, and the two files that say what is new, which must come
 * from the host.
 */
const NOT_KEPT = /(?:\.map|\.md|^sw\.js|^offline\.json)$|(?:^|\/)\./;

/** Small files of the page that are not in assets/. A tab that stays open asks for its own when the host has others. */
const OF_PAGE =
  /^(?:index\.html|manifest\.webmanifest|icon[\w-]*\.(?:svg|png)|weights\/manifest\.json|evaluate\/last-words\.jsonl)$/;

/** Chunks that a later view needs are kept beforehand up to this size, in bytes. */
const SMALL = 160_000;

/**
 * Views that are opened later belong to the page's own part, so that they open after the host has a newer build; fonts of
 * scripts that the page itself does not write, onnxruntime and GPT-2's vocabulary do not.
 *
 * @param {string} url of a file, relative to the page
 * @param {number} bytes
 * @param {ReadonlySet<string>} first chunks of the first view
 * @returns {'page' | 'rest'}
 */
export function partOf(url, bytes, first) {
  if (!url.startsWith('assets/')) return OF_PAGE.test(url) ? 'page' : 'rest';
  const name = url.slice('assets/'.length);
  if (name.endsWith('.css') || first.has(name)) return 'page';
  if (name.endsWith('.woff2')) return /-latin-wght-/.test(name) ? 'page' : 'rest';
  return name.endsWith('.js') && bytes <= SMALL && !/^ort\b/.test(name) ? 'page' : 'rest';
}

/**
 * @param {string} dist folder of the build
 * @returns {OfflineFile[]} by name, so that the same build gives the same list
 */
export function offlineFiles(dist) {
  const first = new Set(firstViewOf(dist).first);
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !NOT_KEPT.test(path))
    .sort()
    .map((path) => {
      const content = readFileSync(join(dist, path));
      return {
        // The page is asked for as its folder: some hosts send those who ask for index.html there.
        url: path === 'index.html' ? '' : path,
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
        part: partOf(path, content.length, first),
      };
    });
}
