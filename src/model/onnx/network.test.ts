import * as ort from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { bundledCheckpoint, fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { decodeFloats } from '../checkpoint/safetensors.ts';
import { sigma } from '../diffusion/schedule.ts';
import type { Precision } from './graph.ts';
import { buildNetwork, type GraphOutputs } from './network.ts';
import { DataType, encodeModel } from './proto.ts';
import { describeFailure } from './failure.ts';
import { openGraph, openOnnxSession } from './session.ts';
import { allRows, causalLogProbs, distance, ints, runtime } from './testing.ts';

const timeConditioned = async (): Promise<Checkpoint> => {
  const checkpoint = await fixtureCheckpoint('dit-d64/student');
  return { ...checkpoint, config: { ...checkpoint.config, timeConditioning: true } };
};

const floats = (value: ort.Tensor): Float32Array => value.data as Float32Array;

/** Logits of `count` rows for inputs. */
async function logitsOf(
  checkpoint: Checkpoint,
  inputs: Record<string, ort.Tensor>,
  precision: Precision = 'f32',
): Promise<Float32Array> {
  const session = await openOnnxSession(runtime, checkpoint, { precision });
  try {
    return floats((await session.run(inputs)).logits);
  } finally {
    await session.release();
  }
}

/** The inputs of a golden text of the small network. */
async function smallInputs(): Promise<Record<string, ort.Tensor>> {
  const golden = await fixture('dit-d64/golden');
  return { tokens: ints(await golden.ints('xt'), [2, 24]), rows: allRows(48) };
}

/** All tensors as F32 or BF16 in the memory of a checkpoint without a file; BF16 cuts the last bits off. */
function restored(checkpoint: Checkpoint, dtype: 'F32' | 'BF16'): Checkpoint {
  const { config, bytes } = checkpoint;
  const { tensors } = checkpoint;
  const values = async (name: string): Promise<Uint8Array<ArrayBuffer>> => {
    const all = decodeFloats(await tensors.read(name), tensors.info(name).dtype);
    if (dtype === 'F32') return new Uint8Array(all.slice().buffer);
    const bits = new Uint32Array(all.slice().buffer);
    return new Uint8Array(Uint16Array.from(bits, (word) => word >>> 16).buffer);
  };
  const info = (name: string) => {
    const { shape } = tensors.info(name);
    const size = shape.reduce((a, b) => a * b, 1);
    return { dtype, shape, begin: 0, end: size * (dtype === 'F32' ? 4 : 2) };
  };
  return { config, bytes, tensors: { ...tensors, info, read: values } };
}

describe('golden logits of the graph', () => {
  it.each([
    ['f32', 2e-5],
    // Activations of half precision, too.
    ['f16', 2e-2],
  ] as const)('of the small network in %s', async (precision, bound) => {
    const logits = await logitsOf(await fixtureCheckpoint('dit-d64/student'), await smallInputs(), precision);
    const error = distance(logits, await (await fixture('dit-d64/golden')).floats('logits'));
    expect(error).toBeLessThan(bound);
    // Half precision is told from single: a graph that ignored it would pass the wider bound.
    if (precision === 'f16') expect(error).toBeGreaterThan(1e-4);
  });

  it.each([
    ['f32', 4e-5],
    ['f16', 3e-2],
  ] as const)('with time conditioning, each text at its own time, in %s', async (precision, bound) => {
    const more = await fixture('dit-d64/golden_more');
    const wanted = await more.floats('logits_time_conditioned');
    const sigmas = (await more.floats('time_t')).map(sigma);
    const ask = async (values: Float32Array) => {
      const inputs = { ...(await smallInputs()), sigma: new ort.Tensor('float32', values, [2]) };
      return distance(await logitsOf(await timeConditioned(), inputs, precision), wanted);
    };
    expect(await ask(sigmas)).toBeLessThan(bound);
    expect(await ask(sigmas.toReversed())).toBeGreaterThan(2 * bound);
  });

  it.each(['teacher', 'student'] as const)('of the bundled %s', async (id) => {
    const golden = await fixture('bundled');
    const inputs = { tokens: ints(await golden.ints('xt'), [2, 32]), rows: allRows(64) };
    const wanted = await golden.floats(`${id}_logits`);
    const checkpoint = await bundledCheckpoint(id);
    expect(distance(await logitsOf(checkpoint, inputs), wanted)).toBeLessThan(1e-4);
    const half = distance(await logitsOf(checkpoint, inputs, 'f16'), wanted);
    expect(half).toBeLessThan(5e-2);
    expect(half).toBeGreaterThan(1e-3);
  });

  it('are the same for chosen rows, in any order and more than once, of any batch and length', async () => {
    for (const checkpoint of [await fixtureCheckpoint('dit-d64/student'), await timeConditioned()]) {
      const { timeConditioning } = checkpoint.config;
      const session = await openOnnxSession(runtime, checkpoint);
      const inputs = (batch: number): Record<string, ort.Tensor> =>
        timeConditioning
          ? { sigma: new ort.Tensor('float32', Float32Array.of(2, 5).slice(0, batch), [batch]) }
          : {};
      const tokens = [...(await (await fixture('dit-d64/golden')).ints('xt'))].slice(0, 14);
      const run = async (values: number[], batch: number, rows: ort.Tensor) =>
        floats((await session.run({ tokens: ints(values, [batch, 7]), rows, ...inputs(batch) })).logits);
      const all = await run(tokens, 2, allRows(14));
      const rows = [13, 0, 7, 0];
      const some = await run(tokens, 2, ints(rows, [4]));
      const wanted = rows.flatMap((row) => [...all.subarray(131 * row, 131 * (row + 1))]);
      expect(distance(some, wanted)).toBeLessThan(1e-5);
      const alone = await run(tokens.slice(0, 7), 1, allRows(7));
      expect(distance(alone, all.subarray(0, 7 * 131))).toBeLessThan(1e-5);
      await session.release();
    }
  });

  it('of weights in F32 or BF16 that are in no file', async () => {
    const single = restored(await fixtureCheckpoint('dit-d64/student'), 'F32');
    const golden = await (await fixture('dit-d64/golden')).floats('logits');
    expect(distance(await logitsOf(single, await smallInputs()), golden)).toBeLessThan(2e-5);
    const brain = restored(single, 'BF16');
    const logits = await logitsOf(brain, await smallInputs());
    // F32 holds every BF16: the same network, and another one than before.
    expect(distance(logits, await logitsOf(restored(brain, 'F32'), await smallInputs()))).toBeLessThan(1e-5);
    expect(distance(logits, golden)).toBeGreaterThan(1e-2);
  });
});

describe('the causal graph', () => {
  const models = [
    ['small', () => fixtureCheckpoint('dit-d64/causal'), 'dit-d64/causal_golden', 'log_probs', 24],
    ['bundled', () => bundledCheckpoint('causal'), 'bundled', 'causal_log_probs', 32],
  ] as const;

  it.each(models)('%s has the golden values, and the same from a cache', async (...model) => {
    const [, open, file, name, length] = model;
    const checkpoint = await open();
    const { blocks, heads, hidden, vocabulary } = checkpoint.config;
    const golden = await fixture(file);
    const tokens = await golden.ints('x0');
    const session = await openOnnxSession(runtime, checkpoint);
    const caches = Array.from({ length: blocks }, (_, i) => [`${i}.key`, `${i}.value`]).flat();
    const empty = new ort.Tensor('float32', new Float32Array(0), [2, heads, 0, hidden / heads]);
    const nothing = Object.fromEntries(caches.map((cache) => [`past.${cache}`, empty]));
    const part = (from: number, to: number): ort.Tensor =>
      ints([...tokens.subarray(from, to), ...tokens.subarray(length + from, length + to)], [2, to - from]);
    const run = (from: number, to: number, past: Record<string, ort.Tensor>) =>
      session.run({ tokens: part(from, to), rows: allRows(2 * (to - from)), ...past });

    const whole = floats((await run(0, length, nothing)).logits);
    const error = distance(causalLogProbs(whole, vocabulary), await golden.floats(name));
    // The golden values have -1000 less a normaliser of up to 8 as f32, good to 3e-5.
    expect(error).toBeLessThan(1e-4);

    const prefill = length - 9;
    let last = await run(0, prefill, nothing);
    let [from, to] = [0, prefill];
    for (;;) {
      for (const text of [0, 1]) {
        const own = floats(last.logits).subarray(
          text * (to - from) * vocabulary,
          (text + 1) * (to - from) * vocabulary,
        );
        const at = (text * length + from) * vocabulary;
        expect(distance(own, whole.subarray(at, at + own.length))).toBeLessThan(3e-5);
      }
      expect(last['present.0.key'].dims).toEqual([2, heads, to, hidden / heads]);
      if (to === length) break;
      [from, to] = [to, to + 1];
      last = await run(
        from,
        to,
        Object.fromEntries(caches.map((cache) => [`past.${cache}`, last[`present.${cache}`]])),
      );
    }
    // What came before counts: without its cache the last token is the first of a text.
    const without = floats((await run(length - 1, length, nothing)).logits).subarray(0, vocabulary);
    const at = (length - 1) * vocabulary;
    expect(distance(without, whole.subarray(at, at + vocabulary))).toBeGreaterThan(0.1);
    await session.release();
  });

  it('has features, and queries and keys, only where they are asked for; features in floats whatever the precision', async () => {
    const checkpoint = await fixtureCheckpoint('dit-d64/causal');
    const outputs = async (...more: [Precision?, GraphOutputs?]) =>
      (await buildNetwork(checkpoint, ...more)).outputs.filter(({ name }) => !name.startsWith('present'));
    const logits = { name: 'logits', type: DataType.FLOAT, dims: ['rows', 131] };
    const features = { name: 'features', type: DataType.FLOAT, dims: ['rows', 64] };
    expect(await outputs()).toEqual([logits]);
    for (const precision of ['f32', 'f16'] as const) {
      expect(await outputs(precision, { features: true })).toEqual([logits, features]);
      const type = precision === 'f16' ? DataType.FLOAT16 : DataType.FLOAT;
      const names = [0, 1].flatMap((i) => ['q', 'k'].map((part) => `blocks.${i}.${part}.rotated`));
      const attention = names.map((name) => ({ name, type, dims: ['batch', 'length', 64] }));
      expect(await outputs(precision, { attention: true })).toEqual([logits, ...attention]);
    }
  });

  it('runs in half precision', async () => {
    const checkpoint = await bundledCheckpoint('causal');
    const { blocks, heads, hidden, vocabulary } = checkpoint.config;
    const golden = await fixture('bundled');
    const nothing = new ort.Tensor('float16', new Uint16Array(0), [2, heads, 0, hidden / heads]);
    const names = Array.from({ length: blocks }, (_, i) => [`past.${i}.key`, `past.${i}.value`]).flat();
    const past = Object.fromEntries(names.map((name) => [name, nothing]));
    const inputs = { tokens: ints(await golden.ints('x0'), [2, 32]), rows: allRows(64), ...past };
    const logits = await logitsOf(checkpoint, inputs, 'f16');
    const error = distance(causalLogProbs(logits, vocabulary), await golden.floats('causal_log_probs'));
    expect(error).toBeLessThan(3e-2);
    expect(error).toBeGreaterThan(1e-3);
  });
});

describe('the constants of a graph', () => {
  it('are ranges of the file of the checkpoint, but for what is computed', async () => {
    const checkpoint = await bundledCheckpoint('student');
    const { initializers } = await buildNetwork(checkpoint);
    const outside = initializers.filter(({ data }) => 'location' in data);
    for (const { name, data, dims } of outside) {
      const { begin, end, shape } = checkpoint.tensors.info(name);
      expect(data).toEqual({ location: 'model.safetensors', offset: begin, length: end - begin });
      expect(dims).toEqual(shape);
    }
    const bytes = (list: typeof initializers) => list.reduce((sum, { data }) => sum + data.length, 0);
    // adaLN of six blocks, the network of sigma and the norms go into the rest.
    expect(bytes(outside)).toBeGreaterThan(0.94 * checkpoint.bytes);
    const inside = initializers.filter(({ data }) => !('location' in data));
    expect(bytes(inside)).toBeLessThan(0.01 * checkpoint.bytes);
  });
});

describe('a failure of onnxruntime', () => {
  it.each<[string, unknown, string, string]>([
    // As Chromium and onnxruntime 1.30 say it where the binary cannot be fetched.
    [
      'a missing binary',
      new Error(
        'no available backend found. ERR: [wasm] RuntimeError: Aborted(both async and sync fetching of the wasm failed). ' +
          'Build with -sASSERTIONS for more info.',
      ),
      'network',
      'Build with -sASSERTIONS for more info): check the connection and reload the page.',
    ],
    [
      'an exception of C++',
      5308416,
      'out-of-memory',
      '(exception 5308416): close other tabs or choose a smaller model.',
    ],
    ['no room', new Error('std::bad_alloc'), 'out-of-memory', '(std::bad_alloc): close other tabs'],
    ['anything else', new Error('Invalid\n rank.'), 'internal', '(Invalid rank): reload the page'],
  ])('is told in one sentence: %s', (_name, error, code, says) => {
    const told = describeFailure(error, 'run small');
    expect(told).toMatchObject({ name: 'UnmaskError', code, cause: error });
    expect(told.message).toContain(says);
    expect(told.message).toMatch(/^onnxruntime could not run small \(/);
    // What is one already stays as it is.
    expect(describeFailure(told, 'run another')).toBe(told);
  });
});

describe('what is refused', () => {
  it('is a checkpoint with a tensor missing', async () => {
    const checkpoint = await fixtureCheckpoint('dit-d64/student');
    const info = (name: string) => checkpoint.tensors.info(name.replace('blocks.1.mlp.0', 'blocks.9.mlp.0'));
    const broken = { ...checkpoint, tensors: { ...checkpoint.tensors, info } };
    await expect(openOnnxSession(runtime, broken)).rejects.toMatchObject({
      code: 'tensor-missing',
      message: expect.stringContaining('has no tensor blocks.9.mlp.0') as string,
    });
  });

  it('is a graph that is damaged, or whose file ends early', async () => {
    const checkpoint = await fixtureCheckpoint('dit-d64/student');
    const { parts } = encodeModel(await buildNetwork(checkpoint), 'external');
    const whole = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
    const open = (graph: Uint8Array, weights: Blob) =>
      openGraph(runtime, 'small', graph, {
        externalData: [{ path: 'model.safetensors', data: weights }],
        logSeverityLevel: 4,
      });
    const weights = checkpoint.weights!;
    const says = (code: string) => ({
      name: 'UnmaskError',
      code,
      message: expect.stringMatching(/^onnxruntime could not set up small \(.+\): .+\.$/) as string,
    });
    await expect(open(whole.subarray(0, whole.length - 40), weights)).rejects.toMatchObject(says('internal'));
    await expect(open(new Uint8Array(100).fill(7), weights)).rejects.toMatchObject(says('internal'));
    await expect(open(whole, weights.slice(0, weights.size / 2))).rejects.toMatchObject(says('internal'));
    await (await open(whole, weights)).release();
  });
});
