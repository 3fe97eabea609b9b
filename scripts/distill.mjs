// @ts-check
/**
 * npm run distill -- --out FOLDER [ARGUMENT ...]: self-distillation through time without a page; --help has the arguments.
 */
import { runOnDawn } from './run-on-dawn.mjs';

await runOnDawn('src/cli/distill.ts');
