/** Time from navigation to the first token, recorded and live, in a real browser, on the built page. */
import type { Browser, BrowserContext } from 'playwright';
import { spread, type Spread } from '../src/worker/benchmark/spread.ts';
import { withBuiltPage, type Skipped } from './browser.ts';

/** What a visitor waits for, or why it was not measured. */
export type PageResult =
  | {
      browser: string;
      /** What the page itself says that it runs on. */
      backend: string;
      /** Until the first token of the record that plays meanwhile, first visit. */
      record: Spread;
      /** Until the live run has taken over, whole; first visit: nothing cached. */
      cold: Spread;
      /** The same, second visit in the same browser. */
      warm: Spread;
    }
  | Skipped;

/** Milliseconds until a load is given up; software adapters compile for many seconds. */
const PATIENCE = 120_000;

/** Moments of the page, ms on its clock, which starts with the navigation. */
interface Moments {
  record?: number;
  live?: number;
}

/** Runs in the page before its own code: notes when the canvas shows its first written slot, and when the run is live. */
function watchMoments(): void {
  const moments: Moments = {};
  Object.assign(window, { moments });
  const observer = new MutationObserver(() => {
    const written = document.querySelector('.canvas [data-state="new"], .canvas [data-state="earlier"]');
    if (written) moments.record ??= performance.now();
    if (document.querySelector('.badge[data-origin="live"]') === null) return;
    moments.live = performance.now();
    observer.disconnect();
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true });
}

async function load(
  context: BrowserContext,
  url: string,
): Promise<{ record: number; live: number; backend: string }> {
  const page = await context.newPage();
  await page.addInitScript(watchMoments);
  await page.goto(url);
  const at = await page.waitForFunction(
    () => {
      const { moments } = window as unknown as { moments: Moments };
      return moments.live === undefined ? undefined : moments;
    },
    undefined,
    { timeout: PATIENCE },
  );
  const { record = NaN, live = NaN } = (await at.jsonValue()) ?? {};
  const { backend, adapter } = await page.evaluate(() => window.unmask.ready);
  await page.close();
  return { record, live, backend: `${backend}, ${adapter}` };
}

async function measure(browser: Browser, url: string, repeats: number): Promise<PageResult> {
  const record: number[] = [];
  const cold: number[] = [];
  const warm: number[] = [];
  let backend = '';
  for (let i = 0; i < repeats; i++) {
    const context = await browser.newContext();
    const first = await load(context, url);
    record.push(first.record);
    cold.push(first.live);
    warm.push((await load(context, url)).live);
    backend = first.backend;
    await context.close();
  }
  const name = `${browser.browserType().name()} ${browser.version()}`;
  return { browser: name, backend, record: spread(record), cold: spread(cold), warm: spread(warm) };
}

/**
 * Time from navigation to the first token of the record and to the live run, over `repeats` browsers that have never seen the
 * page. Where there is no browser, or the page does not build or shows no token, the result says so: what else was measured is
 * not lost by it.
 * @param root of the repository
 */
export function measurePage(root: string, repeats: number): Promise<PageResult> {
  return withBuiltPage(root, ({ browser, url }) => measure(browser, url, repeats));
}
