// @ts-check
/** Which JavaScript of a build the first view loads. Only Node's builtins. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A chunk of the build by its name: quoted, as in an import, or as the address that a worker is started from. */
const NAME = '["\'`](?:\\./)?(?:assets/)?([\\w.-]+\\.js)["\'`]';
const STATIC_IMPORT = new RegExp(`\\b(?:from|import)\\s*${NAME}`, 'g');
const WORKER = new RegExp(`\\bnew Worker\\((?:new URL\\()+\\s*${NAME}`, 'g');
/** Scripts of the page, and those that it tells the browser to fetch ahead. */
const OF_PAGE = /(?:src|href)="\.\/assets\/([\w.-]+\.js)"/g;

/** @param {string} text @param {RegExp} pattern @returns {string[]} */
const names = (text, pattern) => Array.from(text.matchAll(pattern), (match) => match[1] ?? '');

/**
 * The scripts of the page, the workers that they start, and what any of these imports statically. Imports that are calls
 * are for later, and left out.
 *
 * @param {string} page index.html
 * @param {ReadonlyMap<string, string>} chunks text of each chunk by its name; other names are not followed
 * @returns {string[]} names of chunks, in the order in which they are found
 */
export function firstView(page, chunks) {
  /** @type {Set<string>} */
  const found = new Set();
  const open = names(page, OF_PAGE);
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    const text = chunks.get(name);
    if (text === undefined || found.has(name)) continue;
    found.add(name);
    open.push(...names(text, STATIC_IMPORT), ...names(text, WORKER));
  }
  return [...found];
}

/**
 * @param {string} dist folder of the build
 * @returns {{ first: string[], chunks: Map<string, string> }} as `firstView`, with the text of every chunk
 */
export function firstViewOf(dist) {
  const folder = join(dist, 'assets');
  const chunks = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.js'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
  return { first: firstView(readFileSync(join(dist, 'index.html'), 'utf8'), chunks), chunks };
}
