import { Float16Array } from '@petamoriken/float16';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import config from '../../../../fixtures/golden/dit-d64/config.json';
import { fixtureCheckpoint } from '../../../../fixtures/load.ts';
import { openCheckpoint } from '../checkpoint.ts';
import type { ModelConfig } from '../config.ts';
import { decodeFloats, headerLength, openSafetensors, parseHeader, tensorSource } from '../safetensors.ts';
import { f32, tensorFile, type RawTensor } from '../testing.ts';
import { writeSafetensors } from '../write.ts';
import { download } from './download.ts';
import { f16Size, f16Stream } from './f16-stream.ts';
import type { RemoteHeader } from './remote-header.ts';
import { memorySink } from './testing/memory-sink.ts';
import type { TransformFactory } from './transform.ts';

/** A network whose tensors here need not be whole: only names count. */
const network: ModelConfig = {
  ...{ name: 'x', kind: 'diffusion', hidden: 4, heads: 1, blocks: 1, condDim: 2, length: 8, vocabulary: 5 },
  ...{ timeConditioning: false, samplingEps: 1e-5 },
};

const path = 'my.safetensors';
const bytesOf = async (blob: Blob): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await blob.arrayBuffer());

function headerOf(file: Uint8Array<ArrayBuffer>): RemoteHeader {
  const bytes = file.slice(0, 8 + headerLength(file, file.length, path));
  const entries = parseHeader(bytes.subarray(8), file.length, path);
  const tensors = tensorSource(entries, path, () => Promise.reject(new Error('not here')));
  return { file: { path, bytes: file.length }, bytes, entries, tensors };
}

/** The file in pieces that end at `cuts`, taken on by another transform after each of `resumes`. */
function inPieces(
  factory: TransformFactory,
  file: Uint8Array<ArrayBuffer>,
  cuts: number[] = [],
  resumes: (cut: number) => boolean = () => false,
): Uint8Array<ArrayBuffer> {
  let transform = factory();
  let from = 0;
  const out: Uint8Array[] = [];
  for (const to of [...cuts.toSorted((a, b) => a - b), file.length]) {
    out.push(transform.push(file.subarray(from, to)));
    from = to;
    if (resumes(to)) transform = factory(transform.save());
  }
  return new Uint8Array(Buffer.concat(out));
}

const values = [
  0,
  -0,
  1,
  -1.5,
  1 / 3,
  65_504,
  -65_504,
  2 ** -24,
  2 ** -25,
  3e-8,
  1e-10,
  2049,
  2051,
  65_503.99,
];
const bf16: RawTensor = {
  ...{ dtype: 'BF16', shape: [5] },
  bytes: new Uint8Array(Uint16Array.of(0x3f80, 0xbeab, 0x3dcd, 0x477f, 0x0001).buffer),
};
/** Tensors of all kinds, some at odd places of the file. */
const mixed: Record<string, RawTensor> = {
  'backbone.vocab_embed.embedding': f32([7, 2], values),
  steps: { dtype: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 3) },
  'backbone._orig_mod.blocks.0.norm1.weight': bf16,
  'backbone.rotary_emb.inv_freq': f32([3], [1, 1e-9, 1e9]),
  'backbone.blocks.0.norm2.weight': f32([1], [0.1]),
  'backbone.blocks.0.attn_qkv.weight': { dtype: 'F16', shape: [2], bytes: Uint8Array.of(1, 2, 3, 4) },
  'backbone.blocks.0.attn_out.weight': { dtype: 'F32', shape: [0, 4], bytes: new Uint8Array() },
  'backbone.sigma_map.mlp.0.bias': { dtype: 'I64', shape: [1], bytes: new Uint8Array(8) },
};

describe('f16Stream', () => {
  it('rounds the floats of the network, as Float16Array does, and leaves the rest alone', async () => {
    const file = await bytesOf(tensorFile(mixed));
    const header = headerOf(file);
    const rounded = inPieces(f16Stream(header, network), file);
    expect(rounded.length).toBe(f16Size(header, network));
    const before = await openSafetensors(new Blob([file]), 'x');
    const after = await openSafetensors(new Blob([rounded]), 'x');
    expect(after.names()).toEqual(before.names());
    const entries = headerOf(rounded).entries;
    const expected = (name: string): unknown => {
      const { bytes, dtype } = mixed[name];
      if (!['F32', 'BF16'].includes(dtype) || name.includes('rotary')) return [dtype, bytes];
      const half = new Float16Array(decodeFloats(bytes, dtype as 'F32'));
      return ['F16', new Uint8Array(half.buffer)];
    };
    for (const name of Object.keys(mixed)) {
      const { dtype, shape, begin, end } = entries.get(name)!;
      expect(shape).toEqual(mixed[name].shape);
      expect([name, [dtype, rounded.slice(begin, end)]]).toEqual([name, expected(name)]);
    }
    const halves = decodeFloats(await after.read('backbone.vocab_embed.embedding'), 'F16');
    // 2049 and 2051 lie in the middle: to the even neighbour. So does 2^-25.
    expect([...halves.slice(5)]).toEqual([
      ...[65_504, -65_504, 2 ** -24, 0, 2 ** -24, 0, 2048, 2052, 65_504],
    ]);
  });

  it('gives the same bytes for any pieces, and from any place that it was saved at', async () => {
    const file = await bytesOf(tensorFile(mixed));
    const factory = f16Stream(headerOf(file), network);
    const whole = inPieces(factory, file);
    const everywhere = Array.from({ length: file.length }, (_, i) => i);
    expect(inPieces(factory, file, everywhere, () => true)).toEqual(whole);
    const cuts = fc.array(fc.nat(file.length), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, fc.integer({ min: 1, max: 3 }), (at, nth) => {
        expect(inPieces(factory, file, at, (cut) => cut % nth === 0)).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it('rounds any values as Float16Array does', async () => {
    const float = fc.float({ min: -65_504, max: 65_504, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(float, { minLength: 1, maxLength: 40 }), fc.nat(200), async (some, cut) => {
        const file = await bytesOf(tensorFile({ 'output_layer.linear.bias': f32([some.length], some) }));
        const rounded = inPieces(f16Stream(headerOf(file), network), file, [Math.min(cut, file.length)]);
        const half = new Uint8Array(new Float16Array(Float32Array.from(some)).buffer);
        expect(rounded.slice(-half.length)).toEqual(half);
      }),
      { numRuns: 200 },
    );
  });

  it('makes a file that opens, with what its header says besides', async () => {
    const { tensors, weights } = await fixtureCheckpoint('dit-d64/student');
    const model = (await openCheckpoint({ config, weights: weights! })).config;
    const all = tensors.names().map(async (name) => {
      const { dtype, shape } = tensors.info(name);
      return { name, dtype, shape, data: await tensors.read(name) };
    });
    const metadata = { format: 'pt', note: 'ü' };
    const file = await bytesOf(writeSafetensors(await Promise.all(all), metadata));
    const rounded = inPieces(f16Stream(headerOf(file), model), file);
    const header = JSON.parse(new TextDecoder().decode(headerOf(rounded).bytes.subarray(8))) as object;
    expect(header).toMatchObject({ __metadata__: metadata });
    const opened = await openCheckpoint({ config, weights: new Blob([rounded]) });
    expect(opened.tensors.info('output_layer.linear.weight').dtype).toBe('F16');
    expect(opened.tensors.info('rotary_emb.inv_freq').dtype).toBe('F32');
  });

  it.each([65_505, Infinity, -1e30])('refuses %d by the name of its tensor', async (value) => {
    const name = 'backbone.blocks.0.mlp.0.bias';
    const file = await bytesOf(tensorFile({ [name]: f32([3], [1, value, 2]), other: f32([1], [value]) }));
    const factory = f16Stream(headerOf(file), network);
    const shown = String(Math.fround(value));
    expect(() => inPieces(factory, file)).toThrow(`my.safetensors: tensor ${name} holds ${shown}, but half`);
    expect(() => inPieces(factory, file)).toThrow(expect.objectContaining({ code: 'tensor-range' }));
    expect(() => inPieces(factory, file)).toThrow("keep the file's own weights");
  });

  it('refuses a file with another header, and a place that is none', async () => {
    const file = await bytesOf(tensorFile(mixed));
    const factory = f16Stream(headerOf(file), network);
    const other = file.slice();
    other[20] ^= 1;
    expect(() => inPieces(factory, other)).toThrow(expect.objectContaining({ code: 'hash-mismatch' }));
    for (const saved of ['', 'x', '-1 ', '1', '1 0', '1.5 ']) expect(() => factory(saved)).toThrow();
  });
});

describe('a download that is rounded on the way', () => {
  it('goes on from what was saved, and drops what cannot be rounded', async () => {
    const file = await bytesOf(tensorFile(mixed));
    const header = headerOf(file);
    const transform = f16Stream(header, network);
    const whole = inPieces(transform, file);
    const sink = memorySink();
    /** Breaks behind `bytes`, which is within a value. */
    const host = (bytes: number) => (_: string, init?: { headers?: Record<string, string> }) => {
      const from = Number(/\d+/.exec(init?.headers?.['Range'] ?? '0')![0]);
      const body = new Blob([file.subarray(from, bytes)]).stream();
      const headers = { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` };
      return Promise.resolve(new Response(body, { status: from ? 206 : 200, headers: from ? headers : {} }));
    };
    const half = header.bytes.length + 22;
    const attempt = download('https://x/y', header.file, sink, {
      transform,
      pauses: [],
      fetcher: host(half),
    });
    await expect(attempt).rejects.toMatchObject({ code: 'network' });
    const after = sink.reloaded();
    expect(after.state).toMatchObject({ received: half });
    expect(after.state!.stored).toBe(after.bytes().length);
    await download('https://x/y', header.file, after, { transform, fetcher: host(file.length) });
    expect(after.bytes()).toEqual(whole);
    expect(after.calls.restart).toBe(0);

    const huge = await bytesOf(tensorFile({ 'vocab_embed.embedding': f32([1], [1e9]) }));
    const refused = memorySink();
    const failing = download('https://x/y', { path, bytes: huge.length }, refused, {
      transform: f16Stream(headerOf(huge), network),
      fetcher: () => Promise.resolve(new Response(huge)),
    });
    await expect(failing).rejects.toMatchObject({ code: 'tensor-range' });
    expect([refused.state, refused.bytes().length, refused.calls.restart]).toEqual([undefined, 0, 1]);
  });
});
