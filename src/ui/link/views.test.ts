/** What links say of the page and of the views beside Watch: version 2. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LESSONS } from '../stores/lesson.ts';
import { VIEWS } from '../stores/view.ts';
import { decodeLink, encodeLink, FIELDS, firstLinkState, type LinkState } from './link.ts';

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const whole = (min: number, max: number) => fc.integer({ min, max });
const decimal = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const seed = whole(0, 2 ** 32 - 1);
const name = fc
  .oneof(
    fc.constantFrom('student', 'a,b', 'v1.5', '50%', 'x%2Cy', '3', 'confidence', 'none'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  )
  .filter((text) => !UNPRINTABLE.test(text));
const text = fc.string({ unit: 'binary', maxLength: 20 });
const hash = whole(0, 2 ** 32 - 1).map((word) => word.toString(16).padStart(8, '0'));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const steps = fc.uniqueArray(whole(1, 1024), { maxLength: 16 });

/** Without what is not said. */
const said = <T extends object>(part: fc.Arbitrary<{ [K in keyof T]: T[K] | undefined }>): fc.Arbitrary<T> =>
  part.map(
    (one) =>
      Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as unknown as T,
  );

const page = said<LinkState['page']>(
  fc.record({
    controls: fc.constantFrom('shown', 'hidden'),
    presenting: fc.boolean(),
    lesson: maybe(
      fc.oneof(
        fc.constant({ open: 'contents' as const, part: 0 }),
        fc.record({ open: fc.constantFrom(...LESSONS), part: whole(0, 8) }),
      ),
    ),
  }),
);

const slot = whole(0, 1023);
const figures = said<LinkState['figures']>(
  fc.record({
    ...{ layer: whole(0, 255), head: whole(0, 255), causal: fc.boolean() },
    ...{ reader: maybe(whole(0, 1024)), read: maybe(whole(0, 1024)), slot: maybe(slot) },
    pair: fc.oneof(fc.constant([]), fc.uniqueArray(slot, { minLength: 2, maxLength: 2 })),
    ...{ steps: maybe(whole(0, 10)), temperature: decimal(0.3, 1.5) },
  }),
);

const lane = said<NonNullable<LinkState['race']['lanes']>[number]>(
  fc.record({
    model: name,
    steps: maybe(whole(1, 1024)),
    sampler: maybe(fc.constantFrom('first-hitting', 'confidence')),
  }),
);
const which = fc.oneof(
  fc.record({ preset: fc.constantFrom('pair', 'three', 'long', 'students') }),
  fc.record({ preset: fc.constant('budgets'), of: maybe(name) }),
  fc.record({ preset: fc.constant('three'), lanes: fc.array(lane, { minLength: 2, maxLength: 8 }) }),
);
const race = said<LinkState['race']>(
  fc
    .tuple(
      which,
      fc.record({
        ...{ slots: maybe(whole(1, 1024)), seed, temperature: decimal(0.1, 2), topP: decimal(0.05, 1) },
        ...{ prompt: text, rule: fc.constantFrom('time', 'pass', 'fraction') },
        ...{ texts: fc.constantFrom(16, 64, 256), speed: decimal(0.25, 8), focus: whole(0, 7) },
        ...{ run: maybe(fc.boolean()), text: maybe(hash) },
        ...{ shape: fc.constantFrom('169M', '424M', '863M', '1.3B'), tokens: fc.constantFrom(128, 1024) },
      }),
    )
    .map(([first, rest]) => ({ ...first, ...rest })),
);
const distill = said<LinkState['distill']>(
  fc.record({
    ...{ teacher: name, loss: fc.constantFrom('kl-bwd', 'kl-fwd', 'mse', 'tvd'), rounds: whole(1, 16) },
    ...{ updates: whole(1, 100_000), batch: whole(1, 256), slots: whole(2, 1024) },
    ...{ firstSteps: fc.constantFrom(8, 16, 32, 64, 128), m: fc.constantFrom(2, 3, 4, 8) },
    learningRate: fc.oneof(decimal(1e-9, 1), decimal(1e-9, 1e-5), fc.constantFrom(3e-5, 1e-7, 1.5e-9, 1)),
    ...{ seed, source: fc.constantFrom('bundled', 'own', 'written'), write: whole(8, 4096) },
    ...{ prompt: text, promptSeed: seed, texts: maybe(fc.constantFrom(4, 16, 32, 64)) },
  }),
);

const judge = fc.oneof(
  fc.record({ judge: maybe(name) }),
  fc.record({ judgeRepo: name, judgeRevision: maybe(name), judgeFile: maybe(name) }),
);
const evaluate = said<LinkState['evaluate']>(
  fc
    .tuple(
      judge,
      fc.record({
        ...{ models: fc.uniqueArray(name, { maxLength: 5 }), steps, count: whole(2, 4096) },
        ...{ slots: whole(2, 1024), prompt: text, sampler: fc.constantFrom('ancestral', 'confidence') },
        ...{ temperature: decimal(0.1, 2), topP: decimal(0.05, 1), seed },
        x: fc.constantFrom('steps', 'passes'),
        wordEnding: maybe(fc.constantFrom('eos', 'full stop', 'nothing')),
        ...{ wordCount: maybe(whole(1, 1e6)), wordDraws: whole(1, 1024), wordSeed: seed },
        ...{ boundLength: maybe(whole(2, 1024)), boundDraws: whole(2, 1024), boundSeed: seed },
        ...{ mauveCount: whole(32, 4096), mauveLength: maybe(whole(2, 1024)), mauveSteps: steps },
        ...{ mauveClusters: maybe(whole(2, 500)), mauveFeatures: name, mauveSeed: seed },
        ...{ reportTeacher: maybe(name), reportCount: whole(2, 4096), reportLength: whole(2, 1024) },
        reportUpTo: fc.constantFrom(8, 16, 32, 64, 128),
        ...{ reportItems: maybe(whole(1, 1e6)), reportSeed: seed },
      }),
    )
    .map(([first, rest]) => ({ ...first, ...rest })),
);
const models = said<LinkState['models']>(
  fc
    .record({
      tab: fc.constantFrom('rounds', 'sizes', 'teachers', 'mdlm', 'other'),
      ...{ rounds: name, sizes: name, repo: maybe(name), revision: maybe(name) },
    })
    .map(({ revision, ...rest }) => ({
      ...rest,
      revision: rest.repo === undefined ? undefined : revision,
    })),
);

/** Of the Watch view what came after version 1. */
const watch = said<LinkState['watch']>(
  fc.record({
    settings: fc.constant(firstLinkState.watch.settings),
    sample: fc.constant(0),
    colourBy: fc.constant('none'),
    speed: fc.constant(1),
    edit: fc.record({
      position: whole(0, 32),
      changes: fc.constantFrom({}, { 5: 412, 9: 'mask' }),
      seed: whole(0, 2 ** 32 - 1),
    }),
  }),
);

/** Any of the parts, so that links of one view and of all of them come up. */
const state: fc.Arbitrary<LinkState> = fc
  .record(
    { view: fc.constantFrom(...VIEWS), page, figures, watch, race, distill, evaluate, models },
    { requiredKeys: [] },
  )
  .map((parts) => ({ ...firstLinkState, ...parts }));

/** A state in which one part says something. */
const saying = <K extends keyof LinkState>(part: K, changed: Partial<LinkState[K]>): LinkState => ({
  ...firstLinkState,
  [part]: { ...(firstLinkState[part] as object), ...(changed as object) },
});

describe('any state of all views', () => {
  it('comes back from its link', () => {
    fc.assert(
      fc.property(state, (one) => {
        const link = encodeLink(one);
        expect(decodeLink(link)).toEqual({ state: one });
        // Nothing that chat programs or browsers would break or drop.
        expect(link).toMatch(/^(?:#v=[12]&[\w\-.*+%&=,/:]*[^.])?$/);
      }),
      { numRuns: 300 },
    );
  });

  it('uses every field', () => {
    const used = new Set<string>();
    fc.assert(
      fc.property(state, (one) => {
        for (const [field] of new URLSearchParams(encodeLink(one).slice(1))) used.add(field);
      }),
      { numRuns: 300 },
    );
    const ofViews = FIELDS.filter(({ name: field, since }) => since === 2 || field === 'view');
    expect([...used].toSorted()).toEqual(['v', ...ofViews.map((field) => field.name)].toSorted());
  });

  it('fits into a link at its longest', () => {
    const prompt = '\uffff'.repeat(4000);
    const ids = Array.from({ length: 32 }, (_, i) => `${'%'.repeat(70)}${i}`);
    const lanes = ids.slice(0, 8).map((model) => ({ model, steps: 1024, sampler: 'first-hitting' as const }));
    const pins = Object.fromEntries(Array.from({ length: 1024 }, (_, slot) => [slot, 2 ** 32 - 2]));
    const longest: LinkState = {
      ...firstLinkState,
      watch: {
        ...firstLinkState.watch,
        settings: { ...firstLinkState.watch.settings, slots: 1024, pins, prompt },
      },
      race: { ...firstLinkState.race, lanes, prompt },
      distill: { ...firstLinkState.distill, prompt },
      evaluate: { ...firstLinkState.evaluate, models: ids, prompt },
    };
    expect(decodeLink(encodeLink(longest))).toEqual({ state: longest });
  });
});

describe('a link', () => {
  it.each<[LinkState, string]>([
    [
      saying('race', {
        lanes: [
          { model: 'student', steps: 4 },
          { model: 'teacher', steps: 32, sampler: 'confidence' },
          { model: 'causal' },
        ],
        run: true,
      }),
      '#v=2&lanes=student.4,teacher.32.confidence,causal&run=true',
    ],
    [
      saying('race', { lanes: [{ model: 'v1.5', sampler: 'first-hitting' }, { model: 'a,b' }] }),
      '#v=2&lanes=v1%252E5.first-hitting,a%252Cb',
    ],
    [saying('race', { preset: 'budgets', of: 'teacher' }), '#v=2&preset=budgets&of=teacher'],
    [saying('distill', { learningRate: 3e-7 }), '#v=2&rate=0.0000003'],
    [saying('evaluate', { steps: [1, 3], models: [] }), '#v=2&evaluate-models=&evaluate-steps=1,3'],
    [saying('evaluate', { judgeRepo: 'Xenova/gpt2' }), '#v=2&judge-repo=Xenova/gpt2'],
    [
      saying('models', { tab: 'other', repo: 'a/b', revision: 'main' }),
      '#v=2&tab=other&repo=a/b&revision=main',
    ],
    [saying('page', { controls: 'hidden', presenting: true }), '#v=2&controls=hidden&present=true'],
    [saying('page', { lesson: { open: 'steps', part: 1 } }), '#v=2&lesson=steps.2'],
    [saying('page', { lesson: { open: 'steps', part: 0 } }), '#v=2&lesson=steps'],
    [saying('page', { lesson: { open: 'contents', part: 0 } }), '#v=2&lesson=contents'],
    [
      saying('figures', { layer: 1, head: 0, reader: 4, causal: true }),
      '#v=2&head=2.1&head-of=causal&reader=4',
    ],
    [saying('figures', { pair: [7, 3], slot: 9, steps: 6 }), '#v=2&pair=7,3&lens-slot=9&lens-steps=64'],
  ])('of %j is %s', (one, link) => {
    expect(encodeLink(one)).toBe(link);
    expect(decodeLink(link)).toEqual({ state: one });
  });

  it('is of version 1 where that can say it, and older pages follow it', () => {
    expect(encodeLink({ ...firstLinkState, view: 'race' })).toBe('#v=1&view=race');
    expect(encodeLink(saying('watch', { speed: 2 }))).toBe('#v=1&speed=2');
  });

  it('means in version 2 what it means in version 1', () => {
    const fields = 'model=teacher&steps=32&seed=7&prompt=Once+upon&pin=5.412,9.18&at=3';
    expect(decodeLink(`#v=2&${fields}`)).toEqual(decodeLink(`#v=1&${fields}`));
  });

  it('leaves a part that it says nothing of the very object of the usual start', () => {
    const read = decodeLink('#v=2&race-seed=1729');
    expect('state' in read && read.state.distill).toBe(firstLinkState.distill);
    expect('state' in read && read.state.race).not.toBe(firstLinkState.race);
  });
});

describe('a problem', () => {
  it.each([
    ['v=1&lanes=a.1,b.2', 'The link has a field "lanes", which came with version 2: begin it with v=2.'],
    [
      'v=2&lane=a.1',
      'The link has a field "lane": the fields that begin like that are lesson, lens-slot, lens-steps, lens-temperature, lanes, latency-shape, latency-tokens, loss.',
    ],
    ['v=2&zebra=1', 'The link has a field "zebra": no field of version 2 begins like that.'],
    ['v=2&=1', 'The link has a field "": no field of version 2 begins like that.'],
    ['v=2&of=teacher', 'The link says "of=teacher": of is to be left out, as preset is three.'],
    ['v=2&preset=pair&lanes=a,b', 'The link says "lanes=a,b": lanes is to be left out, as preset is pair.'],
    ['v=2&revision=main', 'The link says "revision=main": revision is to be left out, as no repo is given.'],
    [
      'v=2&judge=none&judge-repo=a/b',
      'The link says "judge-repo=a/b": judge-repo is to be left out, as judge is none.',
    ],
    ['v=2&head=0.1', 'The link says "head=0.1": head is layer.head, such as 2.3, both from 1 to 256.'],
    ['v=2&pair=3,3', 'The link says "pair=3,3": pair is two slots, such as 3,7: slots go from 0 to 1023.'],
    ['v=2&rate=2', 'The link says "rate=2": rate is a number from 0.000000001 to 1, in plain digits.'],
  ])('of %j', (link, problem) => {
    expect(decodeLink(`#${link}`)).toEqual({ problem });
  });

  it.each([
    [
      'lanes',
      ['a.1', 'a.0,b', 'a.1.2,b', 'a.confidence.4,b', 'a.,b', ',', 'a%2,b', 'a.1025,b', 'a,b,c,d,e,f,g,h,i'],
    ],
    ['lesson', ['', 'steps.0', 'steps.10', 'steps.1.1', 'contents.1', 'toString', 'steps.']],
    ['evaluate-models', ['a,a', 'a,', ',', 'a%2Fb']],
    ['evaluate-steps', ['0', '1,1', '1025', '1;2']],
    ['first-steps', ['12', '', '16.0']],
    ['texts', ['17']],
    ['controls', ['off']],
    ['run', ['yes']],
  ])('in %s is any of %j', (field, values) => {
    for (const value of values) {
      const read = decodeLink(`#v=2&${field}=${encodeURIComponent(value)}`);
      expect('problem' in read && read.problem, value).toMatch(new RegExp(`: ${field} is [^\n]*\\.$`));
    }
  });
});

it('understands or refuses any string, and never throws', () => {
  const field = fc.oneof(
    fc.constantFrom(...FIELDS.map((one) => one.name), 'v', 'x'),
    fc.string({ maxLength: 5 }),
  );
  const value = fc.oneof(
    fc.constantFrom(
      '0',
      '1',
      '16',
      '0.5',
      '',
      'true',
      'none',
      'steps.2',
      'a.1,b',
      'three',
      'budgets',
      '%',
      '%25',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const seen = { state: 0, problem: 0 };
  fc.assert(
    fc.property(fc.array(fc.tuple(field, value), { maxLength: 3 }), (pairs) => {
      const read = decodeLink(['v=2', ...pairs.map((pair) => pair.join('='))].join('&'));
      if ('problem' in read) {
        seen.problem++;
        expect(read.problem).toMatch(/^Th(?:e|is) link [^\n]*\.$/);
        expect(read.problem.length).toBeLessThan(400);
      } else {
        seen.state++;
        expect(decodeLink(encodeLink(read.state))).toEqual(read);
      }
    }),
    { numRuns: 1500 },
  );
  expect(Math.min(seen.state, seen.problem)).toBeGreaterThan(50);
});

it('has every field in the tables of docs/links.md, and no other', () => {
  const docs = readFileSync(new URL('../../../docs/links.md', import.meta.url), 'utf8');
  const documented = [...docs.matchAll(/^\| `([\w-]+)` /gm)].map((found) => found[1]);
  expect(documented.toSorted()).toEqual(['v', ...FIELDS.map((field) => field.name)].toSorted());
});
