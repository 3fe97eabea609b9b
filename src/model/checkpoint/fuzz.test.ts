/**
 * Damaged files, by the thousand: each is refused in one sentence or is a model, and none takes long or much memory. Seeds
 * are fixed; a failure says which one it was.
 */
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnmaskError } from '../errors.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { expectedTensors, openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { exportCheckpoint } from './export.ts';
import {
  CountingBlob,
  damageBytes,
  damageJson,
  damageText,
  dice,
  watchAllocations,
  type Dice,
} from './fuzz.testing.ts';
import { parseJson } from './json.ts';
import { randomCheckpoint } from './random.ts';
import { shapeConfig } from './released-shapes.ts';
import type { NamedBlob } from './shards.ts';
import { rawTensors, shardFiles } from './testing.ts';

/** A whole model, as it lies on a disk. */
interface Files {
  /** Length field and header of the weights. */
  start: Uint8Array<ArrayBuffer>;
  /** What follows them. */
  data: Blob;
  config: string;
  tokenizer?: string;
  shards?: { parts: NamedBlob[]; index: string };
}

/** What is given to the readers; what is absent is that of the whole model. */
interface Damaged {
  weights?: Blob | NamedBlob[];
  index?: string;
  config?: string;
  tokenizer?: string;
}

const outcomes = new Map<string, number>();
const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);

const url = (path: string): URL => new URL(`../../../${path}`, import.meta.url);
const text = (path: string): Promise<string> => readFile(url(path), 'utf8');

async function split(weights: Blob): Promise<Pick<Files, 'start' | 'data'>> {
  const length = Number(new DataView(await weights.slice(0, 8).arrayBuffer()).getBigUint64(0, true));
  return {
    start: new Uint8Array(await weights.slice(0, 8 + length).arrayBuffer()),
    data: weights.slice(8 + length),
  };
}

/** The bundled tokenizer with its first tokens only, so that thousands of it can be read. */
function shortTokenizer(json: string, size: number): string {
  const whole = JSON.parse(json) as {
    model: { vocab: Record<string, number>; merges: (string | string[])[] };
  };
  const vocab = Object.fromEntries(Object.entries(whole.model.vocab).filter(([, id]) => id < size));
  const merges = whole.model.merges.filter((merge) => {
    const [a, b] = typeof merge === 'string' ? merge.split(' ') : merge;
    return a in vocab && b in vocab && a + b in vocab;
  });
  return JSON.stringify({ ...whole, model: { ...whole.model, vocab, merges } });
}

let small: Files;
let golden: Files;
let bundled: Files;

beforeAll(async () => {
  const bundledTokenizer = await text('public/weights/tokenizer.json');
  const shape = { hidden: 8, blocks: 1, heads: 2, vocabulary: 301 };
  const made = randomCheckpoint({ ...shapeConfig('small', shape, 'diffusion', 16), condDim: 4 });
  const { weights, config } = await exportCheckpoint(made, { precision: 'f32' });
  const { parts, index } = shardFiles(
    await rawTensors((await openCheckpoint({ config: JSON.parse(config) as object, weights })).tensors),
    3,
  );
  small = {
    ...(await split(weights)),
    config,
    tokenizer: shortTokenizer(bundledTokenizer, 300),
    shards: { parts, index: JSON.stringify(index) },
  };
  const blob = async (path: string): Promise<Blob> => new Blob([await readFile(url(path))]);
  golden = {
    ...(await split(await blob('fixtures/golden/dit-d64/student.safetensors'))),
    config: await text('fixtures/golden/dit-d64/config.json'),
  };
  bundled = {
    ...(await split(await blob('public/weights/student/model.safetensors'))),
    config: await text('public/weights/student/config.json'),
    tokenizer: bundledTokenizer,
  };
});

afterAll(() => {
  const total = [...outcomes.values()].reduce((sum, n) => sum + n, 0);
  const said = [...outcomes].sort(([, a], [, b]) => b - a).map(([code, n]) => `${code} ${n}`);
  process.stdout.write(`damaged inputs: ${total}; ${said.join(', ')}\n`);
});

const FILE = /w\.safetensors|config\.json|tokenizer\.json|index\.json|model-0000|The header of w/;

/** A refusal is one sentence that names the file. */
function checkRefusal(error: unknown): void {
  if (!(error instanceof UnmaskError)) throw error;
  const { message, code } = error;
  expect(message).not.toMatch(/[\n\r\u2028\u2029]/);
  expect(message).toMatch(FILE);
  expect(message.length).toBeLessThan(400);
  expect(['internal', 'argument', 'network']).not.toContain(code);
  count(code);
}

/** Texts go through it, there and back, or are refused. */
function checkTokenizer(tokenizer: Tokenizer): void {
  try {
    const ids = tokenizer.encode('Once upon a time, 3 naïve cafés');
    expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id < tokenizer.size)).toBe(true);
    expect(typeof tokenizer.decode(ids)).toBe('string');
    for (const id of [0, tokenizer.size - 1]) expect(typeof tokenizer.piece(id)).toBe('string');
  } catch (error) {
    if (!(error instanceof UnmaskError)) throw error;
  }
}

/** What opened is a network: every tensor that it needs is there, with as many bytes as it takes. */
async function checkModel({ config, tensors, tokenizer }: Checkpoint, weigh: boolean): Promise<void> {
  expect((config.hidden / config.heads) % 2).toBe(0);
  for (const [name, shape] of expectedTensors(config)) {
    const { dtype, begin, end } = tensors.info(name);
    const bytes = (dtype === 'F32' ? 4 : 2) * shape.reduce((a, b) => a * b, 1);
    expect(end - begin).toBe(bytes);
    if (weigh) expect((await tensors.read(name)).length).toBe(bytes);
  }
  expect(Number.isInteger(config.length) && config.length > 0 && config.samplingEps > 0).toBe(true);
  if (tokenizer) {
    expect(tokenizer.size).toBe(config.vocabulary - 1);
    checkTokenizer(tokenizer);
  }
  count('opened');
}

/** Slowest input so far, ms. */
const MOST_MS = 2000;

async function tryFiles(files: Files, damaged: Damaged): Promise<void> {
  const weights = damaged.weights ?? new CountingBlob([files.start, files.data]);
  const tokenizer = damaged.tokenizer ?? files.tokenizer;
  const config = damaged.config ?? files.config;
  const blobs = weights instanceof Blob ? [weights] : weights.map(({ blob }) => blob);
  const bytes = blobs.reduce((sum, { size }) => sum + size, config.length + (tokenizer?.length ?? 0));
  const began = performance.now();
  const memory = watchAllocations();
  try {
    const opened = await openCheckpoint({
      config: parseJson(config, 'config.json', 'choose another'),
      weights,
      file: 'folder/w.safetensors',
      ...(tokenizer === undefined
        ? {}
        : { tokenizer: parseJson(tokenizer, 'tokenizer.json', 'choose another') }),
      ...(damaged.index === undefined
        ? {}
        : { index: parseJson(damaged.index, 'index.json', 'choose another') }),
    });
    memory.stop();
    expect(performance.now() - began).toBeLessThan(MOST_MS);
    for (const blob of blobs) {
      if (blob instanceof CountingBlob) expect(blob.read.bytes).toBeLessThan(blob.size + 1000);
    }
    await checkModel(opened, bytes < 1e5);
  } catch (error) {
    memory.stop();
    expect(performance.now() - began).toBeLessThan(MOST_MS);
    checkRefusal(error);
  }
  // Twice the input, and a table of all halves besides.
  expect(memory.largest()).toBeLessThan(2 * bytes + 300_000);
}

/** Many damages of one kind, each of a seed of its own. */
async function many(times: number, kind: number, attempt: (dice: Dice) => Promise<void>): Promise<void> {
  for (let i = 0; i < times; i++) {
    const seed = kind * 1_000_000 + i;
    try {
      await attempt(dice(seed));
    } catch (cause) {
      throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
    }
  }
}

const header = ({ start }: Files): string => new TextDecoder().decode(start.subarray(8));

/** The weights with another header, its length told rightly. */
function withHeader({ data }: Files, json: string): CountingBlob {
  const encoded = new TextEncoder().encode(json);
  const length = new BigUint64Array([BigInt(encoded.length)]);
  return new CountingBlob([length, encoded, data]);
}

describe('damaged files', () => {
  it('weights: bits, lengths, cuts and random bytes', async () => {
    const bytesOf = async (files: Files, dice: Dice): Promise<void> => {
      const { start, rest } = damageBytes(files.start, files.data.size, dice);
      const padding = new Uint8Array(Math.max(0, rest - files.data.size));
      await tryFiles(files, {
        weights: new CountingBlob([start, files.data.slice(0, Math.max(0, rest)), padding]),
      });
    };
    await many(1500, 1, (dice) => bytesOf(small, dice));
    await many(500, 2, (dice) => bytesOf(golden, dice));
  });

  it('headers: offsets, shapes, dtypes, names, twice the same', async () => {
    for (const [files, times, kind] of [
      [small, 1100, 10],
      [golden, 500, 20],
    ] as const) {
      const text = header(files);
      const json = JSON.parse(text) as object;
      await many(times, kind, (dice) =>
        tryFiles(files, { weights: withHeader(files, JSON.stringify(damageJson(json, dice))) }),
      );
      await many(times, kind + 1, (dice) =>
        tryFiles(files, { weights: withHeader(files, damageText(text, dice)) }),
      );
    }
    const { tokenizer: _, ...bare } = bundled;
    const json = JSON.parse(header(bundled)) as object;
    await many(100, 30, (dice) =>
      tryFiles(bare, { weights: withHeader(bundled, JSON.stringify(damageJson(json, dice))) }),
    );
  });

  it('configurations', async () => {
    for (const [files, kind] of [
      [small, 40],
      [golden, 50],
    ] as const) {
      const json = JSON.parse(files.config) as object;
      await many(550, kind, (dice) => tryFiles(files, { config: JSON.stringify(damageJson(json, dice)) }));
      await many(550, kind + 1, (dice) => tryFiles(files, { config: damageText(files.config, dice) }));
    }
    const { tokenizer: _, ...bare } = bundled;
    await many(200, 60, (dice) => tryFiles(bare, { config: damageText(bundled.config, dice) }));
  });

  it('tokenizers', async () => {
    const json = JSON.parse(small.tokenizer!) as object;
    await many(800, 70, (dice) => tryFiles(small, { tokenizer: JSON.stringify(damageJson(json, dice)) }));
    await many(700, 71, (dice) => tryFiles(small, { tokenizer: damageText(small.tokenizer!, dice) }));
    const whole = JSON.parse(bundled.tokenizer!) as object;
    await many(12, 72, (dice) => tryFiles(bundled, { tokenizer: JSON.stringify(damageJson(whole, dice)) }));
    await many(12, 73, (dice) => tryFiles(bundled, { tokenizer: damageText(bundled.tokenizer!, dice) }));
  });

  it('shards and their index', async () => {
    const { parts, index } = small.shards!;
    const json = JSON.parse(index) as object;
    await many(600, 80, (dice) =>
      tryFiles(small, { weights: parts, index: JSON.stringify(damageJson(json, dice)) }),
    );
    await many(600, 81, (dice) => tryFiles(small, { weights: parts, index: damageText(index, dice) }));
    await many(400, 82, async (dice) => {
      const at = dice.below(parts.length);
      const whole = await split(parts[at].blob);
      const { start, rest } = damageBytes(whole.start, whole.data.size, dice);
      const blob = new CountingBlob([start, whole.data.slice(0, Math.max(0, rest))]);
      await tryFiles(small, {
        weights: parts.map((part, i) => (i === at ? { name: part.name, blob } : part)),
        ...(dice.below(2) === 0 ? { index } : {}),
      });
    });
  });

  it('anything that is JSON, in the place of each', async () => {
    const place = fc.constantFrom('config', 'tokenizer', 'index', 'header');
    await fc.assert(
      fc.asyncProperty(place, fc.json({ maxDepth: 4 }), async (where, json) => {
        if (where === 'header') await tryFiles(small, { weights: withHeader(small, json) });
        else if (where === 'index') await tryFiles(small, { weights: small.shards!.parts, index: json });
        else await tryFiles(small, { [where]: json });
      }),
      { numRuns: 600, seed: 1 },
    );
  });

  it('what is nested without end, or too long for any reader', async () => {
    const nested = (levels: number): string => `${'{"model":['.repeat(levels)}${']}'.repeat(levels)}`;
    for (const levels of [100, 5000, 50_000]) {
      const deep = nested(levels);
      await tryFiles(small, { config: deep });
      await tryFiles(small, { config: small.config.replace('{', `{"deep":${deep},`) });
      await tryFiles(small, { tokenizer: small.tokenizer!.replace('{', `{"deep":${deep},`) });
      const decoder = `${'{"decoders":['.repeat(levels)}{}${']}'.repeat(levels)}`;
      await tryFiles(small, {
        tokenizer: small.tokenizer!.replace(/"decoder":\{/, `"decoder":${decoder},"was":{`),
      });
      await tryFiles(small, { weights: withHeader(small, deep) });
      await tryFiles(small, { weights: small.shards!.parts, index: deep });
    }
    const long = JSON.stringify('y'.repeat(200_000));
    await tryFiles(small, { config: small.config.replace(/"type": ?"[^"]*"/, `"type":${long}`) });
    await tryFiles(small, { weights: withHeader(small, `{${long}:{}}`) });
    await tryFiles(small, { weights: small.shards!.parts, index: `{"weight_map":{${long}:${long}}}` });
  });

  it('are ten thousand and more, and most of them are refused', () => {
    const total = [...outcomes.values()].reduce((sum, n) => sum + n, 0);
    expect(total).toBeGreaterThan(10_000);
    expect(outcomes.get('opened')).toBeGreaterThan(100);
    expect(outcomes.get('opened')).toBeLessThan(total / 2);
    for (const code of ['file-format', 'file-truncated', 'tensor-missing', 'tensor-shape', 'tensor-dtype']) {
      expect(outcomes.get(code)).toBeGreaterThan(20);
    }
  });
});
