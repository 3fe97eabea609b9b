/** The built page in a real browser, for measurements. */
import { join } from 'node:path';
import type { Browser } from 'playwright';
import type { InlineConfig } from 'vite';
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

/** What is built and served, where it is not the page that visitors open. */
export interface PageSource {
  /** Folder of its index.html, relative to the root of the repository; the public files of the repository come with it. */
  folder: string;
}

async function build<T>(
  root: string,
  use: (page: BuiltPage) => Promise<T>,
  source?: PageSource,
): Promise<T | Skipped> {
  const { chromium } = await import('playwright');
  const executablePath = findBrowser(chromium.executablePath());
  if (executablePath === undefined) return { skipped: 'no Chromium or Chrome found' };
  const { build, preview } = await import('vite');
  const outDir = join(root, '.cache', source ? source.folder.replaceAll('/', '-') : 'bench-page');
  // The page's own configuration is for the page: it forbids what others may need.
  const own: InlineConfig = source
    ? { root: join(root, source.folder), configFile: false, base: './', publicDir: join(root, 'public') }
    : { root };
  await build({ ...own, logLevel: 'silent', build: { outDir, emptyOutDir: true, target: 'es2022' } });
  const browser = await chromium.launch({
    executablePath,
    args: ['--enable-unsafe-webgpu', ...(usesHardware() ? [] : ['--use-webgpu-adapter=swiftshader'])],
  });
  const server = await preview({ ...own, build: { outDir }, preview: { host: '127.0.0.1', port: 4398 } });
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
 * @param source another page than that of visitors
 */
export async function withBuiltPage<T>(
  root: string,
  use: (page: BuiltPage) => Promise<T>,
  source?: PageSource,
): Promise<T | Skipped> {
  try {
    return await build(root, use, source);
  } catch (error) {
    return { skipped: error instanceof Error ? error.message.split('\n')[0] : String(error) };
  }
}
