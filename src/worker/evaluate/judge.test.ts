import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.ts';
import type { OpenModel } from '../models.ts';
import { fakeModels, refusal, type FakeModel } from '../race/race.testing.ts';
import { seatJudges } from './judge.ts';
import { judgeServices } from './judge.testing.ts';
import type { EvaluateOptions } from './result.ts';

const near = (value: number): number => expect.closeTo(value, 5) as number;

/** Two digits for each token: texts come back as they were. */
const digits = (size: number, bos?: number): Tokenizer => ({
  ...{ size, ...(bos === undefined ? {} : { bos, eos: bos }) },
  encode: (text) => (text.match(/\d\d/g) ?? []).map(Number),
  decode: (ids) => ids.map((id) => String(id).padStart(2, '0')).join(''),
  piece: (id) => String(id).padStart(2, '0'),
});

/** The same with a digit for each token: twice as many of them. */
const single: Tokenizer = {
  ...{ size: 11, bos: 10, eos: 10 },
  encode: (text) => Array.from(text, Number),
  decode: (ids) => ids.join(''),
  piece: (id) => String(id),
};

function world(given: Record<string, FakeModel>, tokenizers: Partial<Record<string, Tokenizer>> = {}) {
  const fakes = fakeModels(given);
  const open = async (id: string): Promise<OpenModel> => {
    const model = await fakes.models.open(id);
    const tokenizer = tokenizers[id];
    if (tokenizer) model.checkpoint.tokenizer = tokenizer;
    return {
      ...model,
      checkpoint: Object.assign(model.checkpoint, {
        tensors: { info: () => ({}), read: () => new Uint8Array(1) },
      }),
    };
  };
  const models = { ...fakes.models, open };
  const { services, seen } = judgeServices(models);
  const seat = async (judge: EvaluateOptions['judge'], ids: string[], length = 6) =>
    seatJudges(judge, await Promise.all(ids.map(open)), length, services, {});
  return { ...fakes, seen, seat };
}

describe('who judges', () => {
  it('is the model "causal" where nobody is named, for the models of its tokens', async () => {
    const { seat, judge, opened } = world({
      ...{ student: {}, causal: {}, other: { vocabulary: 50 }, renamed: { piece: 'w' } },
    });
    const judges = await seat(undefined, ['student', 'other', 'causal', 'renamed']);
    expect(judges.map((one) => one?.info)).toEqual([
      { id: 'causal', title: 'causal', retokenised: false, backend: 'fake' },
      undefined,
      { id: 'causal', title: 'causal', retokenised: false, backend: 'fake' },
      undefined,
    ]);
    expect(judges[0]!.hash).toMatch(/^[0-9a-f]{64}$/);
    // -log p is a tenth of the id.
    const texts = [
      [0, 1, 2, 30, 40, 50],
      [0, 1, 2, 10, 20, 30],
    ];
    expect(await judges[0]!.score(texts, [3, 4, 5], {})).toEqual([near(4), near(2)]);
    expect(judge().scored).toEqual(['2 x 6']);
    expect(opened.filter((id) => id === 'causal')).toHaveLength(2);
    // Where it can judge nobody it is not fetched.
    expect(await seat(undefined, ['other'])).toEqual([undefined]);
    expect(opened.filter((id) => id === 'causal')).toHaveLength(2);
    expect(await seat(null, ['student'])).toEqual([undefined]);
  });

  it('keeps its scores by both tokenizers, by how it reads, and by what it runs on', async () => {
    const of = async (tokenizers: Partial<Record<string, Tokenizer>>, storage: 'f16' | 'f32' = 'f32') => {
      const own = world({ student: {}, causal: {} }, tokenizers);
      Object.assign(own.judge(), { storage });
      return (await own.seat('causal', ['student']))[0]!;
    };
    const swapped: Tokenizer = { ...digits(100, 0), piece: (id) => String(id ^ 1).padStart(2, '0') };
    const judges = await Promise.all([
      of({ student: digits(100, 0), causal: digits(100, 0) }),
      of({ student: swapped, causal: digits(100, 0) }),
      of({ student: digits(100, 0), causal: swapped }),
      of({ student: digits(100, 0), causal: digits(100, 0) }, 'f16'),
    ]);
    expect(judges.map(({ info }) => info.retokenised)).toEqual([false, true, true, false]);
    expect(new Set(judges.map(({ key }) => key)).size).toBe(4);
    expect(new Set(judges.map(({ hash }) => hash)).size).toBe(1);
    const again = await of({ student: digits(100, 0), causal: digits(100, 0) });
    expect(again.key).toBe(judges[0].key);
  });

  it('scores texts in turns of the engine, and stops between them', async () => {
    const { seat, judge, seen } = world({ student: {}, causal: {} });
    const [own] = await seat('causal', ['student']);
    seen.turns = 0;
    const texts = Array.from({ length: 400 }, (_, i) => [0, 1, 2, 3, 4, i % 90]);
    expect(await own!.score(texts, [5], {})).toEqual(texts.map((text) => near(text[5] / 10)));
    expect([seen.turns, judge().scored]).toEqual([3, ['170 x 6', '170 x 6', '60 x 6']]);
    const abort = new AbortController();
    judge().gate = () => {
      abort.abort();
      return Promise.resolve();
    };
    const stopped = own!.score(texts, [5], { signal: abort.signal });
    await expect(stopped).rejects.toMatchObject(refusal('aborted', /cancelled|stopped/));
  });

  it('reads texts of other tokens in its own, and counts what was written', async () => {
    const { seat, judge } = world(
      { student: {}, causal: { vocabulary: 12, length: 10 } },
      { student: digits(100, 0), causal: single },
    );
    const [own] = await seat('causal', ['student'], 5);
    expect(own!.info.retokenised).toBe(true);
    // BOS, "12", "34", "56", "78": behind two digits that are given come six.
    expect(await own!.score([[0, 12, 34, 56, 78]], [2, 3, 4], {})).toEqual([
      near((3 + 4 + 5 + 6 + 7 + 8) / 60),
    ]);
    expect(judge().scored).toEqual(['1 x 9']);
    // Of a text that is too long its beginning is judged.
    expect(await own!.score([[0, 12, 34, 56, 78, 91, 11]], [3, 4, 5, 6], {})).toEqual([
      near((5 + 6 + 7 + 8 + 9) / 50),
    ]);
    expect(judge().scored.at(-1)).toBe('1 x 10');
    const long = [0, 11, 11, 11, 11, 11, 22];
    await expect(own!.score([long], [6], {})).rejects.toMatchObject(
      refusal(
        'argument',
        /^A text cannot be judged by "causal" \(what was written begins behind 10 tokens\)/,
      ),
    );
    await expect(own!.score([long], [1, 3], {})).rejects.toMatchObject(
      refusal('argument', /all that counts must stand at their end/),
    );
  });

  it.each<[string, EvaluateOptions['judge'], number, RegExp]>([
    ['a diffusion model', 'student', 6, /^judge is "student", a diffusion model/],
    ['texts that are too long', 'causal', 65, /^judge is "causal", which takes 64 tokens, but texts have 65/],
    [
      'a model without a tokenizer',
      'tiny',
      6,
      /^judge is "tiny", whose tokens are not known to be those of "mute", and "mute" came without a tokenizer/,
    ],
    [
      'a judge that has none',
      'silent',
      6,
      /^judge is "silent", whose tokens are not known to be those of "student", and the judge came without a tokenizer, so that texts cannot be read: /,
    ],
    ['a tokenizer without marks', 'plain', 6, /whose tokenizer has no token that begins texts/],
    ['something else', 7 as unknown as string, 6, /^judge is 7: give the id of a causal model/],
    [
      'a hub, with a model without a tokenizer',
      { repo: 'owner/judge' },
      6,
      /"mute" came without a tokenizer/,
    ],
  ])('is refused: %s', async (name, judge, length, message) => {
    const { seat } = world(
      {
        ...{ student: {}, mute: { piece: null }, causal: { length: 64 } },
        ...{ tiny: { kind: 'causal', vocabulary: 12 }, plain: { kind: 'causal', vocabulary: 12 } },
        silent: { kind: 'causal', vocabulary: 12, piece: null },
      },
      { plain: digits(11) },
    );
    const ids = /without a tokenizer/.test(name) ? ['student', 'mute'] : ['student'];
    await expect(seat(judge, ids, length)).rejects.toMatchObject(refusal('argument', message));
  });

  it('is somebody that there is', async () => {
    const { seat } = world({ student: {} });
    await expect(seat('gpt', ['student'])).rejects.toMatchObject(refusal('unknown-model', /gpt/));
  });
});
