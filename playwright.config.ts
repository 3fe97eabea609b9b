import { chromium, defineConfig } from '@playwright/test';
import { findBrowser, usesHardware } from './scripts/find-browser.mjs';

const port = Number(process.env['UNMASK_E2E_PORT'] ?? 4199);
const url = `http://127.0.0.1:${port}/`;
const executablePath = findBrowser(chromium.executablePath());

const launchOptions = {
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--enable-unsafe-webgpu', ...(usesHardware() ? [] : ['--use-webgpu-adapter=swiftshader'])],
};
/** Of tests that measure time: with another page beside them they would measure that one too. */
const ALONE = /@alone/;

/**
 * End-to-end tests: the built page in a real Chromium with WebGPU. Headless Chromium offers an adapter without a
 * GPU only with `--enable-unsafe-webgpu`. What keeps the browser from calling home Playwright sets by itself.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Two pages share the cores: one alone leaves half of their time unused, as it waits for the other end of a pipe.
  workers: 2,
  retries: 0,
  // A software adapter spends seconds where a GPU spends microseconds.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  globalTimeout: 30 * 60_000,
  forbidOnly: process.env['CI'] !== undefined,
  // Requests of a service worker pass by what a test routes; the tests of it let it in.
  use: { baseURL: url, trace: 'off', serviceWorkers: 'block' },
  projects: [
    { name: 'chromium', grepInvert: ALONE, use: { launchOptions } },
    { name: 'alone', grep: ALONE, workers: 1, dependencies: ['chromium'], use: { launchOptions } },
  ],
  webServer: {
    // Another server on the port would be another page under test: strict, and never reused.
    command: `node node_modules/vite/bin/vite.js preview --host 127.0.0.1 --port ${port} --strictPort`,
    url,
    reuseExistingServer: false,
    timeout: 60_000,
  },
});
