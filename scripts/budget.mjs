// @ts-check
/**
 * node scripts/budget.mjs: fails where the JavaScript of the first view has grown over its budget, or holds what belongs
 * to later views. Reads dist/, so build first.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { firstViewOf } from './first-view.mjs';
import { root } from './tools.mjs';

/** Compressed JavaScript that the first view may load, in bytes: page and engine together. */
export const LIMIT = 250_000;

/** What no first view needs: onnxruntime, GPT-2's tokenizer, and the views and lessons that are opened by hand. */
export const LATER =
  /^(?:ort|r50k_base|(?:Race|Distill|Evaluate|Models|SelfTest)View|LessonPanel|clusters)\b/;

/** @typedef {{ name: string, bytes: number }} Chunk `bytes`: compressed by gzip */

/** @param {string} name @returns {string} without the hash of its content, so that builds can be compared */
export const plainName = (name) => name.replace(/-[\w-]{8}\.js$/, '.js');

/**
 * @param {readonly Chunk[]} chunks of the first view
 * @param {{ limit?: number, later?: RegExp }} [bounds]
 * @returns {{ total: number, table: string, problems: string[] }}
 */
export function judge(chunks, { limit = LIMIT, later = LATER } = {}) {
  const sorted = [...chunks].sort((a, b) => b.bytes - a.bytes);
  const total = sorted.reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = [
    ...sorted.map(({ name, bytes }) => ({ name: plainName(name), bytes })),
    { name: 'together', bytes: total },
  ];
  const kB = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(1);
  const table = lines.map(({ name, bytes }) => `${name.padEnd(28)}${kB(bytes).padStart(8)} kB`).join('\n');
  const problems = sorted
    .filter(({ name }) => later.test(name))
    .map(
      ({ name }) =>
        `${plainName(name)} is for later, and the first view loads it: import it when it is asked for.`,
    );
  if (total > limit) {
    const largest = sorted[0];
    problems.push(
      `The first view loads ${kB(total)} kB of compressed JavaScript, ${kB(total - limit)} more than its ${kB(limit)}` +
        `${largest === undefined ? '' : `; the largest file is ${plainName(largest.name)}`}.`,
    );
  }
  if (sorted.length === 0) problems.push('No JavaScript was found in the first view: build the page first.');
  return { total, table, problems };
}

/**
 * @param {string} [dist] folder of the build
 * @returns {number} exit status
 */
export function checkBudget(dist = join(root, 'dist')) {
  const { first, chunks } = firstViewOf(dist);
  const { table, problems } = judge(
    first.map((name) => ({ name, bytes: gzipSync(chunks.get(name) ?? '', { level: 9 }).length })),
  );
  console.log(`JavaScript of the first view, compressed (at most ${LIMIT / 1000} kB)\n${table}`);
  for (const problem of problems) console.error(problem);
  return problems.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = checkBudget();
