/** What the engine does with a causal model. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { refusal } from './race/race.testing.ts';
import { FakeCausal, fakeEngine } from './testing.ts';

const bundled = (path: string): Promise<Buffer> =>
  readFile(new URL(`../../public/weights/${path}`, import.meta.url));

describe('a causal model', () => {
  it('is set up when it is loaded', async () => {
    const { engine, made } = fakeEngine();
    expect(await engine.call('load', { model: 'causal' })).toMatchObject({ id: 'causal', kind: 'causal' });
    expect(made).toHaveLength(1);
    await engine.call('sample', { model: 'causal' });
    expect(made).toHaveLength(1);
  });

  it('is opened from files, and set up', async () => {
    const { engine, made } = fakeEngine();
    const config = JSON.parse((await bundled('causal/config.json')).toString()) as object;
    const weights = new Blob([new Uint8Array(await bundled('causal/model.safetensors'))]);
    const model = await engine.call('open', { config, weights });
    expect(made.map((network) => network instanceof FakeCausal)).toEqual([true]);
    const { perplexity } = await engine.call('score', { model, tokens: [[0, 10, 30]] });
    expect(perplexity).toBeCloseTo(Math.exp(2), 5);
  });

  it('writes from left to right behind BOS and prompt, one token in each pass', async () => {
    const { engine } = fakeEngine();
    const planned: string[] = [];
    const { tokens, traces, ...run } = await engine.call(
      'sample',
      { model: 'causal', length: 7, prompt: 'Once upon', steps: 3 },
      {
        onPlan: ({ sampler, steps, samples }) =>
          planned.push(`${sampler} ${steps} ${samples[0].passes.length}`),
      },
    );
    expect(planned).toEqual(['autoregressive 0 4']);
    expect(run).toMatchObject({ steps: 0, forwardPasses: 4 });
    expect(traces[0].steps.map(({ positions }) => positions)).toEqual([[3], [4], [5], [6]]);
    expect(tokens).toEqual([[0, 419, 428, 3, 4, 5, 6]]);
  });

  it('gives its logits, and says how likely a text is', async () => {
    const { engine } = fakeEngine();
    const { shape } = await engine.call('logits', { model: 'causal', tokens: [[0, 419]] });
    expect(shape).toEqual([1, 2, 4097]);
    const { nll } = await engine.call('score', { model: 'causal', tokens: [[0, 10, 20]] });
    expect([...nll]).toEqual([1.5]);
  });

  it.each([
    [
      'inspect',
      { model: 'causal', tokens: [4096], positions: [0] },
      /^The model causal is causal: .* looked into/,
    ],
    [
      'sample',
      { model: 'causal', sampler: 'confidence' },
      /^sampler is "confidence", but .* is autoregressive/,
    ],
    ['sample', { model: 'causal', bos: false }, /needs a token to begin with/],
    ['score', { model: 'student', tokens: [[0, 1]] }, /^model is "student", a diffusion model/],
  ] as const)('is not the model for %s(%j)', async (name, options, message) => {
    await expect(fakeEngine().engine.call(name, options as never)).rejects.toMatchObject(
      refusal('argument', message),
    );
  });
});

describe('a race', () => {
  const lanes = [
    { model: 'student', length: 8, steps: 2 },
    { model: 'causal', length: 8 },
  ];

  it('runs the bundled models, with the text that sample() writes, and the causal one for its judge', async () => {
    const { engine } = fakeEngine();
    const results = await engine.call('race', { lanes, seed: 4, repeats: 2 });
    for (const [i, { tokens, text, quality }] of results.entries()) {
      const run = await engine.call('sample', { ...lanes[i], seed: 4 });
      expect({ tokens, text: [text] }).toEqual({ tokens: run.tokens, text: run.text });
      expect(quality).toMatchObject({ judge: 'causal', selfScored: i === 1 });
    }
  });

  it('is one entry of the queue: nothing else runs meanwhile', async () => {
    const { engine } = fakeEngine();
    const order: string[] = [];
    await Promise.all([
      engine.call('race', { lanes, repeats: 1 }, { onLane: ({ lane }) => order.push(`lane ${lane}`) }),
      engine.call('sample', { model: 'student' }, { onPlan: () => order.push('sample') }),
    ]);
    expect(order).toEqual(['lane 0', 'lane 1', 'lane 0', 'lane 1', 'sample']);
  });

  it('says which lane it cannot take', async () => {
    const { engine } = fakeEngine();
    const race = (lane: object) => engine.call('race', { lanes: [lanes[0], lane as never] });
    await expect(race({ model: 'GPT' })).rejects.toMatchObject(
      refusal('unknown-model', /^lanes\[1\]: There is no model "GPT": choose one of teacher/),
    );
    await expect(race({ ...lanes[0], backend: 'wasm' })).rejects.toMatchObject(
      refusal('argument', /^lanes\[1\]: backend "wasm" is not part of this build: leave it out\.$/),
    );
  });

  it('that is cancelled leaves the queue to the next request', async () => {
    const { engine } = fakeEngine();
    const controller = new AbortController();
    const race = engine.call(
      'race',
      { lanes, count: 256 },
      {
        signal: controller.signal,
        onRace: ({ stage }) => {
          if (stage === 'write') controller.abort();
        },
      },
    );
    await expect(race).rejects.toMatchObject(refusal('aborted', /./));
    expect(await engine.call('load', { model: 'student' })).toMatchObject({ id: 'student' });
  });
});
