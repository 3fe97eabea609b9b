import { VIEWS } from '../stores/view.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstSettings } from '../stores/watch.ts';
import { decodeLink, encodeLink, firstLinkState, type LinkState } from './link.ts';
import type { WatchLink } from './watch.ts';

const LARGEST_SEED = 2 ** 32 - 1;
const COLOURS = ['none', 'step', 'probability', 'entropy', 'order'] as const;
const SAMPLERS = ['ancestral', 'first-hitting', 'confidence'] as const;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const decimal = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const settings = fc
  .record({ slots: fc.integer({ min: 1, max: 1024 }), count: fc.integer({ min: 1, max: 16 }) })
  .chain(({ slots, count }) =>
    fc.record({
      slots: fc.constant(slots),
      count: fc.constant(count),
      model: fc
        .string({ unit: 'binary', minLength: 1, maxLength: 80 })
        .filter((id) => !UNPRINTABLE.test(id) && Array.from(id).length <= 80),
      sampler: fc.constantFrom(...SAMPLERS),
      steps: fc.integer({ min: 1, max: 1024 }),
      seed: fc.integer({ min: 0, max: LARGEST_SEED }),
      temperature: decimal(0.1, 2),
      topP: decimal(0.05, 1),
      // Every code point but half surrogate pairs, line feeds and null characters among them.
      prompt: fc.string({ unit: 'binary', maxLength: 40 }),
      bos: fc.boolean(),
      pins: fc
        .uniqueArray(
          fc.tuple(fc.integer({ min: 0, max: slots - 1 }), fc.integer({ min: 0, max: 2 ** 32 - 2 })),
          { maxLength: 8, selector: ([slot]) => slot },
        )
        .map((pairs) => Object.fromEntries(pairs) as Record<number, number>),
    }),
  );

const validWatch: fc.Arbitrary<WatchLink> = settings.chain((chosen) =>
  fc.record(
    {
      settings: fc.constant(chosen),
      sample: fc.integer({ min: 0, max: chosen.count - 1 }),
      position: fc.integer({ min: 0, max: chosen.slots }),
      slot: fc.integer({ min: 0, max: chosen.slots - 1 }),
      colourBy: fc.constantFrom(...COLOURS),
      speed: decimal(0.25, 8),
      text: fc.integer({ min: 0, max: LARGEST_SEED }).map((word) => word.toString(16).padStart(8, '0')),
    },
    { requiredKeys: ['settings', 'sample', 'colourBy', 'speed'] },
  ),
);

/** What version 1 can say. */
const validState: fc.Arbitrary<LinkState> = fc
  .record({ view: fc.constantFrom(...VIEWS), watch: validWatch })
  .map((said) => ({ ...firstLinkState, ...said }));

/** A state of the Watch view alone. */
const watching = (watch: Partial<WatchLink>): LinkState => ({
  ...firstLinkState,
  watch: { ...firstLinkState.watch, ...watch },
});

const isWhole = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;

/** Everything that the page relies on, written down once more and apart from the table of fields. */
function faultOf({ view, watch }: LinkState) {
  const { settings: s, sample, position, slot, colourBy, speed, text } = watch;
  const checks: Record<string, boolean> = {
    view: VIEWS.includes(view),
    model: !UNPRINTABLE.test(s.model) && Array.from(s.model).length >= 1 && Array.from(s.model).length <= 80,
    sampler: SAMPLERS.includes(s.sampler),
    steps: isWhole(s.steps, 1, 1024),
    seed: isWhole(s.seed, 0, LARGEST_SEED),
    temperature: s.temperature >= 0.1 && s.temperature <= 2,
    topP: s.topP >= 0.05 && s.topP <= 1,
    slots: isWhole(s.slots, 1, 1024),
    count: isWhole(s.count, 1, 16),
    prompt: s.prompt.length <= 4000 && !/\p{Cs}/u.test(s.prompt),
    bos: typeof s.bos === 'boolean',
    pins: Object.entries(s.pins).every(
      ([pinned, token]) => isWhole(Number(pinned), 0, s.slots - 1) && isWhole(token, 0, 2 ** 32 - 2),
    ),
    sample: isWhole(sample, 0, s.count - 1),
    position: position === undefined || isWhole(position, 0, s.slots),
    slot: slot === undefined || isWhole(slot, 0, s.slots - 1),
    colourBy: COLOURS.includes(colourBy),
    speed: speed >= 0.25 && speed <= 8,
    text: text === undefined || /^[0-9a-f]{8}$/.test(text),
  };
  return Object.keys(checks).find((field) => !checks[field]);
}

/** One sentence: it begins with the link, ends with its only full stop (quoted text apart), and is no novel. */
function expectSentence(problem: string) {
  // What is quoted from a link may hold anything printable, quotes included.
  const ours = problem.replace(/".*"/, '""').replace('slot.token, such as 5.412,9.18', 'a list');
  expect(ours).toMatch(/^Th(?:e|is) link [^\n]*[^.]\.$/);
  expect(ours.replaceAll(/\d\.\d/g, '').split('.')).toHaveLength(2);
  expect(problem).not.toMatch(UNPRINTABLE);
  expect(problem.length).toBeLessThan(300);
}

/** Any link means a state within all ranges, which has a link of its own, or has a problem of one sentence. */
function expectUnderstoodOrRefused(hash: string): 'state' | 'problem' {
  const read = decodeLink(hash);
  if ('problem' in read) {
    expectSentence(read.problem);
    return 'problem';
  }
  expect(faultOf(read.state)).toBeUndefined();
  const again = encodeLink(read.state);
  expect(decodeLink(again)).toEqual(read);
  return 'state';
}

describe('any state', () => {
  it('comes back from its link', () => {
    fc.assert(
      fc.property(validState, (state) => {
        const hash = encodeLink(state);
        expect(decodeLink(hash)).toEqual({ state });
        expect(decodeLink(hash.slice(1))).toEqual({ state });
        // Nothing that chat programs or browsers would break or drop.
        expect(hash).toMatch(/^(?:#v=1&[\w\-.*+%&=,]*[^.])?$/);
      }),
      { numRuns: 500 },
    );
  });

  it('with one field changed has a link with that field alone', () => {
    const changed: [Partial<WatchLink['settings']>, string][] = [
      [{ model: 'teacher' }, '#v=1&model=teacher'],
      [{ sampler: 'first-hitting' }, '#v=1&sampler=first-hitting'],
      [{ steps: 32 }, '#v=1&steps=32'],
      [{ seed: LARGEST_SEED }, '#v=1&seed=4294967295'],
      [{ temperature: 0.7 }, '#v=1&temperature=0.7'],
      [{ topP: 0.95 }, '#v=1&topP=0.95'],
      [{ slots: 64 }, '#v=1&slots=64'],
      [{ count: 3 }, '#v=1&count=3'],
      [{ prompt: 'Once upon, 1,000 & more.' }, '#v=1&prompt=Once+upon%2C+1,000+%26+more%2E'],
      [{ bos: false }, '#v=1&bos=false'],
      [{ pins: { 9: 18, 5: 412 } }, '#v=1&pin=5.412,9.18'],
    ];
    for (const [settings, hash] of changed) {
      const state = watching({ settings: { ...firstSettings, ...settings } });
      expect(encodeLink(state)).toBe(hash);
      expect(decodeLink(hash)).toEqual({ state });
    }
    const beside: [Partial<WatchLink>, string][] = [
      [{ position: 0 }, '#v=1&at=0'],
      [{ slot: 31 }, '#v=1&slot=31'],
      [{ colourBy: 'entropy' }, '#v=1&colour=entropy'],
      [{ speed: 0.25 }, '#v=1&speed=0.25'],
      [{ text: '00930710' }, '#v=1&tokens=00930710'],
    ];
    for (const [part, hash] of beside) {
      const state = watching(part);
      expect(encodeLink(state)).toBe(hash);
      expect(decodeLink(hash)).toEqual({ state });
    }
  });

  it('has its fields in one order, whatever the order of the link', () => {
    const orders = [
      '#at=3&pin=5.412,9.18&prompt=Once%20upon&seed=7&steps=32&model=teacher&v=1',
      'v=1&model=teacher&&steps=32&seed=7&prompt=Once+upon&pin=9.18%2C5.412&at=3&bos=true&',
    ];
    for (const hash of orders) {
      const read = decodeLink(hash);
      expect('state' in read && encodeLink(read.state)).toBe(
        '#v=1&model=teacher&steps=32&seed=7&prompt=Once+upon&pin=5.412,9.18&at=3',
      );
    }
  });

  it('fits into a link at its longest', () => {
    const slots = 1024;
    const pins = Object.fromEntries(Array.from({ length: slots }, (_, slot) => [slot, 2 ** 32 - 2]));
    const settings = { ...firstSettings, slots, pins, model: '🙂'.repeat(80), prompt: '\uffff'.repeat(4000) };
    const state = watching({ settings });
    expect(decodeLink(encodeLink(state))).toEqual({ state });
  });

  it('replaces half surrogate pairs, which no address can hold', () => {
    const state = watching({ settings: { ...firstSettings, prompt: 'a\ud800b' } });
    expect(encodeLink(state)).toBe('#v=1&prompt=a%EF%BF%BDb');
  });
});

describe('the usual start', () => {
  it.each(['', '#', '#v=1', 'v=1&seed=29&prompt=&sampler=analytic'])('is what %j means', (hash) => {
    expect(decodeLink(hash)).toEqual({ state: firstLinkState });
  });

  it('has no link', () => {
    expect(encodeLink(firstLinkState)).toBe('');
  });

  it('stays what it is: links leave it out, so another start needs another version', () => {
    expect(firstLinkState.view).toBe('watch');
    expect(firstLinkState.watch).toEqual({
      settings: {
        ...{ model: 'student', sampler: 'ancestral', steps: 8, seed: 29, temperature: 1, topP: 1 },
        ...{ slots: 32, count: 1, prompt: '', bos: true, pins: {} },
      },
      sample: 0,
      colourBy: 'none',
      speed: 1,
    });
  });
});

const WHOLE = (least: number, most: number) => `a whole number from ${least} to ${most}, in plain digits`;
const NUMBER = (least: number, most: number) => `a number from ${least} to ${most}, in plain digits`;
const PINS =
  'a list of slot.token, such as 5.412,9.18, each slot once: ' +
  'slots go from 0 to 31, tokens from 0 to 4294967294';

describe('a problem', () => {
  /** Field, what it may hold, and what it may not. */
  const refused: [string, string, string[]][] = [
    ['view', 'one of watch, race, distill, evaluate, models and self-test', ['train', '']],
    ['model', 'a name of 1 to 80 printable characters', ['', 'm'.repeat(81)]],
    ['sampler', 'one of ancestral, first-hitting, confidence and analytic', ['greedy', 'toString', '']],
    ['steps', WHOLE(1, 1024), ['0', '4000', '1e3', ' 5', '5 ', '0x10', '08', '-1', '+1', '8.0', '٣', '']],
    ['seed', WHOLE(0, LARGEST_SEED), ['4294967296', '-1', '1.5', 'NaN', '9'.repeat(30)]],
    ['temperature', NUMBER(0.1, 2), ['0', '0.09', '2.01', '1e0', '.5', '1.', '1,5', 'Infinity']],
    ['topP', NUMBER(0.05, 1), ['0', '0.049', '1.001', '-0.5']],
    ['slots', WHOLE(1, 1024), ['0', '1025']],
    ['count', WHOLE(1, 16), ['0', '17']],
    ['bos', 'true or false', ['yes', '1', 'True', '']],
    [
      'pin',
      PINS,
      [
        ...['', '5', '5.', '.5', '5.4.1', '5.412,', '5.412,5.413', '5.412,5.412', '32.1', '-1.4', '5.4e1'],
        ...['5.4294967295', '05.1', '5.01', '5. 1', '5:1', '__proto__.1'],
      ],
    ],
    ['sample', 'only 0, as count is 1', ['1', '-1']],
    ['at', `${WHOLE(0, 32)}, as slots is 32`, ['33', 'end']],
    ['slot', `${WHOLE(0, 31)}, as slots is 32`, ['32', '1.5']],
    [
      'colour',
      'one of none, step, probability, entropy and order',
      ['red', 'Step', 'constructor', '__proto__'],
    ],
    ['speed', NUMBER(0.25, 8), ['0.2', '8.1', '0', 'fast']],
    ['tokens', '8 digits from 0 to 9 and a to f', ['1234567', '123456789', '1234567G', 'ABCDEF01']],
  ];
  const cases = refused.flatMap(([field, expects, values]) => values.map((value) => [field, value, expects]));

  it.each(cases)('names %s and what it may hold, which is not %j', (field, value, expects) => {
    const letters = Array.from(`${field}=${value}`);
    const said = letters.length > 60 ? `${letters.slice(0, 60).join('')}…` : letters.join('');
    const read = decodeLink(`#v=1&${field}=${encodeURIComponent(value)}`);
    expect(read).toEqual({ problem: `The link says "${said}": ${field} is ${expects}.` });
    expectUnderstoodOrRefused(`#v=1&${field}=${encodeURIComponent(value)}`);
  });

  it.each([
    ['a\u0000b', 'a\ufffdb'],
    ['a\u202eb', 'a\ufffdb'],
    ['a\u2028b', 'a\ufffdb'],
    ['\u200b', '\ufffd'],
  ])('shows a model %j without its odd characters', (model, shown) => {
    expect(decodeLink(`#v=1&model=${encodeURIComponent(model)}`)).toEqual({
      problem: `The link says "model=${shown}": model is a name of 1 to 80 printable characters.`,
    });
  });

  const FIELDS =
    'v, view, model, sampler, steps, seed, temperature, topP, slots, count, prompt, bos, pin, sample, at, slot, ' +
    'colour, speed, tokens';
  const BROKEN = 'what follows a % must be two hex digits of UTF-8 text.';
  const newer = (version: string) =>
    `This link was made by a newer Unmask: v, its version, is "${version}", and this page reads 1 to 2: reload the page, or choose "Open it now" where a new version waits.`;
  it.each([
    ['seed=7', 'The link names no version: it begins with v=1 or v=2.'],
    ['&', 'The link names no version: it begins with v=1 or v=2.'],
    ['canvas', 'The link names no version: it begins with v=1 or v=2.'],
    ['v=3', newer('3')],
    // A newer version may know more fields, and may let them repeat.
    ['tempo=3&tempo=4&v=10', newer('10')],
    ['v=0', 'The link says "v=0": v is the version of the link, 1 or 2.'],
    ['v=1.0', 'The link says "v=1.0": v is the version of the link, 1 or 2.'],
    ['v=', 'The link says "v=": v is the version of the link, 1 or 2.'],
    ['v=1&v=1', 'The link says v more than once: give each field once.'],
    ['v=1&seed=7&seed=7', 'The link says seed more than once: give each field once.'],
    ['v=1&sedd=7', `The link has a field "sedd": its fields are ${FIELDS}.`],
    ['v=1&Seed=7', `The link has a field "Seed": its fields are ${FIELDS}.`],
    ['v=1&=7', `The link has a field "": its fields are ${FIELDS}.`],
    ['v=1&__proto__=7', `The link has a field "__proto__": its fields are ${FIELDS}.`],
    ['v=1#seed=7', 'The link says "v=1#seed=7": v is the version of the link, 1 or 2.'],
    ['v=1&prompt=100%', `The link has "prompt=100%": ${BROKEN}`],
    ['v=1&prompt=%zz', `The link has "prompt=%zz": ${BROKEN}`],
    ['v=1&prompt=%FF', `The link has "prompt=%FF": ${BROKEN}`],
    ['v=1&prompt=%ED%A0%80', `The link has "prompt=%ED%A0%80": ${BROKEN}`],
    ['v=1&prompt=\ud800', `The link has "prompt=\ufffd": ${BROKEN}`],
    ['v=1&s%=7', `The link has "s%=7": ${BROKEN}`],
    ['v=1&count=3&sample=3', `The link says "sample=3": sample is ${WHOLE(0, 2)}, as count is 3.`],
    ['v=1&at=9&slots=8', `The link says "at=9": at is ${WHOLE(0, 8)}, as slots is 8.`],
    ['v=1&slot=0&slots=1&at=2', `The link says "at=2": at is ${WHOLE(0, 1)}, as slots is 1.`],
  ])('of %j', (hash, problem) => {
    expect(decodeLink(`#${hash}`)).toEqual({ problem });
    expectUnderstoodOrRefused(hash);
  });

  it('of very long links and prompts', () => {
    const prompt = (length: number) => decodeLink(`#v=1&prompt=${'a'.repeat(length)}`);
    expect(prompt(4000)).toHaveProperty('state');
    expect(prompt(4001)).toEqual({
      problem: `The link says "prompt=${'a'.repeat(53)}…": prompt is a text of at most 4000 characters.`,
    });
    expect(decodeLink(`#${'v=1&'.repeat(20_000)}`)).toEqual({
      problem: 'The link has 80000 characters: links have at most 60000.',
    });
  });

  it('is none at the ends of every range', () => {
    const ends = [
      ...['steps=1', 'steps=1024', 'seed=0', 'seed=4294967295', 'temperature=0.1', 'temperature=2.00'],
      ...['topP=0.05', 'topP=1', 'slots=1', 'slots=1024', 'count=1', 'count=16', 'sample=0'],
      ...['count=16&sample=15', 'at=0', 'at=32', 'slots=1024&at=1024', 'slot=0', 'slot=31'],
      ...['speed=0.25', 'speed=8', 'pin=0.0,31.4294967294', `model=${'m'.repeat(80)}`, 'tokens=ffffffff'],
    ];
    for (const end of ends) expect(decodeLink(`#v=1&${end}`), end).toHaveProperty('state');
  });
});

describe('any string', () => {
  const outcomes = (arbitrary: fc.Arbitrary<string>, numRuns: number) => {
    const seen = { state: 0, problem: 0 };
    fc.assert(
      fc.property(arbitrary, (hash) => {
        seen[expectUnderstoodOrRefused(hash)]++;
      }),
      { numRuns },
    );
    return seen;
  };

  it('is understood or refused, never thrown over', () => {
    // Units of UTF-16, half surrogate pairs included.
    const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));
    outcomes(
      fc.oneof(
        units,
        units.map((text) => `#v=1&prompt=${text}`),
      ),
      500,
    );
  });

  it('made of names and values is understood or refused', () => {
    const names = [
      'v',
      'model',
      'sampler',
      'steps',
      'seed',
      'temperature',
      'topP',
      'slots',
      'count',
      'prompt',
    ];
    const name = fc.constantFrom(
      ...names,
      'bos',
      'pin',
      'sample',
      'at',
      'slot',
      'colour',
      'speed',
      'tokens',
      'x',
    );
    const value = fc.oneof(
      fc.constantFrom('0', '1', '2', '8', '16', '32', '1024', '0.5', '1e3', '-0', '', 'true', 'false'),
      fc.constantFrom(
        'analytic',
        'none',
        'step',
        '0.0',
        '0.1,1.2',
        '1.2,1.2',
        '31.7',
        '0123abcd',
        '%',
        '%00',
      ),
      fc.integer({ min: -1, max: 2 ** 33 }).map(String),
    );
    const fields = fc.uniqueArray(fc.tuple(name, value), { maxLength: 4, selector: ([field]) => field });
    const links = fields.map((pairs) => ['v=1', ...pairs.map((pair) => pair.join('='))].join('&'));
    const seen = outcomes(links, 2000);
    expect(Math.min(seen.state, seen.problem)).toBeGreaterThan(100);
  });

  it('that was a valid link before a change never means a state outside the ranges', () => {
    const changed = fc
      .tuple(
        validState,
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.constantFrom(...Array.from('0123456789.,-+%&=#eax'), ''),
      )
      .map(([state, where, length, instead]) => {
        const hash = encodeLink(state);
        const at = where % (hash.length + 1);
        return hash.slice(0, at) + instead + hash.slice(at + length);
      });
    const seen = outcomes(changed, 2000);
    expect(Math.min(seen.state, seen.problem)).toBeGreaterThan(100);
  });
});
