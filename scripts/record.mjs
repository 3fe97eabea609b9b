// @ts-check
/**
 * npm run record: has the bundled student write the run that greets visitors while weights load, and keeps it in
 * src/ui/watch/recorded.json. Do it again when the student or the settings of the first run change.
 */
import { runOnDawn } from './run-on-dawn.mjs';

await runOnDawn('scripts/record.ts');
