/** `window.unmask.race` and `score`, and the model that writes from left to right. */
import type { SampleOptions, ScoreOptions } from '../src/worker/protocol.ts';
import type { RaceOptions } from '../src/worker/race/result.ts';
import { expect, test } from './fixtures.ts';
import { openQuietPage } from './page.ts';

test('races, writes from left to right and judges for programs', async ({ page }) => {
  test.slow();
  await openQuietPage(page);

  await test.step('the same race twice', async () => {
    const race = () =>
      page.evaluate(async () => {
        const told: string[] = [];
        const results = await window.unmask.race({
          lanes: [
            { model: 'student', steps: 2, length: 13 },
            { model: 'causal', length: 13 },
          ],
          ...{ seed: 5, repeats: 2, count: 2 },
          onRace: ({ lane, stage, done, total }) => told.push(`${lane} ${stage} ${done}/${total}`),
          onLane: ({ lane, quality }) => told.push(`${lane} ${quality ? 'judged' : 'timed'}`),
        });
        return { told, results };
      });
    const [one, again] = [await race(), await race()];
    const [student, causal] = one.results;
    expect([student.written, causal.written]).toEqual([12, 12]);
    expect(student.forwardPasses).toBeLessThanOrEqual(2);
    expect(causal.forwardPasses).toBe(12);
    expect([student.quality?.selfScored, causal.quality?.selfScored]).toEqual([false, true]);
    expect([student.quality?.texts, student.quality?.judge]).toEqual([2, 'causal']);
    expect(student.milliseconds.values).toHaveLength(2);
    for (const { tokens } of one.results) expect(tokens[0]).not.toEqual(tokens[1]);
    expect(again.results.map(({ tokens }) => tokens)).toEqual(one.results.map(({ tokens }) => tokens));
    for (const line of [
      '0 load 0/1',
      '0 time 2/2',
      '1 time 0/2',
      '0 timed',
      '1 timed',
      '1 judge 2/2',
      '1 judged',
    ])
      expect(one.told).toContain(line);
    expect(one.told.indexOf('0 judged'), 'all times come before the first judgement').toBeGreaterThan(
      one.told.indexOf('1 timed'),
    );
  });

  await test.step('a causal model goes on from a prompt', async () => {
    const sample = (options: SampleOptions) => page.evaluate((o) => window.unmask.sample(o), options);
    const asked = { model: 'causal', length: 16, seed: 3, prompt: 'Once upon a time' };
    const { tokens, traces, text, forwardPasses, steps } = await sample(asked);
    expect(tokens[0].slice(0, 5)).toEqual([0, 419, 428, 259, 393]);
    expect(text[0]).toMatch(/^Once upon a time/);
    expect([forwardPasses, steps]).toEqual([11, 0]);
    expect(traces[0].steps.map(({ positions }) => positions)).toEqual(
      Array.from({ length: 11 }, (_, i) => [i + 5]),
    );
    expect((await sample(asked)).tokens).toEqual(tokens);
    expect((await sample({ ...asked, seed: 4 })).tokens).not.toEqual(tokens);
  });

  await test.step('a text is likelier than the same words in disorder', async () => {
    const { nll, perplexity } = await page.evaluate(async () => {
      const encode = (text: string) => window.unmask.encode({ model: 'causal', text });
      const texts = [
        'Once upon a time there was a little girl named Lily. She liked to play.',
        'little She upon to was girl a Lily. there liked Once time named play. a',
      ];
      const tokens = await Promise.all(texts.map(async (text) => [0, ...(await encode(text))]));
      const result = await window.unmask.score({ model: 'causal', tokens });
      return { nll: [...result.nll], perplexity: result.perplexity };
    });
    expect(nll).toHaveLength(2);
    expect(nll[0]).toBeGreaterThan(0);
    expect(nll[0] + 1).toBeLessThan(nll[1]);
    expect(perplexity).toBeCloseTo(Math.exp((nll[0] + nll[1]) / 2), 3);
  });

  await test.step('what cannot be is refused in a sentence', async () => {
    const failure = (
      call: 'sample' | 'race' | 'score',
      options: SampleOptions | RaceOptions | ScoreOptions,
    ) =>
      page.evaluate(
        ([name, given]) =>
          window.unmask[name](given as never).then(
            () => 'no error',
            (error: unknown) => {
              const { code, message } = error as Error & { code: string };
              return `${code}: ${message}`;
            },
          ),
        [call, options] as const,
      );
    expect(await failure('sample', { model: 'causal', sampler: 'ancestral' })).toMatch(
      /^argument: sampler is "ancestral", but .+ is autoregressive: leave it out\.$/,
    );
    const refused = { model: 'causal', sampler: 'ancestral' } as const;
    expect(await failure('race', { lanes: [{ model: 'student' }, refused] })).toMatch(
      /^argument: lanes\[1\].*sampler is "ancestral"/,
    );
    expect(await failure('race', { lanes: [] })).toMatch(/^argument: .*lanes/);
    expect(await failure('score', { model: 'student', tokens: [[0, 419]] })).toMatch(
      /^argument: model is "student", a diffusion model: give a causal one/,
    );
    expect(await failure('score', { model: 'causal', tokens: [[0]] })).toMatch(/^argument: .*tokens\[0\]/);
  });

  await test.step('128 tokens', async () => {
    const [student, causal] = await page.evaluate(() =>
      window.unmask.race({
        lanes: [
          { model: 'student', steps: 4, length: 128 },
          { model: 'causal', length: 128 },
        ],
        ...{ seed: 1729, repeats: 1 },
      }),
    );
    expect([student.written, causal.written]).toEqual([127, 127]);
    expect(student.forwardPasses).toBeLessThanOrEqual(4);
    expect(causal.forwardPasses).toBe(127);
    const ratio = (student.tokensPerSecond / causal.tokensPerSecond).toFixed(2);
    console.log(
      `128 tokens: the student at 4 steps writes ${ratio} times as many tokens a second as the autoregressive model, by ${student.clock} time on this adapter.`,
    );
  });
});
