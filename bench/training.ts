/** Our training against jax-js and TensorFlow.js: one update of distillation, in a real browser. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Effort } from '../src/worker/benchmark/spread.ts';
import type { Page } from 'playwright';
import { withBuiltPage, type Skipped } from './browser.ts';
import { problemOf } from './training/measure.ts';
import type { MeasureTraining, PageRequest, PageResult } from './training/page.ts';
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

/** Have a page measure a case. */
async function measureIn(
  page: Page,
  request: PageRequest,
  report: (what: string) => void,
): Promise<PageResult> {
  await page.exposeFunction('tellProgress', report);
  await page.waitForFunction(() => 'measureTraining' in window);
  return page.evaluate((asked) => {
    const { measureTraining, tellProgress } = window as unknown as {
      measureTraining: MeasureTraining;
      tellProgress: (what: string) => void;
    };
    return measureTraining(asked, tellProgress);
  }, request);
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
      const missing: string[] = [];
      for (const length of lengths) {
        const name = `${BATCH} x ${length}`;
        const page = await browser.newPage();
        try {
          await page.goto(url);
          results.push(
            await measureIn(page, { shape: { batch: BATCH, length }, effort }, (what) => {
              report(`${name}, ${what}`);
            }),
          );
        } catch (error) {
          // A device may be lost, or memory run out, in the larger cases: those before it are kept.
          missing.push(`${name}: ${problemOf(error)}`);
        } finally {
          await page.close();
        }
      }
      if (results.length === 0) throw new Error(missing.join(' '));
      const cases = results.flatMap((result) => result.cases);
      return { ...results[0], versions: await versions(root), cases, missing };
    },
    { folder: 'bench/training' },
  );
}
