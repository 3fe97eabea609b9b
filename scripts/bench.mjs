// @ts-check
/**
 * npm run bench [-- ARGUMENT ...], npm run bench:native: builds bench/run.ts for Node and runs it. It uses the software adapter on
 * Linux, whose times say nothing about speed; set UNMASK_GPU=hardware to measure the GPU of this machine.
 */
import { runOnDawn } from './run-on-dawn.mjs';

await runOnDawn('bench/run.ts');
