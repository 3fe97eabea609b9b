import { describe, expect, it } from 'vitest';
import { perplexity } from '../../model/evaluate/measures.ts';
import { tokensAfter } from '../../trace/trace.ts';
import type { SampleOptions } from '../protocol.ts';
import { race, type RaceHooks } from './race.ts';
import { fakeModels, refusal } from './race.testing.ts';
import type { LaneResult, RaceOptions } from './result.ts';

const near = (value: number): number => expect.closeTo(value, 5) as number;

/** What a race tells on its way, in words. */
function listen() {
  const told: string[] = [];
  const hooks: RaceHooks = {
    onRace: ({ lane, stage, done, total }) => told.push(`${lane} ${stage} ${done}/${total}`),
    onLane: ({ lane, clock, quality }) => told.push(`${lane} ${quality ? 'judged' : 'timed'} by ${clock}`),
  };
  return { told, hooks };
}

const LANES: SampleOptions[] = [
  { model: 'student', length: 6, steps: 4 },
  { model: 'causal', length: 6 },
];

describe('a race', () => {
  it('says of a lane how it went, what it cost, and how good it is', async () => {
    const { models, network } = fakeModels({ student: {}, causal: {} });
    // The first run warms up.
    const times = [100, 5, 3, 4];
    network('student').milliseconds = () => times.shift()!;
    const options = { lanes: [{ ...LANES[0], seed: 3 }], repeats: 3 };
    const [{ trace, ...lane }] = await race(options, models);
    // A slot p of the first text holds 6 p + 3.
    const tokens = [0, 9, 15, 21, 27, 33];
    expect(tokensAfter(trace, trace.trace.length)).toEqual(tokens);
    expect(trace).toMatchObject({
      ...{ version: 1, model: 'student', sampler: 'ancestral', steps: 4, seed: 3, sample: 0 },
      ...{ temperature: 1, topP: 1, maskId: 100, initial: [0, 100, 100, 100, 100, 100] },
      forwardPasses: trace.trace.length,
    });
    expect(lane).toEqual({
      ...{ lane: 0, model: 'student', written: 5, tokens: [tokens] },
      ...{ forwardPasses: trace.trace.length, tokensPerPass: 5 / trace.trace.length },
      text: 't9 t15 t21 t27 t33',
      cost: { submits: 1, dispatches: 10, backend: 'fake', weights: 'f32' },
      milliseconds: { median: 4, least: 3, most: 5, values: [5, 3, 4] },
      ...{ clock: 'wall', tokensPerSecond: 1250 },
      quality: {
        ...{ texts: 1, judge: 'causal', selfScored: false },
        // Of one text there is no interval.
        perplexity: { mean: near(Math.exp(2.1)) },
        entropy: { mean: near(Math.log(5)) },
        distinct2: { mean: 1 },
      },
    });
  });

  it('times all lanes in turn before anything else is written, and judges them in turn', async () => {
    const { models, network } = fakeModels({ student: {}, causal: {} });
    const { told, hooks } = listen();
    const seen: string[] = [];
    for (const id of ['student', 'causal']) {
      network(id).milliseconds = () => seen.push(`${id} x ${network(id).batches.at(-1)!}`);
    }
    const results = await race({ lanes: LANES, repeats: 2, count: 3 }, models, hooks);
    const stages = (lane: number) => [`${lane} write 0/3`, `${lane} write 3/3`, `${lane} judge 0/3`];
    // What is written of a batch by then lies in between.
    expect(told.filter((line) => !/write [12]\/3/.test(line))).toEqual([
      ...['0 load 0/1', '0 load 1/1', '1 load 0/1', '1 load 1/1'],
      ...['0 time 0/2', '0 time 1/2', '0 time 2/2', '0 timed by wall'],
      ...['1 time 0/2', '1 time 1/2', '1 time 2/2', '1 timed by wall'],
      ...[...stages(0), '0 judge 3/3', '0 judged by wall'],
      ...[...stages(1), '1 judge 3/3', '1 judged by wall'],
    ]);
    const runs = ['student', 'causal'].flatMap((id) => Array<string>(3).fill(`${id} x 1`));
    expect(seen).toEqual([...runs, 'student x 3', 'causal x 3']);
    expect(results.map(({ milliseconds }) => milliseconds.values)).toEqual([
      [2, 3],
      [5, 6],
    ]);
  });

  it('tells of each lane what it returns', async () => {
    const { models } = fakeModels({ student: {}, causal: {} });
    const last: LaneResult[] = [];
    const first: LaneResult[] = [];
    const results = await race({ lanes: LANES, count: 2 }, models, {
      onLane: (lane) => {
        first[lane.lane] ??= lane;
        last[lane.lane] = lane;
      },
    });
    expect(last).toEqual(results);
    results.forEach(({ quality, tokens, ...result }, i) => {
      expect(quality!.texts).toBe(2);
      expect(first[i]).toEqual({ ...result, tokens: tokens.slice(0, 1) });
    });
  });
});

describe('the texts of a race', () => {
  it('are those that sample() writes, in its batches', async () => {
    const { models, network } = fakeModels({ student: {}, causal: {} });
    const { told, hooks } = listen();
    const lanes = [{ model: 'student', length: 128, steps: 2, seed: 9 }];
    const [{ tokens }] = await race({ lanes, count: 70, repeats: 1 }, models, hooks);
    expect(network('student').batches).toEqual([1, 1, 32, 32, 6]);
    const written = told.flatMap((line) => (line.includes('write') ? parseInt(line.slice(8)) : []));
    expect(written).toEqual([...new Set(written)].toSorted((a, b) => a - b));
    expect(written).toEqual(expect.arrayContaining([0, 32, 64, 70]));
    // A batch of two passes or three is told of more often than at its ends.
    expect(written.length).toBeGreaterThan(6);
    expect(told.filter((line) => /judge \d/.test(line))).toEqual([
      ...['0 judge 0/70', '0 judge 32/70', '0 judge 64/70', '0 judge 70/70'],
    ]);
    const { tokenAt } = network('student');
    expect(tokens).toEqual(
      Array.from({ length: 70 }, (_, sample) =>
        Array.from({ length: 128 }, (_, p) => (p === 0 ? 0 : tokenAt(p, sample, 9))),
      ),
    );
  });

  it('begin with the one that was timed, even if a batch rounds otherwise', async () => {
    const { models, network } = fakeModels({ student: {}, causal: {} });
    const student = network('student');
    student.tokenAt = (position, sample) => position + 10 * sample + (student.batches.at(-1)! > 1 ? 50 : 0);
    const [{ tokens, trace }] = await race({ lanes: [LANES[0]], count: 2 }, models);
    expect(tokens).toEqual([
      [0, 1, 2, 3, 4, 5],
      [0, 61, 62, 63, 64, 65],
    ]);
    expect(tokensAfter(trace, 9)).toEqual(tokens[0]);
  });

  it('are the same again, and do not depend on the other lanes', async () => {
    const run = (lanes: SampleOptions[]) =>
      race({ lanes, seed: 7, count: 3 }, fakeModels({ student: {}, teacher: {}, causal: {} }).models);
    const [a, b, c] = [...LANES, { model: 'teacher', length: 9, sampler: 'confidence' as const }];
    const all = await run([a, b, c]);
    expect(await run([a, b, c])).toEqual(all);
    const [other, same] = await run([c, a]);
    expect([same, other]).toEqual([
      { ...all[0], lane: 1 },
      { ...all[2], lane: 0 },
    ]);
  });

  it('have the seed of the race, else that of their lane, and never its count', async () => {
    const lanes = [{ ...LANES[0], seed: 4, count: 50 }, LANES[0]];
    const seeds = async (seed?: number) => {
      const { models } = fakeModels({ student: {}, causal: {} });
      const results = await race({ lanes, ...(seed === undefined ? {} : { seed }) }, models);
      expect(results.map(({ tokens }) => tokens.length)).toEqual([1, 1]);
      return results.map(({ trace }) => trace.seed);
    };
    expect(await seeds()).toEqual([4, 0]);
    expect(await seeds(6)).toEqual([6, 6]);
  });
});

describe('the clock of a race', () => {
  const timed = async (student: (run: number) => number | undefined) => {
    const { models, network } = fakeModels({ student: {}, causal: {} });
    const { told, hooks } = listen();
    let run = 0;
    network('student').gpuMilliseconds = () => student(run++);
    network('causal').gpuMilliseconds = () => 1;
    const lanes = [LANES[1], LANES[0], LANES[1]];
    const results = await race({ lanes, repeats: 3 }, models, hooks);
    return { results, told: told.filter((line) => line.includes('by')) };
  };

  it('is the GPU’s where every timed run has it', async () => {
    const values = [undefined, 0.5, 0.25, 1];
    const { results, told } = await timed((run) => values[run]);
    expect(told).toEqual([
      ...['0 timed by gpu', '1 timed by gpu', '2 timed by gpu'],
      ...['0 judged by gpu', '1 judged by gpu', '2 judged by gpu'],
    ]);
    expect(results[1]).toMatchObject({
      gpuMilliseconds: { median: 0.5, values: [0.5, 0.25, 1] },
      tokensPerSecond: 10_000,
    });
  });

  it('is that on the wall for all lanes where one run of one lane lacks it, and those told before are told again', async () => {
    const { results, told } = await timed((run) => (run === 2 ? undefined : 0.5));
    expect(told).toEqual([
      ...['0 timed by gpu', '0 timed by wall', '1 timed by wall', '2 timed by wall'],
      ...['0 judged by wall', '1 judged by wall', '2 judged by wall'],
    ]);
    expect(results.map(({ tokensPerSecond }) => tokensPerSecond)).toEqual([2500, 2500, 2500]);
    expect(results[0].gpuMilliseconds?.median).toBe(1);
    expect(results[1]).not.toHaveProperty('gpuMilliseconds');
  });
});

describe('the judge of a race', () => {
  const judged = async (
    options: Omit<RaceOptions, 'lanes'>,
    fakes: ReturnType<typeof fakeModels>,
    lane = LANES[0],
  ) => (await race({ lanes: [lane], repeats: 1, ...options }, fakes.models))[0].quality!;

  it('has an interval where there are texts enough', async () => {
    const fakes = fakeModels({ student: {}, causal: {} });
    const [{ quality, tokens }] = await race({ lanes: [LANES[0]], count: 3 }, fakes.models);
    const means = tokens.map(([, ...ids]) => ids.reduce((sum, id) => sum + id / 10, 0) / 5);
    const { mean, low, high } = perplexity(means);
    expect(quality!.perplexity).toEqual({ mean: near(mean), low: near(low!), high: near(high!) });
    expect(quality!.entropy).toHaveProperty('low');
    expect(fakes.judge().scored).toEqual(['3 x 6']);
  });

  it('counts what a lane wrote, and not what it was given', async () => {
    const fakes = fakeModels({ student: {}, causal: {} });
    fakes.network('student').tokenAt = (position) => position;
    // Tokens 1 and 4 are pinned; the lane writes 2, 3 and 5 into their positions.
    const lane = { ...LANES[0], pinned: { 1: 90, 4: 90 } };
    const [{ written, quality, tokens }] = await race({ lanes: [lane], repeats: 1 }, fakes.models);
    expect([written, tokens[0]]).toEqual([3, [0, 90, 2, 3, 90, 5]]);
    expect(quality!.perplexity!.mean).toBeCloseTo(Math.exp((0.2 + 0.3 + 0.5) / 3), 6);
    expect(quality!.entropy.mean).toBeCloseTo(Math.log(3), 12);
  });

  it('has no interval that goes beyond what there can be', async () => {
    const fakes = fakeModels({ student: {} });
    fakes.network('student').tokenAt = (position, sample) => (sample === 0 ? 7 : position);
    expect(await judged({ count: 2 }, fakes)).toMatchObject({
      entropy: { mean: near(Math.log(5) / 2), low: 0, high: near(Math.log(5)) },
      distinct2: { mean: 5 / 8, low: 0, high: 1 },
    });
  });

  it('goes with measures that need none', async () => {
    const fakes = fakeModels({ student: {} });
    fakes.network('student').tokenAt = () => 7;
    // Five tokens, four pairs, all alike.
    expect(await judged({}, fakes)).toEqual({
      ...{ texts: 1, selfScored: false },
      ...{ entropy: { mean: 0 }, distinct2: { mean: 1 / 4 } },
    });
  });

  it('is told where it judges itself', async () => {
    const fakes = fakeModels({ causal: {}, 'causal-2': { kind: 'causal' } });
    expect(await judged({}, fakes, LANES[1])).toMatchObject({ judge: 'causal', selfScored: true });
    const other = await judged({ judge: 'causal-2' }, fakes, LANES[1]);
    expect(other).toMatchObject({ judge: 'causal-2', selfScored: false });
    expect(fakes.judge('causal-2').scored).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof fakeModels>[0], boolean]>([
    ['there is none', { student: {} }, false],
    ['"causal" is no causal model', { student: {}, causal: { kind: 'teacher' } }, false],
    ['the vocabularies differ in size', { student: {}, causal: { vocabulary: 99 } }, false],
    ['they differ in their pieces', { student: { piece: 'u' }, causal: {} }, true],
    ['the model came without a tokenizer', { student: { piece: null }, causal: {} }, true],
    ['its texts are shorter', { student: {}, causal: { length: 5 } }, true],
  ])('is left out where %s', async (_, models, opened) => {
    const fakes = fakeModels(models);
    const quality = await judged({}, fakes, { ...LANES[0], bos: false });
    expect(Object.keys(quality).toSorted()).toEqual(['distinct2', 'entropy', 'selfScored', 'texts']);
    expect(quality.selfScored).toBe(false);
    // What cannot judge anyway is not fetched.
    expect(fakes.opened.includes('causal')).toBe(opened);
  });

  it('judges the lanes that it can', async () => {
    const { models } = fakeModels({ student: {}, other: { vocabulary: 50 }, causal: {} });
    const lanes = [{ model: 'other', length: 6 }, LANES[0]];
    const results = await race({ lanes }, models);
    expect(results.map(({ quality }) => quality!.judge)).toEqual([undefined, 'causal']);
  });

  it('is nobody where that is asked for, and who is named where no tokenizer tells otherwise', async () => {
    const fakes = fakeModels({ student: { piece: null }, causal: {} });
    expect(await judged({ judge: null }, fakes)).not.toHaveProperty('perplexity');
    expect(fakes.opened).toEqual(['student']);
    expect(await judged({ judge: 'causal' }, fakes)).toMatchObject({ judge: 'causal' });
  });
});

describe('what a race refuses', () => {
  const models = {
    ...{ student: {}, causal: { length: 64 }, other: { vocabulary: 50 }, renamed: { piece: 'u' } },
    short: { length: 8 },
  };
  const lane = LANES[0];

  it.each<[Partial<Record<keyof RaceOptions, unknown>>, RegExp]>([
    [{ lanes: undefined }, /^lanes is missing: give an array of 1 to 8/],
    [{ lanes: [] }, /^lanes holds 0 lanes/],
    [{ lanes: Array(9).fill(lane) }, /^lanes holds 9 lanes: .* 1 to 8/],
    [{ lanes: [lane, 'student'] }, /^lanes\[1\] is "student": give an object/],
    [{ lanes: [lane, { length: 6 }] }, /^lanes\[1\]: model is missing/],
    [{ lanes: [lane, lane, { ...lane, steps: 0 }] }, /^lanes\[2\]: steps is 0: .* 1 to 1024/],
    [{ lanes: [{ ...lane, model: 'short', length: 9 }] }, /^lanes\[0\]: length is 9: .* 1 to 8/],
    [{ lanes: [lane, { ...lane, length: 1 }] }, /^lanes\[1\]: length is 1: .* 2 to 128/],
    [{ lanes: [lane, { ...lane, seed: -1 }] }, /^lanes\[1\]: seed is -1/],
    [{ lanes: [lane, { ...lane, backend: 'cuda' }] }, /^lanes\[1\]: backend is "cuda"/],
    [{ lanes: [lane, { ...lane, backend: 'wasm' }] }, /^lanes\[1\]: backend "wasm" is not part/],
    [
      { lanes: [lane, { ...lane, pinned: { 3: 100 } }] },
      /^lanes\[1\]: The token pinned at position 3 is 100/,
    ],
    [
      { lanes: [lane, { ...lane, pinned: { 3: '12' } }] },
      /^lanes\[1\]: pinned\[3\] is "12", which is 2 tokens/,
    ],
    [
      { lanes: [lane, { model: 'causal', sampler: 'ancestral' }] },
      /^lanes\[1\]: sampler .* is autoregressive/,
    ],
    [{ lanes: [{ ...lane, sampler: 'autoregressive' }] }, /^lanes\[0\]: sampler is "autoregressive"/],
    [
      { lanes: [lane, { model: 'causal', bos: false }] },
      /^lanes\[1\]: An autoregressive model needs a token/,
    ],
    [{ lanes: [lane, { model: 'causal', pinned: { 9: 1 } }] }, /^lanes\[1\]: A token is given at position 9/],
    [{ lanes: [lane, { ...lane, prompt: '12345' }] }, /^lanes\[1\]: All 6 slots are given/],
    [{ seed: 0.5 }, /^seed is 0.5/],
    [{ count: 257 }, /^count is 257: .* 1 to 256/],
    [{ count: 0 }, /^count is 0/],
    [{ repeats: 0 }, /^repeats is 0: .* 1 to 100/],
    [{ repeats: 101 }, /^repeats is 101/],
    [{ judge: 7 }, /^judge is 7: give the id of a causal model, or null/],
    [{ judge: '' }, /^judge is ""/],
    [{ judge: 'student' }, /^judge is "student", a diffusion model: give a causal one/],
    [
      { judge: 'causal', lanes: [lane, { ...lane, model: 'other' }] },
      /^judge is "causal", whose .* lanes\[1\] \(101 and 50/,
    ],
    [
      { judge: 'causal', lanes: [{ ...lane, model: 'renamed' }] },
      /^judge is "causal", whose vocabulary is not that/,
    ],
    [
      { judge: 'causal', lanes: [{ ...lane, length: 65 }] },
      /^judge is "causal", which takes 64 tokens, .* is 65/,
    ],
  ])('%j, before anything runs', async (options, message) => {
    const fakes = fakeModels(models);
    const request = race({ lanes: LANES, ...options } as RaceOptions, fakes.models);
    await expect(request).rejects.toMatchObject(refusal('argument', message));
    expect(fakes.passes()).toBe(0);
  });

  it('what cannot be set up, and that too before anything runs', async () => {
    const fakes = fakeModels({ ...models, large: { tooLarge: true }, causal: { tooLarge: true } });
    for (const lanes of [[lane, { ...lane, model: 'large' }], [lane]]) {
      await expect(race({ lanes }, fakes.models)).rejects.toMatchObject(
        refusal('out-of-memory', lanes.length > 1 ? /^large is too large/ : /^causal is too large/),
      );
    }
    expect(fakes.passes()).toBe(0);
    // Nobody needs the judge.
    expect(await race({ lanes: [lane], judge: null }, fakes.models)).toHaveLength(1);
  });

  it('a model that there is not', async () => {
    const fakes = fakeModels(models);
    await expect(race({ lanes: [lane, { model: 'GPT' }] }, fakes.models)).rejects.toMatchObject(
      refusal('unknown-model', /^lanes\[1\]: There is no model "GPT"/),
    );
    await expect(race({ lanes: [lane], judge: 'GPT' }, fakes.models)).rejects.toMatchObject(
      refusal('unknown-model', /"GPT"/),
    );
    expect(fakes.passes()).toBe(0);
  });
});

describe('cancelling a race', () => {
  it.each(['load', 'time', 'write', 'judge'])('stops it at "%s"', async (stage) => {
    const fakes = fakeModels({ student: {}, causal: {} });
    const controller = new AbortController();
    const { told, hooks } = listen();
    let passes = 0;
    const request = race({ lanes: LANES, count: 3, repeats: 2 }, fakes.models, {
      signal: controller.signal,
      onRace: (progress) => {
        hooks.onRace!(progress);
        if (progress.stage !== stage || controller.signal.aborted) return;
        controller.abort();
        passes = fakes.passes();
      },
      onLane: hooks.onLane!,
    });
    await expect(request).rejects.toMatchObject(refusal('aborted', /./));
    // The pass on its way ends, and no other begins.
    expect(fakes.passes()).toBeLessThanOrEqual(passes + 1);
    expect(fakes.judge().scored).toEqual([]);
    expect(told.filter((line) => line.includes('judged'))).toEqual([]);
  });

  it('between lanes stops it before the next one', async () => {
    const fakes = fakeModels({ student: {}, causal: {} });
    const controller = new AbortController();
    const told: number[] = [];
    const request = race({ lanes: LANES }, fakes.models, {
      signal: controller.signal,
      onLane: ({ lane, quality }) => {
        told.push(lane);
        if (quality) controller.abort();
      },
    });
    await expect(request).rejects.toMatchObject(refusal('aborted', /race was cancelled/));
    expect(told).toEqual([0, 1, 0]);
  });
});
