/** `window.unmask`: numbers of the released code, sampling, and what it refuses. */
import { fixture } from '../fixtures/load.ts';
import type { SampleOptions } from '../src/worker/protocol.ts';
import { expect, test } from './fixtures.ts';
import { largestDifference, logits, open, openQuietPage, readBytes, rows } from './page.ts';

const config = async (): Promise<{ model: object }> =>
  JSON.parse((await readBytes('fixtures/golden/dit-d64/config.json')).toString()) as { model: object };
const weights = async (): Promise<string> =>
  (await readBytes('fixtures/golden/dit-d64/student.safetensors')).toString('base64');

test('gives the logits of the released code', async ({ page }) => {
  await openQuietPage(page);
  expect(await page.evaluate(() => window.unmask.ready)).toMatchObject({ backend: 'webgpu' });

  await test.step('small golden network, f32', async () => {
    const golden = await fixture('dit-d64/golden');
    const opened = await open(page, { config: await config(), weights: await weights(), storage: 'f32' });
    const model = (opened as { id: string }).id;
    const tokens = rows(await golden.ints('xt'), golden.shape('xt')[1]);
    const { shape, data } = await logits(page, { model, tokens });
    expect(shape).toEqual(golden.shape('logits'));
    expect(largestDifference(data, await golden.floats('logits'))).toBeLessThanOrEqual(1e-4);
  });

  await test.step('the same network reading the time', async () => {
    const more = await fixture('dit-d64/golden_more');
    const golden = await fixture('dit-d64/golden');
    const opened = await open(page, {
      config: { ...(await config()), time_conditioning: true },
      weights: await weights(),
      storage: 'f32',
    });
    const model = (opened as { id: string }).id;
    const tokens = rows(await golden.ints('xt'), golden.shape('xt')[1]);
    const t = [...(await more.floats('time_t'))];
    const { data } = await logits(page, { model, tokens, t });
    const expected = await more.floats('logits_time_conditioned');
    expect(largestDifference(data, expected)).toBeLessThanOrEqual(1e-4);
    // The time matters: without it the same weights say something else.
    expect(largestDifference(data, await golden.floats('logits'))).toBeGreaterThan(1e-3);
  });

  await test.step('bundled student and teacher', async () => {
    const golden = await fixture('bundled');
    const tokens = rows(await golden.ints('xt'), golden.shape('xt')[1]);
    for (const model of ['student', 'teacher']) {
      const { data } = await logits(page, { model, tokens });
      const expected = await golden.floats(`${model}_logits`);
      expect(largestDifference(data, expected), model).toBeLessThanOrEqual(1e-2);
    }
  });
});

test('looks into a masked slot of a text that was encoded', async ({ page }) => {
  await openQuietPage(page);
  const { tokens, slots, data } = await page.evaluate(async () => {
    const text = { model: 'student', text: 'Once upon a' };
    const tokens = [0, ...(await window.unmask.encode(text)), 4096, 4096];
    const asked = { model: 'student', tokens, positions: [5, 4], drawn: [3, 393], top: 5 };
    const { data } = await window.unmask.logits({ model: 'student', tokens: [tokens] });
    return {
      tokens,
      slots: await window.unmask.inspect(asked),
      data: [...data.subarray(4 * 4097, 5 * 4097)],
    };
  });
  expect(tokens).toEqual([0, 419, 428, 259, 4096, 4096]);
  expect(slots.map(({ position, candidates }) => [position, candidates.length])).toEqual([
    [5, 5],
    [4, 5],
  ]);
  const { candidates, drawn } = slots[1];
  expect(candidates[0].token).toBe(393);
  expect(drawn).toEqual({ ...candidates[0], rank: 1 });
  // Softmax of the logits that the other call gives, the mask left out.
  const sum = data.slice(0, 4096).reduce((total, logit) => total + Math.exp(logit), 0);
  for (const { token, probability } of candidates) {
    expect(Math.abs(probability - Math.exp(data[token]) / sum)).toBeLessThan(1e-9);
  }
});

test('says what the positions of a text read in a head, alike on both backends', async ({ page }) => {
  await openQuietPage(page);
  const [ours, theirs] = await page.evaluate(async () => {
    const asked = { model: 'student', tokens: [0, 419, 428, 259, 4096, 4096], layer: 2, head: 1 };
    const ask = async (backend: 'webgpu' | 'wasm') => {
      const found = await window.unmask.attention({ ...asked, backend });
      return { ...found, weights: [...found.weights] };
    };
    return [await ask('webgpu'), await ask('wasm')];
  });
  expect(ours).toMatchObject({ layers: 6, heads: 4, length: 6 });
  for (let row = 0; row < 6; row++) {
    const sum = ours.weights.slice(6 * row, 6 * row + 6).reduce((a, b) => a + b);
    expect(Math.abs(sum - 1)).toBeLessThan(1e-5);
  }
  const [a, b] = [ours, theirs].map(({ weights }) => Float32Array.from(weights));
  expect(largestDifference(a, b)).toBeLessThan(1e-4);
});

test('samples: the same seed gives the same text, and what is given stays', async ({ page }) => {
  await openQuietPage(page);
  const sample = (options: Omit<SampleOptions, 'model'>) =>
    page.evaluate((o) => window.unmask.sample({ model: 'student', ...o }), options);

  const one = await sample({ steps: 4, seed: 11 });
  expect(one.tokens[0]).toHaveLength(32);
  expect(one).toMatchObject({ steps: 4, backend: 'webgpu' });
  const came = one.traces[0].steps.flatMap(({ positions }) => positions);
  expect(came.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
  expect(one.forwardPasses).toBe(one.traces[0].steps.length);
  for (const { step, t, probabilities, entropies } of one.traces[0].steps) {
    expect(step).toBeGreaterThanOrEqual(1);
    expect(t).toBeCloseTo(step <= 4 ? 1 - (step - 1) / 4 : 0, 4);
    for (const p of probabilities) expect(p > 0 && p <= 1).toBe(true);
    for (const entropy of entropies) expect(entropy >= 0 && entropy <= Math.log(4096)).toBe(true);
  }
  expect(one.submits).toBeGreaterThan(0);
  expect(one.dispatches).toBeGreaterThan(0);
  expect(one.milliseconds).toBeGreaterThan(0);

  const again = await sample({ steps: 4, seed: 11 });
  expect(again.tokens).toEqual(one.tokens);
  const two = await sample({ steps: 4, seed: 11, count: 2 });
  expect(two.tokens[0]).toEqual(one.tokens[0]);
  expect(two.text[0]).toBe(one.text[0]);
  expect(two.text[1]).not.toBe(one.text[0]);
  const other = await sample({ steps: 4, seed: 12 });
  expect(other.tokens).not.toEqual(one.tokens);

  const given = await sample({
    ...{ length: 16, steps: 2, seed: 3, prompt: 'Once upon a time' },
    pinned: { 8: ' girl', 15: 14 },
    topP: 0.9,
    temperature: 0.8,
  });
  expect(given.tokens[0].slice(0, 5)).toEqual([0, 419, 428, 259, 393]);
  expect([given.tokens[0][8], given.tokens[0][15]]).toEqual([456, 14]);
  expect(given.text[0]).toMatch(/^Once upon a time.* girl.*\.$/s);

  const many = await sample({ length: 6, steps: 1024, seed: 3 });
  expect(many.forwardPasses).toBeLessThanOrEqual(5);
  const hitting = await sample({ length: 5, sampler: 'first-hitting', seed: 3, bos: false });
  expect(hitting).toMatchObject({ steps: 0, forwardPasses: 5 });
  // In one step there is nothing to choose; in more, other slots come first.
  const options = { length: 12, seed: 11, topP: 0.9 };
  const sure = await sample({ ...options, steps: 1, sampler: 'confidence' });
  expect(sure.text).toEqual((await sample({ ...options, steps: 1 })).text);
  const surer = await sample({ ...options, steps: 6, sampler: 'confidence', count: 2 });
  expect(surer).toMatchObject({ steps: 6, tokens: [expect.any(Array), expect.any(Array)] });
  for (const { steps } of surer.traces) {
    const slots = steps.flatMap(({ positions }) => positions);
    expect(slots.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => i + 1));
  }
});

test('rejects with a code and a sentence, and stops when told to', async ({ page }) => {
  await openQuietPage(page);
  const failure = (call: 'sample' | 'logits' | 'open', options: object) =>
    page.evaluate(
      async ([name, given]) => {
        const { unmask } = window;
        const rejected = await unmask[name](given as never).catch((error: unknown) => error as Error);
        return rejected instanceof Error
          ? { name: rejected.name, code: (rejected as { code?: string }).code, message: rejected.message }
          : 'no error';
      },
      [call, options] as const,
    );
  const refused = (code: string, message: RegExp): unknown => ({
    name: 'UnmaskError',
    code,
    message: expect.stringMatching(message) as unknown,
  });

  expect(await failure('sample', { model: 'student', steps: 0 })).toEqual(
    refused('argument', /^steps is 0: .* 1 to 1024/),
  );
  expect(await failure('sample', { model: 'student', pinned: { 3: 'Once upon' } })).toEqual(
    refused('argument', /"Once" \+ " upon"/),
  );
  expect(await failure('sample', { model: 'student', sampler: 'ddpm' })).toEqual(
    refused('argument', /"first-hitting" and "confidence"/),
  );
  expect(await failure('sample', { model: 'gpt' })).toEqual(
    refused('unknown-model', /teacher, student, causal/),
  );
  expect(await failure('logits', { model: 'student', tokens: [[9999]] })).toEqual(
    refused('argument', /tokens\[0\]/),
  );
  expect(await failure('open', { repo: 'a' })).toEqual(refused('argument', /owner\/name/));
  expect(await failure('open', { config: {}, weights: 'nowhere.safetensors' })).toEqual(
    refused('not-found', /nowhere\.safetensors/),
  );

  const stopped = await page.evaluate(async () => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort();
    }, 300);
    const run = window.unmask.sample({
      model: 'student',
      steps: 1024,
      length: 128,
      signal: controller.signal,
    });
    return run.then(
      () => 'finished',
      (error: unknown) => (error as { code: string }).code,
    );
  });
  expect(stopped).toBe('aborted');
});
