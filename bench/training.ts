/** Our training against jax-js and TensorFlow.js: one update of distillation, in a real browser. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Effort } from '../src/worker/benchmark/spread.ts';
import { withBuiltPage, type Skipped } from './browser.ts';
import type { MeasureTraining, PageResult } from './training/page.ts';
import type { TrainingResult } from './training/result.ts';

/** Texts of an update. */
const BATCH = 8;

const LIBRARIES = { 'jax-js': '@jax-js/jax', tfjs: '@tensorflow/tfjs-backend-webgpu' };

/** The versions that are measured. */
async function versions(root: string): Promise<Record<string, string>> {
  const entries = Object.entries(LIBRARIES).map(async ([name, library]) => {
    const text = await readFile(join(root, 'node_modules', library, 'package.json'), 'utf8');
    return [name, (JSON.parse(text) as { version: string }).version] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * Measure an update of `BATCH` texts with every engine, at the size of the bundled models and with their weights.
 * @param lengths tokens of the texts, a case for each
 * @param report told what is under way
 */
export function measureTraining(
  root: string,
  { lengths, effort }: { lengths: readonly number[]; effort: Effort },
  report: (what: string) => void,
): Promise<TrainingResult | Skipped> {
  return withBuiltPage(
    root,
    async ({ browser, url }) => {
      const results: PageResult[] = [];
      for (const length of lengths) {
        const page = await browser.newPage();
        await page.exposeFunction('tellProgress', (what: string) => {
          report(`${BATCH} x ${length}, ${what}`);
        });
        await page.goto(url);
        await page.waitForFunction(() => 'measureTraining' in window);
        const request = { shape: { batch: BATCH, length }, effort };
        results.push(
          await page.evaluate((asked) => {
            const { measureTraining, tellProgress } = window as unknown as {
              measureTraining: MeasureTraining;
              tellProgress: (what: string) => void;
            };
            return measureTraining(asked, tellProgress);
          }, request),
        );
        await page.close();
      }
      return {
        ...results[0],
        versions: await versions(root),
        cases: results.flatMap(({ cases }) => cases),
      };
    },
    { folder: 'bench/training' },
  );
}
