// @ts-check
/** What the scripts share: the repository's root, its tools, and running a command. Only Node's builtins. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The command line of an installed package's tool, run by this very Node: no shell and no `.cmd` on Windows.
 *
 * @param {string} name package name
 * @param {string} [bin] the tool's name, where it is not the package's
 * @returns {string[]} `[node, script]`
 */
export function tool(name, bin = name) {
  const directory = join(root, 'node_modules', name);
  const described = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const script = typeof described.bin === 'string' ? described.bin : described.bin[bin];
  return [process.execPath, join(directory, script)];
}

/**
 * Runs a command in the repository's root with this process's terminal and waits for its end. When this
 * process is interrupted or told to terminate, it waits for the command to end and then ends itself, so that
 * nothing is left running and nothing more is started.
 *
 * @param {string[]} command program and arguments
 * @param {{ env?: NodeJS.ProcessEnv, shell?: boolean, log?: number }} [options] `env` is added to this process's own; `log` is
 *   an open file that takes what the command says, instead of the terminal
 * @returns {Promise<number>} the exit status; 127 where the program could not be started, 128 + signal if killed
 */
export function run([program = '', ...args], { env = {}, shell = false, log } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: log === undefined ? 'inherit' : ['ignore', log, log],
      shell,
      env: { ...process.env, ...env },
    });
    /** @type {number | undefined} */
    let signalled;
    const interrupt = () => {
      // The keyboard's interrupt reaches the command by itself.
      signalled = 130;
    };
    const terminate = () => {
      signalled = 143;
      child.kill('SIGTERM');
    };
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', terminate);
    /** @param {number} status */
    const end = (status) => {
      if (signalled !== undefined) process.exit(signalled);
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', terminate);
      resolve(status);
    };
    child.on('error', (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      end(127);
    });
    child.on('exit', (status, signal) => {
      end(status ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0));
    });
  });
}

/**
 * `PATH` with the repository's own tools first, as npm sets it for its scripts.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function toolsOnPath() {
  // Windows spells the variable `Path`; writing another spelling beside it would hide one of the two.
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { [key]: join(root, 'node_modules', '.bin') + delimiter + (process.env[key] ?? '') };
}
