import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { offlineFiles, partOf } from './offline-files.mjs';

it('lists what a visitor may need, by content, and neither maps nor hidden files nor what says what is new', () => {
  const dist = mkdtempSync(join(tmpdir(), 'unmask-dist-'));
  onTestFinished(() => {
    rmSync(dist, { recursive: true });
  });
  const paths = [
    'index.html',
    'sw.js',
    'sw.js.map',
    'offline.json',
    'assets/a-aaaaaaaa.js',
    'assets/a-aaaaaaaa.js.map',
  ];
  for (const path of [
    ...paths,
    'weights/README.md',
    'weights/.gitattributes',
    'weights/t/model.safetensors',
  ]) {
    mkdirSync(join(dist, dirname(path)), { recursive: true });
    writeFileSync(join(dist, path), 'abc');
  }
  const files = offlineFiles(dist);
  expect(files.map(({ url, part }) => [url, part])).toEqual([
    ['assets/a-aaaaaaaa.js', 'page'],
    ['', 'page'],
    ['weights/t/model.safetensors', 'rest'],
  ]);
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  for (const file of files) expect(file).toMatchObject({ bytes: 3, sha256 });
});

it('counts views and Latin fonts to the page, and onnxruntime, weights and other large files to the rest', () => {
  const first = new Set(['worker-aaaaaaaa.js']);
  const page = ['RaceView-aaaaaaaa.js', 'RaceView-aaaaaaaa.css', 'inter-latin-wght-normal-aaaaaaaa.woff2'];
  expect(page.map((name) => partOf(`assets/${name}`, 50_000, first))).toEqual(['page', 'page', 'page']);
  expect(partOf('assets/worker-aaaaaaaa.js', 900_000, first)).toBe('page');
  const rest = [
    'r50k_base-aaaaaaaa.js',
    'ort-wasm-simd-threaded-aaaaaaaa.wasm',
    'inter-greek-wght-normal-aaaaaaaa.woff2',
  ];
  expect(rest.map((name) => partOf(`assets/${name}`, 470_000, first))).toEqual(['rest', 'rest', 'rest']);
  expect(partOf('assets/ort.wasm.bundle.min-aaaaaaaa.js', 70_000, first)).toBe('rest');
  expect(partOf('evaluate/last-words.jsonl', 70_000, first)).toBe('page');
  expect(partOf('weights/manifest.json', 3000, first)).toBe('page');
});
