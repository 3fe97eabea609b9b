// @ts-check
/**
 * npm test [-- STAGE ...]: everything that says whether this checkout works, in one command. Installs what is
 * missing, runs every stage also after one has failed, and ends with the line `N passed, N failed`.
 */
import './node-version.mjs';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ensureBrowser, gpuEnvironment } from './browser.mjs';
import { checkBudget } from './budget.mjs';
import { countCommand, countPlaywright, countVitest, totalLine } from './counts.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { root, run, tool } from './tools.mjs';

/** @typedef {import('./counts.mjs').Counts} Counts */

/** @param {string} stage @returns {string} where its report goes */
const reportPath = (stage) => join(root, '.cache', 'test', `${stage}.json`);

/** @param {string} stage @returns {any} the report it wrote; undefined when there is none, or half of one */
function readReport(stage) {
  try {
    return JSON.parse(readFileSync(reportPath(stage), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} project
 * @param {{ env?: NodeJS.ProcessEnv, log?: number }} [options] as `run` takes them
 * @returns {Promise<Counts>}
 */
async function vitest(project, options = {}) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath(project)}`];
  const status = await run([...tool('vitest'), 'run', '--project', project, ...reporters], options);
  return countVitest(readReport(project), status);
}

/** @returns {Promise<number>} a port that nothing listens on, so that two checkouts can be tested at once */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

/** @returns {Promise<Counts>} */
async function e2e() {
  const env = {
    PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath('e2e'),
    UNMASK_E2E_PORT: String(await freePort()),
  };
  const status = await run([...tool('@playwright/test', 'playwright'), 'test', '--reporter=list,json'], {
    env,
  });
  return countPlaywright(readReport('e2e'), status);
}

/** Runs beside the stages before it, which leave a part of the processor idle as it does itself; it says nothing until its turn. */
const BESIDE = 'gpu';

/** @type {Record<string, (log?: number) => Promise<Counts>>} in the order in which they run */
const stages = {
  format: async () => countCommand(await run([...tool('prettier'), '--check', '.'])),
  lint: async () => countCommand(await run([...tool('eslint'), '.', '--max-warnings', '0'])),
  types: async () => countCommand(await run([...tool('typescript', 'tsc'), '--noEmit'])),
  unit: () => vitest('unit'),
  gpu: (log) => vitest('gpu', { env: gpuEnvironment(), ...(log === undefined ? {} : { log }) }),
  build: async () => countCommand((await run([...tool('vite'), 'build'])) || checkBudget()),
  e2e,
};

/** @param {Counts} counts */
const describe = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/**
 * @param {string[]} wanted names of stages; none means all
 * @returns {Promise<Counts[]>}
 */
async function test(wanted) {
  // The page that the end-to-end tests open is the one just built, never an older one.
  const chosen = Object.keys(stages).filter(
    (name) => wanted.length === 0 || wanted.includes(name) || (name === 'build' && wanted.includes('e2e')),
  );
  if (!(await ensureDependencies())) return [countCommand(1)];
  /** @type {string | undefined} */
  let browser;
  if (chosen.includes('gpu') || chosen.includes('e2e')) {
    browser = await ensureBrowser();
    // Found once, for every stage.
    if (browser !== undefined) process.env['UNMASK_BROWSER'] = browser;
  }
  mkdirSync(join(root, '.cache', 'test'), { recursive: true });

  /** @param {string} name @param {number} [log] */
  const timed = async (name, log) => {
    rmSync(reportPath(name), { force: true });
    const start = Date.now();
    const counts = (await stages[name]?.(log)) ?? countCommand(1);
    return { counts, seconds: ((Date.now() - start) / 1000).toFixed(1) };
  };
  /** @type {Map<string, { counts: Counts, seconds: string }>} */
  const results = new Map();
  const logPath = join(root, '.cache', 'test', `${BESIDE}.log`);
  const log = chosen.indexOf(BESIDE) > 0 ? openSync(logPath, 'w') : undefined;
  const beside = log === undefined ? undefined : timed(BESIDE, log);
  for (const name of chosen) {
    console.log(`\n=== ${name} ===`);
    let result = { counts: countCommand(1), seconds: '0.0' };
    if (name === 'e2e' && results.get('build')?.counts.failed !== 0) {
      console.log('Not run: the page could not be built.');
    } else if (name === 'e2e' && browser === undefined) {
      console.log('Not run: there is no Chromium to run in; see above.');
    } else if (name === BESIDE && beside !== undefined) {
      result = await beside;
      process.stdout.write(readFileSync(logPath, 'utf8'));
    } else {
      result = await timed(name);
    }
    results.set(name, result);
    console.log(`=== ${name}: ${describe(result.counts)} (${result.seconds} s) ===`);
  }

  console.log('');
  for (const [name, { counts, seconds }] of results) {
    console.log(`${name.padEnd(8)}${seconds.padStart(7)} s   ${describe(counts)}`);
  }
  return [...results.values()].map(({ counts }) => counts);
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in stages));
if (unknown.length > 0) {
  console.error(`No stage is called ${unknown.join(', ')}: choose from ${Object.keys(stages).join(', ')}.`);
  process.exitCode = 2;
} else {
  /** @type {Counts[]} */
  let counts = [countCommand(1)];
  try {
    counts = await test(wanted);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  if (counts.some(({ failed }) => failed > 0)) process.exitCode = 1;
  console.log(totalLine(counts));
}
