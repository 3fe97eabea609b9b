import { describe, expect, it } from 'vitest';
import { UnmaskError } from '../model/errors.ts';
import { toUnmaskError, type EngineOptions } from './engine.ts';
import type { LoadProgress, SampleOptions } from './protocol.ts';
import { diskHost, fakeEngine, smallModel } from './testing.ts';

/** Matches an UnmaskError of this code whose sentence fits. */
const code = (wanted: string, message = /./): unknown =>
  expect.objectContaining({
    name: 'UnmaskError',
    code: wanted,
    message: expect.stringMatching(message) as unknown,
  });

describe('ready', () => {
  it('names backend and adapter, and says when a CPU plays GPU', async () => {
    const { engine } = fakeEngine();
    const adapter = 'test swiftshader (software)';
    expect(await engine.call('ready', {})).toEqual({ backend: 'webgpu', adapter, software: true });
  });

  it.each<[string, Partial<EngineOptions>, RegExp]>([
    ['no API', { gpu: undefined }, /no WebGPU/],
    ['an insecure context', { secure: false }, /https/],
    [
      'no adapter',
      { gpu: { requestAdapter: () => Promise.resolve(null) } as unknown as GPU },
      /hardware acceleration/,
    ],
  ])('rejects with the remedy for %s', async (_, options, remedy) => {
    await expect(fakeEngine(options).engine.call('ready', {})).rejects.toEqual(code('no-webgpu', remedy));
  });
});

it('says when it is busy, and idle only once no call is left', async () => {
  const told: string[] = [];
  const { engine } = fakeEngine({ onBusy: () => told.push('busy'), onIdle: () => told.push('idle') });
  await Promise.all([engine.call('ready', {}), engine.call('models', {})]);
  await engine.call('sample', { model: 'nothing' }).catch(() => undefined);
  expect(told).toEqual(['busy', 'busy', 'idle', 'busy', 'idle']);
});

describe('models', () => {
  it('lists the bundled ones and fetches no weights', async () => {
    const { engine, host } = fakeEngine();
    const models = await engine.call('models', {});
    expect(models.map(({ id, kind, origin }) => [id, kind, origin])).toEqual([
      ['teacher', 'teacher', 'bundled'],
      ['student', 'student', 'bundled'],
      ['causal', 'causal', 'bundled'],
    ]);
    expect(host.asked).toEqual(['manifest.json']);
  });

  it('fetches a model once, with one bar over all its files', async () => {
    const { engine, host } = fakeEngine();
    const progress: LoadProgress[] = [];
    await engine.call('load', { model: 'student' }, { onProgress: (p) => progress.push(p) });
    await engine.call('sample', { model: 'student' });
    expect(host.asked.filter((path) => path.endsWith('.safetensors'))).toEqual(['student/model.safetensors']);
    const fetched = progress.filter(({ stage }) => stage === 'fetch');
    const loaded = fetched.map((p) => p.loaded);
    expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
    expect(loaded[0]).toBe(0);
    expect(fetched.at(-1)!.loaded).toBe(fetched.at(-1)!.total);
    // The weights are hashed in one go.
    const verified = progress.filter(({ stage }) => stage === 'verify');
    const { total } = verified[0];
    expect(verified.map((p) => [p.loaded, p.total])).toEqual([
      [0, total],
      [total, total],
    ]);
    expect(total).toBeGreaterThan(0.9 * fetched[0].total);
    expect(progress.at(-1)).toEqual({ model: 'student', stage: 'compile', loaded: 1, total: 1 });
  });

  it('names those there are when asked for another', async () => {
    const request = fakeEngine().engine.call('load', { model: 'GPT' });
    await expect(request).rejects.toEqual(code('unknown-model', /teacher, student, causal/));
  });

  it('gives the text of every token', async () => {
    const vocabulary = await fakeEngine().engine.call('vocabulary', { model: 'student' });
    expect(vocabulary.pieces).toHaveLength(4096);
    expect(vocabulary.pieces![428]).toBe(' upon');
    expect(vocabulary).toMatchObject({ maskId: 4096, bos: 0, eos: 0 });
  });
});

describe('open', () => {
  it('opens a model from files under its own name, and a second one beside it', async () => {
    const { engine } = fakeEngine();
    const source = await smallModel();
    const first = await engine.call('open', source);
    const second = await engine.call('open', source);
    expect(second).toBe(`${first}-2`);
    const models = await engine.call('models', {});
    expect(models.at(-1)).toMatchObject({ id: second, origin: 'file', vocabulary: 131 });
    const { shape } = await engine.call('logits', { model: first, tokens: [[1, 130]] });
    expect(shape).toEqual([1, 2, 131]);
    // Without a tokenizer text is the ids, and there is no BOS.
    const { text } = await engine.call('sample', { model: first, length: 3 });
    expect(text).toEqual(['0 1 2']);
  });

  it('changes nothing when it fails', async () => {
    const { engine, made } = fakeEngine();
    const { config, weights } = await smallModel();
    const before = await engine.call('models', {});
    const bad: [object, unknown][] = [
      [{ config, weights: weights.slice(0, 5000) }, code('file-truncated')],
      [{ config, weights, tokenizer: '{' }, code('tokenizer', /not JSON/)],
      [{ config, weights: 'http://elsewhere.test/a.safetensors' }, code('argument', /https/)],
      [{ config, weights: 7 }, code('argument', /weights is 7/)],
      [{ config: 'x', weights }, code('argument', /config is "x"/)],
      [{ config, weights, storage: 'int4' }, code('argument', /storage is "int4"/)],
      [{ repo: 'something' }, code('argument', /owner\/name/)],
    ];
    for (const [source, error] of bad) {
      await expect(engine.call('open', source as never)).rejects.toEqual(error);
    }
    expect(await engine.call('models', {})).toEqual(before);
    expect(made).toEqual([]);
  });

  it('fetches from an https address, and says when nothing is there', async () => {
    const { config, weights } = await smallModel();
    const disk = diskHost();
    // With and without a length, and packed: then the length announced is not that of the file.
    const headers: Record<string, string>[] = [
      { 'content-length': String(weights.size) },
      {},
      { 'content-length': '100', 'content-encoding': 'gzip' },
    ];
    const { engine } = fakeEngine({
      fetcher: (url, init) => {
        if (url === 'https://host.test/a.safetensors?x=1')
          return Promise.resolve(new Response(weights, { headers: headers.shift()! }));
        if (url.startsWith('https:')) return Promise.resolve(new Response('', { status: 404 }));
        return disk.fetcher(url, init);
      },
    });
    const progress: LoadProgress[] = [];
    const open = (address: string) =>
      engine.call('open', { config, weights: address }, { onProgress: (p) => progress.push(p) });
    await expect(open('https://host.test/b.safetensors')).rejects.toEqual(
      code('not-found', /b\.safetensors/),
    );
    for (const announced of [weights.size, 0, 0]) {
      progress.length = 0;
      expect(await open('https://host.test/a.safetensors?x=1')).not.toBe('');
      const fetched = progress.filter(({ stage }) => stage === 'fetch');
      expect(fetched[0]).toMatchObject({ loaded: 0, total: announced });
      expect(fetched.every(({ loaded, total }) => loaded <= total)).toBe(true);
      expect(fetched.at(-1)).toMatchObject({ loaded: weights.size, total: weights.size });
    }
  });
});

describe('sample', () => {
  it('gives slots to BOS, prompt and pins, and writes the others', async () => {
    const { engine } = fakeEngine();
    const result = await engine.call('sample', {
      model: 'student',
      length: 16,
      prompt: 'Once upon',
      pinned: { 9: ' girl', 12: 14 },
      count: 3,
      seed: 5,
    });
    expect(result).toMatchObject({ steps: 8, submits: 1, dispatches: 10, milliseconds: 2, backend: 'fake' });
    expect(result.forwardPasses).toBe(Math.max(...result.traces.map(({ steps }) => steps.length)));
    for (const [i, tokens] of result.tokens.entries()) {
      expect(tokens.slice(0, 3)).toEqual([0, 419, 428]);
      expect([tokens[9], tokens[12]]).toEqual([456, 14]);
      const came = result.traces[i].steps.flatMap(({ positions }) => positions);
      expect(came.toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 10, 11, 13, 14, 15]);
      expect(result.text[i]).toMatch(/^Once upon/);
    }
  });

  it('tells the plan before the first pass, and every pass', async () => {
    const { engine } = fakeEngine();
    const seen: string[] = [];
    let initial: number[] = [];
    const result = await engine.call(
      'sample',
      { model: 'student', length: 12, steps: 4, bos: false },
      {
        onPlan: ({ samples, maskId }) => {
          ({ initial } = samples[0]);
          seen.push(`plan ${initial.filter((t) => t === maskId).length}`);
        },
        onStep: ({ pass }) => seen.push(`pass ${pass}`),
      },
    );
    const passes = Array.from({ length: result.forwardPasses }, (_, i) => `pass ${i}`);
    expect(seen).toEqual(['plan 12', ...passes]);
    // It stays what it was.
    expect(initial).toEqual(Array(12).fill(4096));
  });

  it.each(['ancestral', 'first-hitting', 'confidence'] as const)(
    'tells of %s how many tokens come in each pass, and so they do',
    async (sampler) => {
      const { engine } = fakeEngine();
      const planned: object[] = [];
      const { steps, forwardPasses, tokens, traces } = await engine.call(
        'sample',
        { model: 'student', length: 12, steps: 5, sampler, bos: false, count: 2, pinned: { 3: 7 } },
        {
          onPlan: ({ samples, ...plan }) => {
            expect(plan).toMatchObject({ sampler, steps: sampler === 'first-hitting' ? 0 : 5 });
            planned.push(...samples.map(({ passes }) => passes));
          },
        },
      );
      expect(steps).toBe(sampler === 'first-hitting' ? 0 : 5);
      expect(traces.map((trace) => trace.steps.length)).toContain(forwardPasses);
      const came = traces.map((trace) =>
        trace.steps.map(({ step, t, positions }) => ({ step, t, count: positions.length })),
      );
      expect(came).toEqual(planned);
      // The stand-in writes each position's number.
      for (const text of tokens) expect(text).toEqual([0, 1, 2, 7, 4, 5, 6, 7, 8, 9, 10, 11]);
    },
  );

  it('cuts large requests into batches that change no text', async () => {
    const { engine } = fakeEngine();
    const batches: number[] = [];
    const options = { model: 'student', length: 128, steps: 2 };
    const many = await engine.call(
      'sample',
      { ...options, count: 33 },
      { onPlan: ({ samples }) => batches.push(samples.length) },
    );
    expect(batches).toEqual([32, 1]);
    expect(many.traces).toHaveLength(33);
    const few = await engine.call('sample', { ...options, count: 2 });
    expect(few.traces).toEqual(many.traces.slice(0, 2));
  });

  it('adds up the time of the GPU over batches, and leaves it out unless all of them know it', async () => {
    const { engine, made } = fakeEngine();
    const options = { model: 'student', length: 128, steps: 2, count: 33 };
    expect(await engine.call('sample', options)).not.toHaveProperty('gpuMilliseconds');
    const times: (number | undefined)[] = [3, 4, 5, undefined, undefined, 6];
    made[0].gpuMilliseconds = () => times.shift();
    expect(await engine.call('sample', options)).toMatchObject({ milliseconds: 4, gpuMilliseconds: 7 });
    expect(await engine.call('sample', options)).not.toHaveProperty('gpuMilliseconds');
    expect(await engine.call('sample', options)).not.toHaveProperty('gpuMilliseconds');
  });

  it.each<[Partial<Record<keyof SampleOptions, unknown>>, RegExp]>([
    [{ length: 129 }, /^length is 129: give a whole number from 1 to 128/],
    [{ length: 0 }, /^length is 0/],
    [{ steps: 1025 }, /^steps is 1025: .* 1 to 1024/],
    [{ steps: 2.5 }, /^steps is 2.5/],
    [{ seed: -1 }, /^seed is -1: .* 0 to 4294967295/],
    [{ temperature: 0 }, /^temperature is 0: .* above 0/],
    [{ temperature: 'warm' }, /^temperature is "warm"/],
    [{ topP: 1.5 }, /^topP is 1.5: .* at most 1/],
    [{ count: 0 }, /^count is 0/],
    [{ sampler: 'ddpm' }, /^sampler is "ddpm": .*ancestral/],
    [{ backend: 'cuda' }, /^backend is "cuda"/],
    [{ backend: 'wasm' }, /not part of this build/],
    [{ bos: 'yes' }, /^bos is "yes"/],
    [{ prompt: 7 }, /^prompt is 7/],
    [{ prompt: 'Once upon a time there was a girl', length: 4 }, /prompt.* shorten it or raise length/],
    [{ pinned: [1] }, /^pinned is an array/],
    [
      { pinned: { 3: 'Once upon' } },
      /^pinned\[3\] is "Once upon", which is 2 tokens of this model, "Once" \+ " upon"/,
    ],
    [{ pinned: { 3: '' } }, /^pinned\[3\] is an empty text/],
    [{ pinned: { 3: null } }, /^pinned\[3\] is null/],
    [{ pinned: { 40: 5 } }, /position 40/],
    [{ pinned: { 3: 4096 } }, /the mask token/],
    [{ length: 2, prompt: 'Once' }, /nothing to write/],
    [{ model: undefined }, /^model is missing/],
  ])('refuses %j', async (options, message) => {
    const request = fakeEngine().engine.call('sample', { model: 'student', ...options } as SampleOptions);
    await expect(request).rejects.toEqual(code('argument', message));
  });
});

describe('logits', () => {
  it.each<[object, RegExp]>([
    [{ tokens: [] }, /^tokens must be/],
    [{ tokens: [[1, 2], [1]] }, /^tokens\[1\] has 1 ids and tokens\[0\] has 2/],
    [{ tokens: [[1, 4097]] }, /^tokens\[0\]\[1\] is 4097: .* 0 to 4096/],
    [{ tokens: [[1.5]] }, /^tokens\[0\]\[0\] is 1.5/],
    [{ tokens: [Array(129).fill(1)] }, /is 129: .* 1 to 128/],
    [{ tokens: [[1]], t: [0] }, /^t must hold/],
    [{ tokens: [[1]], t: [1, 1] }, /^t must hold/],
  ])('refuses %j', async (options, message) => {
    const request = fakeEngine().engine.call('logits', { model: 'student', ...options } as never);
    await expect(request).rejects.toEqual(code('argument', message));
  });
});

describe('inspect and encode', () => {
  it('look at a text that was encoded', async () => {
    const { engine } = fakeEngine();
    const ids = await engine.call('encode', { model: 'student', text: 'Once upon' });
    expect(ids).toEqual([419, 428]);
    const found = await engine.call('inspect', {
      model: 'student',
      tokens: [0, ...ids, 4096],
      positions: [3],
    });
    expect(found).toMatchObject([{ position: 3, candidates: [{ token: 0, probability: 1 }] }]);
  });

  it('refuse what is no text, and a model without a tokenizer', async () => {
    const { engine } = fakeEngine();
    const encode = (options: object) => engine.call('encode', options as never);
    await expect(encode({ model: 'student', text: 7 })).rejects.toEqual(code('argument', /^text is 7/));
    const model = await engine.call('open', await smallModel());
    await expect(encode({ model, text: 'Once' })).rejects.toEqual(code('argument', /without a tokenizer/));
  });
});

describe('attention', () => {
  it('is of the layer and head that are asked for, one text, and says how many there are', async () => {
    const { engine } = fakeEngine();
    // The fake's positions read the one of that number among all heads.
    const ask = (layer: number, head: number) =>
      engine.call('attention', { model: 'student', tokens: Array<number>(24).fill(4096), layer, head });
    const found = await ask(5, 3);
    expect(found).toMatchObject({ layers: 6, heads: 4, length: 24 });
    expect(found.weights).toHaveLength(24 * 24);
    expect(found.weights.subarray(0, 24).indexOf(1)).toBe(23);
    expect((await ask(1, 2)).weights.subarray(0, 24).indexOf(1)).toBe(6);
  });

  it.each<[object, RegExp]>([
    [{ layer: 6 }, /^layer is 6: give a whole number from 0 to 5\.$/],
    [{ layer: undefined }, /^layer is missing/],
    [{ head: 4 }, /^head is 4: give a whole number from 0 to 3\.$/],
    [{ head: 0.5 }, /^head is 0.5/],
    [{ tokens: undefined }, /^tokens is missing: give one text/],
    [{ tokens: [] }, /^The length of tokens is 0: .* 1 to 128/],
    [{ tokens: [[1]] }, /^tokens\[0\] is an array/],
    [{ tokens: [1, 4097] }, /^tokens\[1\] is 4097: .* 0 to 4096/],
    [{ t: 0 }, /^t is 0: give a number above 0 and at most 1/],
    [{ t: [1] }, /^t is an array/],
    [{ backend: 'cuda' }, /^backend is "cuda"/],
  ])('refuses %j', async (options, message) => {
    const given = { model: 'student', tokens: [0], layer: 0, head: 0, ...options };
    const request = fakeEngine().engine.call('attention', given);
    await expect(request).rejects.toEqual(code('argument', message));
  });
});

describe('abort', () => {
  it('stops a run between passes, and goes on with the next request', async () => {
    const { engine, made } = fakeEngine();
    await engine.call('load', { model: 'student' });
    const controller = new AbortController();
    const run = engine.call(
      'sample',
      { model: 'student', steps: 32 },
      {
        signal: controller.signal,
        onStep: ({ pass }) => {
          if (pass === 1) controller.abort();
        },
      },
    );
    await expect(run).rejects.toEqual(code('aborted'));
    const { forwardPasses } = await engine.call('sample', { model: 'student', steps: 32 });
    expect(made[0].passes).toBe(2 + forwardPasses);
  });
});

describe('loss of the device', () => {
  it('rejects what is pending, and sets models up anew from memory', async () => {
    const { engine, gpu, made, host, notices } = fakeEngine();
    await engine.call('load', { model: 'student' });
    made[0].gate = () => new Promise(() => undefined);
    const running = engine.call('sample', { model: 'student' });
    const waiting = engine.call('sample', { model: 'student' });
    gpu.lose('the driver went away');
    const lost = code('device-lost', /the driver went away.*run again/);
    await expect(running).rejects.toEqual(lost);
    await expect(waiting).rejects.toEqual(lost);
    expect(notices).toEqual([lost]);

    const fetched = host.asked.length;
    await engine.call('sample', { model: 'student' });
    expect([gpu.opened, made.length, host.asked.length]).toEqual([2, 2, fetched]);
  });

  it('explains an error that came just before it', async () => {
    const { engine, gpu, made } = fakeEngine();
    await engine.call('load', { model: 'student' });
    made[0].gate = () => {
      setTimeout(() => {
        gpu.lose('reset');
      }, 5);
      return Promise.reject(new Error('mapAsync failed'));
    };
    await expect(engine.call('sample', { model: 'student' })).rejects.toEqual(code('device-lost', /reset/));
  });
});

describe('toUnmaskError', () => {
  it('keeps codes, and gives one to what has none', () => {
    const known = new UnmaskError('config', 'x');
    expect(toUnmaskError(known)).toBe(known);
    expect(toUnmaskError(new RangeError('boom'))).toEqual(code('internal', /boom/));
    expect(toUnmaskError('boom')).toEqual(code('internal', /boom/));
    expect(toUnmaskError(new Error('Out of memory'))).toEqual(code('out-of-memory'));
  });
});

describe('benchmark', () => {
  it('fills in what was left out, and hands on model, progress and signal', async () => {
    const result = { adapter: 'a', software: false, date: '', cases: [] };
    const asked: unknown[] = [];
    const { engine } = fakeEngine({
      benchmark: ({ name, checkpoint, options, secure, signal, onProgress }) => {
        asked.push({ name, length: checkpoint.config.length, options, secure, aborted: signal?.aborted });
        onProgress?.({ case: 'c', engine: 'ours', round: 1, rounds: 20 });
        return Promise.resolve(result);
      },
    });
    const rounds: number[] = [];
    const { signal } = new AbortController();
    const hooks = { signal, onBenchmark: ({ round }: { round: number }) => rounds.push(round) };
    expect(await engine.call('benchmark', {}, hooks)).toBe(result);
    expect(asked).toEqual([
      {
        ...{ name: 'student', length: 128, secure: true, aborted: false },
        options: {
          ...{ lengths: [32, 128], rounds: 20, seconds: 20 },
          engines: ['ours', 'onnxruntime-webgpu', 'onnxruntime-wasm'],
        },
      },
    ]);
    expect(rounds).toEqual([1]);
  });

  it.each([
    [{ lengths: [32, 129] }, /lengths\[1\] is 129: .* 1 to 128/],
    [{ lengths: [] }, /lengths/],
    [{ rounds: 0 }, /rounds is 0/],
    [{ seconds: NaN }, /seconds/],
    [{ engines: ['tfjs'] as never[] }, /engines .* onnxruntime-webgpu/],
    [{ model: 'causal', lengths: [8] }, /causal/],
  ])('refuses %j', async (options, message) => {
    const { engine } = fakeEngine({ benchmark: () => Promise.reject(new Error('not to be asked')) });
    await expect(engine.call('benchmark', options)).rejects.toEqual(code('argument', message));
  });

  it('says where it is not to be had', async () => {
    await expect(fakeEngine().engine.call('benchmark', {})).rejects.toEqual(code('argument', /not part/));
  });
});
