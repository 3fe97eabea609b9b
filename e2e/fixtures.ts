import { expect, test as base } from '@playwright/test';

/** For tests that measure time: they run after all others, with no other page beside them. */
export const ALONE = { tag: '@alone' };

interface Options {
  /** Errors on the console or thrown in the page that a test provokes on purpose. */
  expectedErrors: RegExp[];
  /** Origins besides the page's own that a test lets the page ask, because its visitor asked for them. */
  expectedOrigins: string[];
}

/**
 * The test function of all end-to-end tests. Whatever a test is about, it fails when the page logs an error or
 * throws one, and when it asks another origin for anything: the page works without third parties.
 */
export const test = base.extend<Options & { watched: undefined }>({
  expectedErrors: [[], { option: true }],
  expectedOrigins: [[], { option: true }],
  watched: [
    async ({ context, page, baseURL, expectedErrors, expectedOrigins }, use) => {
      const errors: string[] = [];
      const strangers: string[] = [];
      const own = [new URL(baseURL!).origin, ...expectedOrigins];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        // The text of a failed request does not say which one it was; its place does.
        if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`.trim());
      });
      context.on('request', (request) => {
        const { protocol, origin } = new URL(request.url());
        if (/^(https?|wss?):$/.test(protocol) && !own.includes(origin)) strangers.push(request.url());
      });

      await use(undefined);

      const unexpected = errors.filter((text) => !expectedErrors.some((pattern) => pattern.test(text)));
      expect.soft(unexpected, 'errors of the page').toEqual([]);
      expect.soft(strangers, 'requests to other origins').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
