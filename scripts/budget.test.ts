import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { judge, LATER, LIMIT, plainName } from './budget.mjs';
import { firstView } from './first-view.mjs';

it('follows scripts, what is fetched ahead, workers and static imports, and no import that is a call', () => {
  const page =
    '<script type="module" src="./assets/index-aaaaaaaa.js"></script><link rel="modulepreload" href="./assets/ahead-aaaaaaaa.js">';
  const chunks = new Map([
    [
      'index-aaaaaaaa.js',
      'import{a as b}from"./shared-aaaaaaaa.js";const l=()=>import("./RaceView-aaaaaaaa.js")',
    ],
    [
      'ahead-aaaaaaaa.js',
      'new Worker(new URL(new URL(`worker-aaaaaaaa.js`,import.meta.url).href,``+import.meta.url))',
    ],
    ['shared-aaaaaaaa.js', 'export*from"./index-aaaaaaaa.js"'],
    [
      'worker-aaaaaaaa.js',
      "import'./dep-aaaaaaaa.js';import(`./ort-aaaaaaaa.js`);x.from(`./text-aaaaaaaa.js`)",
    ],
    ['dep-aaaaaaaa.js', ''],
    ['RaceView-aaaaaaaa.js', ''],
    ['ort-aaaaaaaa.js', ''],
    ['text-aaaaaaaa.js', ''],
  ]);
  expect(firstView(page, chunks)).toEqual(
    ['index', 'ahead', 'shared', 'worker', 'dep'].map((name) => `${name}-aaaaaaaa.js`),
  );
});

it('sums what is compressed, takes the limit itself, and names the largest file beyond it', () => {
  const chunks = [
    { name: 'small-aaaaaaaa.js', bytes: 1000 },
    { name: 'large-bb_bb-bb.js', bytes: LIMIT - 1000 },
  ];
  expect(judge(chunks)).toMatchObject({ total: LIMIT, problems: [] });
  const { problems, table } = judge([...chunks, { name: 'new-aaaaaaaa.js', bytes: 100 }]);
  expect(problems).toEqual([expect.stringMatching(/250\.1 kB .* 0\.1 more .* largest file is large\.js/)]);
  expect(table.split('\n').map((line) => line.split(/\s+/)[0])).toEqual([
    'large.js',
    'small.js',
    'new.js',
    'together',
  ]);
  expect(judge([]).problems).toHaveLength(1);
});

it('lets nothing in that is for later, however small it is', () => {
  const bytes = gzipSync('x').length;
  const later = ['ort.wasm.bundle.min-B3CAXBL7.js', 'EvaluateView-vdpj68d5.js', 'r50k_base-T_F7ejfg.js'];
  for (const name of later)
    expect(judge([{ name, bytes }]).problems).toEqual([expect.stringContaining(plainName(name))]);
  expect(
    ['index-BJVaPpgk.js', 'worker-DMJwOqGO.js', 'sort-DMJwOqGO.js'].filter((name) => LATER.test(name)),
  ).toEqual([]);
});
