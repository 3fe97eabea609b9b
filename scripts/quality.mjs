// @ts-check
/**
 * npm run quality [-- ARGUMENT ...]: perplexity, entropy and distinct-2 of what the bundled models write, for the model card.
 */
import { runOnDawn } from './run-on-dawn.mjs';

await runOnDawn('src/cli/quality.ts');
