import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadManifest, type Fetcher } from '../checkpoint/bundled.ts';
import { UnmaskError } from '../errors.ts';
import { createTokenizer, type Tokenizer } from '../tokenizer/tokenizer.ts';
import { encodeTexts, TextData } from './data.ts';
import { fetchSamples } from './samples.ts';

const MASK = 100;

/** A letter a token, from 1; 0 begins a text. */
const letters: Tokenizer = {
  size: 27,
  bos: 0,
  eos: 0,
  encode: (text) =>
    Array.from(text, (letter) => {
      const id = letter.charCodeAt(0) - 96;
      if (id >= 1 && id <= 26) return id;
      throw new UnmaskError('tokenizer', 'tokenizer.json has no token for a part of the text.');
    }),
  decode: (ids) => ids.map((id) => String.fromCharCode(id + 96)).join(''),
  piece: (id) => String.fromCharCode(id + 96),
};

const argument = (message: string): UnmaskError => new UnmaskError('argument', message);

describe('encodeTexts', () => {
  it('puts BOS before each text, and leaves blank texts out', () => {
    const { tokens, texts } = encodeTexts(['ab', ' \n', 'c'], letters, 27);
    expect([...tokens]).toEqual([0, 1, 2, 0, 3]);
    expect(texts).toBe(2);
  });

  it('takes ids where there is no tokenizer', () => {
    const { tokens, texts } = encodeTexts(['3 1\n4', '1'], undefined, 5);
    expect([...tokens, texts]).toEqual([3, 1, 4, 1, 2]);
  });

  it('says what is wrong in one sentence', () => {
    const ids = (word: string): string =>
      `Text 1 has "${word}" in it: the model came without a tokenizer, so give token ids from 0 to 4, separated by spaces.`;
    expect(() => encodeTexts([], letters, 27)).toThrow(argument('data has no text: give at least one.'));
    expect(() => encodeTexts(['', ' \n'], letters, 27)).toThrow(
      argument('data holds nothing but white space: give texts with words in them.'),
    );
    expect(() => encodeTexts(['a', 'b\ud800'], letters, 27)).toThrow(
      argument('Text 2 holds half of a character (a lone surrogate): take it out.'),
    );
    expect(() => encodeTexts(['a', 'B'], letters, 27)).toThrow(
      argument('Text 2 cannot be written in tokens: tokenizer.json has no token for a part of the text.'),
    );
    for (const word of ['5', '-1', '1.5', 'one', '1e0']) {
      expect(() => encodeTexts([`0 ${word} 1`], undefined, 5)).toThrow(argument(ids(word)));
    }
  });
});

/** So many windows whose tokens say which one it is. */
const numbered = (windows: number, length: number, rest = 0) => ({
  tokens: Uint32Array.from({ length: windows * length + rest }, (_, i) => Math.floor(i / length)),
  texts: 1,
});

describe('TextData', () => {
  it('cuts the stream into windows, each of which is trained on or held out', () => {
    const property = fc.property(
      fc.integer({ min: 2, max: 300 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 1, max: 16 }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (windows, length, rest, batch, seed) => {
        const data = new TextData(numbered(windows, length, rest % length), { length, batch, seed });
        expect(data.windows + data.heldOut).toBe(windows);
        expect(data.heldOut).toBe(
          Math.max(1, Math.round(windows / 20), Math.min(batch, Math.floor(windows / 4))),
        );
        const training = data.batch(0, data.windows);
        const seen = [...training, ...data.heldOutBatch(0, data.heldOut)].filter((_, i) => i % length === 0);
        expect(seen.sort((a, b) => a - b)).toEqual([...Array(windows).keys()]);
        for (let i = 0; i < training.length; i++) {
          expect(training[i]).toBe(training[i - (i % length)]);
        }
      },
    );
    fc.assert(property, { numRuns: 50, seed: 1 });
  });

  const firsts = (data: TextData, place: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => data.window(place + i)[0]);

  it('comes in another order in each epoch, and in the same one wherever it resumes', () => {
    const options = { length: 2, batch: 4, seed: 5 };
    const data = new TextData(numbered(60, 2), options);
    const { windows } = data;
    const epochs = [0, 1, 2].map((epoch) => firsts(data, epoch * windows, windows));
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(epochs[1]).not.toEqual(epochs[2]);
    for (const epoch of epochs) {
      expect(epoch.toSorted((a, b) => a - b)).toEqual(epochs[0].toSorted((a, b) => a - b));
    }
    const resumed = new TextData(data.stream, options);
    const place = windows - 3;
    expect(resumed.batch(place, 6)).toEqual(data.batch(place, 6));
    expect(firsts(resumed, place, 6)).toEqual([...epochs[0].slice(-3), ...epochs[1].slice(0, 3)]);
    const other = new TextData(data.stream, { ...options, seed: 6 });
    expect(firsts(other, 0, windows)).not.toEqual(epochs[0]);
    expect(other.heldOutBatch(0, 4)).not.toEqual(data.heldOutBatch(0, 4));
  });

  it('begins the held-out windows anew after the last one', () => {
    const data = new TextData(numbered(12, 3), { length: 3, batch: 2, seed: 1 });
    const [first, second] = [0, 1].map((i) => data.heldOutBatch(i, 1));
    expect(data.heldOut).toBe(2);
    expect(data.heldOutBatch(0, 3)).toEqual(Uint32Array.of(...first, ...second, ...first));
  });

  it('says how much is missing', () => {
    expect(() => new TextData(numbered(7, 1), { length: 4, batch: 1, seed: 0 })).toThrow(
      argument(
        'data is 7 tokens long, but 8 are needed, 4 to train on and 4 to hold out: give more text, or a smaller length.',
      ),
    );
  });
});

describe('the bundled texts', () => {
  const folder = new URL('../../../public/weights/', import.meta.url);
  const fromDisk: Fetcher = async (url) => new Response(new Uint8Array(await readFile(new URL(url))));

  it('are texts of 127 tokens in the vocabulary of the bundled models', async () => {
    const manifest = await loadManifest(folder.href, fromDisk);
    const texts = await fetchSamples(folder.href, manifest, fromDisk);
    // Some of the 1,024 ended early, and the model began another one; so there are more.
    expect(texts.length).toBeGreaterThanOrEqual(1024);
    const tokenizer = createTokenizer(
      JSON.parse(await readFile(new URL('tokenizer.json', folder), 'utf8')) as object,
      'tokenizer.json',
    );
    const few = encodeTexts(texts.slice(0, 40), tokenizer, MASK);
    expect(few.texts).toBe(40);
    expect(few.tokens.filter((id) => id === tokenizer.bos).length).toBe(40);
    expect(few.tokens.length).toBeGreaterThan(36 * 127);
  });

  it('are missed in one sentence, and checked', async () => {
    const manifest = await loadManifest(folder.href, fromDisk);
    const { samples, ...old } = manifest;
    await expect(fetchSamples(folder.href, old, fromDisk)).rejects.toThrow(
      new UnmaskError('not-found', 'This page was deployed without sample texts: give texts as data.'),
    );
    const damaged = { ...manifest, samples: { ...samples!, sha256: '0'.repeat(64) } };
    await expect(fetchSamples(folder.href, damaged, fromDisk)).rejects.toThrow(
      expect.objectContaining({ code: 'hash-mismatch' }) as Error,
    );
    const foreign = JSON.stringify({ ...manifest, samples: 'samples.txt' });
    await expect(loadManifest(folder.href, () => Promise.resolve(new Response(foreign)))).rejects.toThrow(
      /manifest\.json is no manifest of version 1/,
    );
  });
});
