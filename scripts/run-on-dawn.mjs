// @ts-check
/** Builds a TypeScript program of this repository for Node and runs it, with a GPU to be found by Dawn. */
import './node-version.mjs';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gpuEnvironment } from './browser.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { root, run } from './tools.mjs';

/**
 * @param {string} entry the program, relative to the root, which is its working directory
 * @returns {Promise<number>} its exit status
 */
async function buildAndRun(entry) {
  if (!existsSync(join(root, entry))) {
    console.error(`${entry} is missing: there is nothing to run in this checkout.`);
    return 1;
  }
  if (!(await ensureDependencies())) return 1;
  // Imported only now: before, it may not have been installed.
  const { build } = await import('vite');
  const outDir = join(root, '.cache', basename(entry, '.ts'));
  await build({
    root,
    // The page's own configuration is for browsers, and its public files are 45 MB of weights.
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      ssr: entry,
      outDir,
      emptyOutDir: true,
      sourcemap: true,
      rolldownOptions: { output: { entryFileNames: 'run.mjs' } },
    },
  });
  return run([process.execPath, '--enable-source-maps', join(outDir, 'run.mjs'), ...process.argv.slice(2)], {
    env: gpuEnvironment(),
  });
}

/**
 * Run a program with the arguments of this process, whose exit status becomes the program's.
 *
 * @param {string} entry as `buildAndRun` takes it
 */
export async function runOnDawn(entry) {
  try {
    process.exitCode = await buildAndRun(entry);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
