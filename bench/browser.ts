/** The built page in a real browser, for measurements. */
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { findBrowser, usesHardware } from '../scripts/find-browser.mjs';

/** Why something was not measured. */
export interface Skipped {
  skipped: string;
}

/** A browser, and the page's address for it. */
export interface BuiltPage {
  browser: Browser;
  url: string;
  /** Folder that is served. */
  folder: string;
}

async function build<T>(root: string, use: (page: BuiltPage) => Promise<T>): Promise<T | Skipped> {
  const { chromium } = await import('playwright');
  const executablePath = findBrowser(chromium.executablePath());
  if (executablePath === undefined) return { skipped: 'no Chromium or Chrome found' };
  const { build, preview } = await import('vite');
  const outDir = join(root, '.cache', 'bench-page');
  await build({ root, logLevel: 'silent', build: { outDir, emptyOutDir: true } });
  const browser = await chromium.launch({
    executablePath,
    args: ['--enable-unsafe-webgpu', ...(usesHardware() ? [] : ['--use-webgpu-adapter=swiftshader'])],
  });
  const server = await preview({ root, build: { outDir }, preview: { host: '127.0.0.1', port: 4398 } });
  try {
    return await use({ browser, url: server.resolvedUrls!.local[0], folder: outDir });
  } finally {
    await browser.close();
    await server.close();
  }
}

/**
 * Build the page, serve it, and open a browser as a visitor would. Where there is none, or something fails, the result says
 * so: what else was measured is not lost by it.
 * @param root of the repository
 */
export async function withBuiltPage<T>(
  root: string,
  use: (page: BuiltPage) => Promise<T>,
): Promise<T | Skipped> {
  try {
    return await build(root, use);
  } catch (error) {
    return { skipped: error instanceof Error ? error.message.split('\n')[0] : String(error) };
  }
}
