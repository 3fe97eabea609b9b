// @ts-check
/**
 * npm run train -- --out FOLDER [ARGUMENT ...]: training on clean texts without a page; --help has the arguments.
 */
import { runOnDawn } from './run-on-dawn.mjs';

await runOnDawn('src/cli/train.ts');
