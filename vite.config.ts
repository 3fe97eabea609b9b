import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { offlineFiles } from './scripts/offline-files.mjs';

/** What the page may load and ask. By `<meta>`, so that it holds on any static host. */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self' https:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
].join('; ');

/** Only in the build: the development server injects scripts of its own into the page. */
const contentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
      injectTo: 'head-prepend',
    },
  ],
};

/** Headers that make a page cross-origin isolated, so that threads are available where a backend wants them. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** SHA-256 of files that the page asks for by name alone: with it an open tab finds its own among those of later builds. */
const ofThisBuild = Object.fromEntries(
  ['weights/manifest.json', 'evaluate/last-words.jsonl'].map((file) => [
    file,
    createHash('sha256')
      .update(readFileSync(join(import.meta.dirname, 'public', file)))
      .digest('hex'),
  ]),
);

/** Folder of the build. */
let dist = '';

/** Before the list of files is written: `vite build --outDir` may name another folder. */
const folderOfBuild: Plugin = {
  name: 'folder-of-build',
  apply: 'build',
  configResolved: ({ root, build }) => {
    dist = resolve(root, build.outDir);
  },
};

/**
 * Only in the build: a service worker (src/offline/sw.ts) with the list of all files, the same list for the page, and what
 * makes the page installable. Its addresses are relative, so that it works under any sub-path.
 */
const offline = VitePWA({
  strategies: 'injectManifest',
  srcDir: 'src/offline',
  filename: 'sw.ts',
  // The page does it itself, after the first run.
  injectRegister: false,
  includeManifestIcons: false,
  manifest: {
    name: 'Unmask',
    short_name: 'Unmask',
    description: 'Watch a language model write all its tokens at once.',
    lang: 'en',
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: '#fbfaf6',
    theme_color: '#fbfaf6',
    icons: [
      { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  },
  injectManifest: {
    globPatterns: ['index.html'],
    manifestTransforms: [
      () => {
        const files = offlineFiles(dist);
        writeFileSync(join(dist, 'offline.json'), JSON.stringify(files));
        return {
          manifest: files.map((file) => ({ ...file, revision: null, size: file.bytes })),
          warnings: [],
        };
      },
    ],
  },
});

export default defineConfig({
  // Relative, so that the build is plain static files that work under any sub-path.
  base: './',
  plugins: [react(), contentSecurityPolicy, folderOfBuild, offline],
  define: { __OF_THIS_BUILD__: JSON.stringify(ofThisBuild) },
  worker: { format: 'es' },
  build: { target: 'es2022', sourcemap: true },
  server: { headers: isolation },
  preview: { headers: isolation },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['**/*.gpu.test.ts'],
          environment: 'node',
          // References of whole networks take seconds of arithmetic, and several times that on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'gpu',
          include: ['src/**/*.gpu.test.ts', 'scripts/**/*.gpu.test.ts'],
          environment: 'node',
          // Software adapters spend seconds where a GPU spends microseconds.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One process at a time: the software adapter uses every core by itself.
          maxWorkers: 1,
          // One process for all files, so that they share devices and what was compiled for them (src/gpu/testing.ts).
          isolate: false,
        },
      },
    ],
  },
});
