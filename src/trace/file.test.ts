import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import recorded from '../../public/schema/trace-1.json';
import { traceSchema, traceShape } from './file-format.ts';
import { isTrace, readTraceBytes, readTraceFile, writeTraceFile } from './file.ts';
import type { Schema } from './shape.ts';
import { traceFiles } from './testing.ts';

/** What a small run looks like in a file. */
const small = () => ({
  version: 1,
  origin: 'live',
  traces: [
    {
      ...{
        version: 1,
        model: 'student',
        sampler: 'ancestral',
        steps: 4,
        forwardPasses: 2,
        seed: 1,
        sample: 0,
      },
      ...{ temperature: 1, topP: 1, maskId: 9, initial: [0, 9, 9, 5] },
      trace: [
        { step: 1, t: 1, positions: [2], tokens: [7], probabilities: [0.5], entropies: [1] },
        { step: 3, t: 0.5, positions: [1], tokens: [8], probabilities: [0.25], entropies: [2] },
      ],
    },
  ],
  pieces: { 0: '<|endoftext|>', 5: ' five', 7: ' seven', 8: ' eight' } as Record<string, unknown>,
});

const problemOf = (json: unknown): string | undefined => {
  const read = readTraceFile(typeof json === 'string' ? json : JSON.stringify(json));
  return 'problem' in read ? read.problem : undefined;
};

type Path = (string | number)[];

/** Every place in a JSON value. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [path, ...keys.flatMap((key) => placesIn((value as Record<string, unknown>)[key], [...path, key]))];
}

/** A copy with something else in one place. */
function changed(value: unknown, path: Path, to: unknown): unknown {
  if (path.length === 0) return to;
  const [key, ...rest] = path;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  if (rest.length === 0 && to === undefined) Reflect.deleteProperty(copy, key);
  else copy[key] = changed(copy[key], rest, to);
  return Array.isArray(copy) ? copy.filter((_, i) => i in copy) : copy;
}

const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

/** What damage leaves behind. NaN and Infinity are null in JSON; undefined stands for nothing at all. */
const strange = fc.oneof(
  fc.constantFrom(
    ...[undefined, null, true, '', '7', [], {}, [[]], { '': 0 }, -1, -0, 0, 0.5, 1, 2, 3, 1.0000001, 1e9],
    ...[2 ** 32, 1e300, -1e300, 'x'.repeat(5000), '\ud800', nested(200), { __proto__: null, a: 1 }],
  ),
  fc.integer({ min: -2, max: 40 }),
  fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 5 }),
  fc.jsonValue(),
);

/** Making files takes longer than damaging them. */
const files = fc.sample(traceFiles, { numRuns: 60, seed: 7 });

/** Files of which one or two places were damaged. */
const damaged = fc
  .tuple(fc.constantFrom(...files), fc.array(fc.tuple(fc.nat(), strange), { minLength: 1, maxLength: 2 }))
  .map(([file, damages]) =>
    damages.reduce<unknown>((json, [where, to]) => {
      const places = placesIn(json);
      return changed(json, places[where % places.length], to);
    }, file),
  );

/** A problem is one sentence that names what may be done. */
function expectSentence(problem: string): void {
  expect(problem).toMatch(/^(In this trace|The file|This trace).{3,400}\.$/u);
  expect(problem.slice(0, -1)).not.toMatch(/[.!?] [A-Z]/);
  expect(problem).toMatch(/: (save|reload)/);
}

describe('readTraceFile', () => {
  it('gives back what was written', () => {
    const property = fc.property(traceFiles, (file) => {
      expect(readTraceFile(writeTraceFile(file))).toEqual({
        file: JSON.parse(JSON.stringify(file)) as unknown,
      });
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('reads old copies, which say neither what was asked for nor how they begin', () => {
    const read = readTraceFile(JSON.stringify(small()));
    expect(read).toMatchObject({
      file: {
        beginnings: 1,
        settings: { model: 'student', steps: 4, slots: 3, count: 1, bos: true, prompt: '', pins: {} },
      },
    });
    const prompted = { ...small(), pieces: { 0: 'Once' } };
    expect(readTraceFile(JSON.stringify(prompted))).toMatchObject({
      file: { beginnings: 0, settings: { slots: 4, bos: false } },
    });
    expect(readTraceFile(JSON.stringify({ ...small(), later: 1 }))).not.toHaveProperty('file.later');
  });

  it.each<[string, Path, unknown, string]>([
    ['no texts', ['traces'], undefined, 'traces is missing and has to be a list of 1 to 16'],
    ['a token beyond', ['traces', 0, 'trace', 1, 'tokens', 0], 10, 'traces[0].trace[1].tokens[0] is 10'],
    ['the mask as token', ['traces', 0, 'trace', 1, 'tokens', 0], 9, 'a token, from 0 to 8'],
    ['a slot twice', ['traces', 0, 'trace', 1, 'positions', 0], 2, 'a position that is still masked then'],
    ['a slot that was given', ['traces', 0, 'trace', 0, 'positions', 0], 3, 'still masked'],
    ['a slot beyond', ['traces', 0, 'trace', 0, 'positions', 0], 4, 'from 0 to 3'],
    ['steps that fall', ['traces', 0, 'trace', 1, 'step'], 1, 'trace[1].step is 1 and has to be above 1'],
    ['a step too far', ['traces', 0, 'trace', 1, 'step'], 6, 'at most 5'],
    [
      'lists unequal',
      ['traces', 0, 'trace', 1, 'entropies'],
      [1, 2],
      'is a list of 2 and has to be as long as',
    ],
    ['no chance', ['traces', 0, 'trace', 1, 'probabilities', 0], 1.5, 'probabilities[0] is 1.5'],
    ['no entropy', ['traces', 0, 'trace', 1, 'entropies', 0], null, 'entropies[0] is null'],
    ['less than nothing', ['traces', 0, 'trace', 1, 'entropies', 0], -0.1, 'entropies[0] is -0.1'],
    ['a piece that is none', ['pieces', '7'], 7, 'pieces.7 is 7 and has to be a text'],
    ['a piece of no token', ['pieces', '10'], 'ten', 'of tokens from 0 to 9'],
    ['a piece by name', ['pieces', 'x'], 'ten', 'names are whole numbers'],
    ['the wrong steps', ['traces', 0, 'steps'], 0, 'has to be at least 1'],
    ['too few passes', ['traces', 0, 'forwardPasses'], 1, 'at least 2, the steps recorded'],
    ['a wrong time', ['saved'], 'yesterday', 'a time in UTC'],
    ['a beginning that is none', ['beginnings'], 2, 'beginnings is 2 and has to be 0 or 1'],
    [
      'another sampler',
      ['traces', 0, 'sampler'],
      'autoregressive',
      'ancestral or first-hitting or confidence',
    ],
    ['something long', ['traces', 0, 'model'], 'm'.repeat(999), `"${'m'.repeat(40)}…"`],
  ])('names the field: %s', (_, path, to, says) => {
    const problem = problemOf(changed(small(), path, to))!;
    expect(problem).toContain(says);
    expectSentence(problem);
  });

  it('holds texts to the first one, settings to the texts, and pins to the slots', () => {
    const [one] = small().traces;
    const settings = {
      ...{ model: 'student', sampler: 'ancestral', steps: 4, seed: 1, temperature: 1, topP: 1 },
      ...{ slots: 3, count: 1, prompt: '', bos: true, pins: {} },
    };
    for (const [json, says] of [
      [{ ...small(), traces: [one, { ...one, seed: 2 }] }, 'traces[1].seed is 2'],
      [{ ...small(), traces: [one, { ...one, initial: [0, 9, 9] }] }, 'traces[1].initial is a list of 3'],
      [
        { ...small(), settings: { ...settings, steps: 8 } },
        'settings.steps is 8 and has to be that of the texts, 4',
      ],
      [{ ...small(), settings: { ...settings, slots: 4 } }, 'settings.slots is 4'],
      [{ ...small(), settings, traces: [one, one] }, 'settings.count is 1 and has to be at least 2'],
      [{ ...small(), settings: { ...settings, pins: { 3: 1 } } }, 'slot 3 with token 1'],
      [{ ...small(), settings: { ...settings, pins: { 2: 9 } } }, 'of tokens from 0 to 8'],
      [{ ...small(), settings: { ...settings, pins: { 0: 7 } } }, 'traces[0].initial gives a token'],
      [{ ...small(), traces: [{ ...one, from: 99 }] }, 'traces[0].from is 99 and has to be below 1'],
      [{ ...small(), traces: [{ ...one, trace: [], from: 5 }] }, 'traces[0].from is 5 and has to be below 5'],
      [{ ...small(), beginnings: 1, traces: [{ ...one, initial: [9, 9, 9, 5] }] }, 'beginnings is 1'],
    ] as const)
      expect(problemOf(json)).toContain(says);
    expect(problemOf({ ...small(), settings })).toBeUndefined();
    expect(problemOf({ ...small(), settings: { ...settings, pins: { 2: 5 } } })).toBeUndefined();
    const [early, late] = one.trace;
    const later = [{ ...early, step: 2 }, late];
    for (const [json, says] of [
      [{ ...one, trace: later, from: 2 }, 'has to be below 2'],
      [{ ...one, trace: later, from: 1 }, undefined],
      [{ ...one, trace: [], from: 4 }, undefined],
    ] as const) {
      const problem = problemOf({ ...small(), traces: [json] });
      if (says === undefined) expect(problem).toBeUndefined();
      else expect(problem).toContain(says);
    }
  });

  it.each([
    ['9999-99-99T99:99:99Z', false],
    ['2026-02-30T12:00:00Z', false],
    ['2026-13-01T12:00:00Z', false],
    ['2026-01-31T24:00:00Z', false],
    ['2024-02-29T23:59:59.5Z', true],
  ])('takes a day that there is alone: %s', (saved, takes) => {
    expect(problemOf({ ...small(), saved }) === undefined).toBe(takes);
  });

  it('says which versions it does not read', () => {
    expect(problemOf({ ...small(), version: 2, traces: 'in another way' })).toContain(
      'made by a newer Unmask',
    );
    expect(problemOf({ ...small(), version: 0 })).toContain('version is 0');
    expect(problemOf({ traces: [] })).toContain('version is missing');
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '7',
    '"a"',
    '<html>',
    '\ufeff\ufeff{}',
    '['.repeat(100_000),
    '{"version":1}',
  ])('is a sentence for %.20j', (content) => {
    expectSentence(problemOf(content)!);
  });

  it('never throws, whatever was damaged, and what it takes can be played', () => {
    let [taken, refused] = [0, 0];
    const property = fc.property(damaged, (json) => {
      const read = readTraceFile(JSON.stringify(json ?? null));
      if ('problem' in read) {
        refused++;
        expectSentence(read.problem);
        return;
      }
      taken++;
      for (const { initial, trace, maskId } of read.file.traces) {
        const text = [...initial];
        for (const { positions, tokens } of trace)
          for (const [i, position] of positions.entries()) {
            expect(text[position]).toBe(maskId);
            text[position] = tokens[i];
            expect(text[position]).toBeLessThan(maskId);
          }
      }
    });
    fc.assert(property, { numRuns: 3000 });
    expect(taken, 'some damages do no harm').toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(1000);
  });

  it('never throws where a file was cut off, garbled, or is in another encoding', () => {
    const whole = new TextEncoder().encode(JSON.stringify(small()));
    const property = fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const cut = readTraceBytes(whole.slice(0, at));
      expectSentence('problem' in cut ? cut.problem : '');
      const garbled = readTraceBytes(whole.with(at, byte));
      if ('problem' in garbled) expectSentence(garbled.problem);
    });
    fc.assert(property, { numRuns: 500 });
    const wide = new Uint8Array(Uint16Array.from([0xfeff, ...Buffer.from('{"version":1}')]).buffer);
    expect(readTraceBytes(wide)).toEqual({ problem: expect.stringContaining('not text in UTF-8') as string });
    const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...whole]);
    expect(readTraceBytes(marked), 'a mark of the byte order is fine').toHaveProperty('file');
  });
});

it('isTrace knows a trace by what it has', () => {
  expect([small(), { traces: 1 }].map(isTrace)).toEqual([true, true]);
  expect([null, 'traces', ['traces'], { lanes: [] }].map(isTrace)).toEqual([false, false, false, false]);
});

/** Whether a value is as a schema says, for the keywords that ours has; any other throws. */
function conforms(schema: Schema, value: unknown): boolean {
  const isNumber = typeof value === 'number';
  const fields =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  const items = Array.isArray(value) ? (value as unknown[]) : undefined;
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const types: Readonly<Record<string, boolean>> = {
    ...{ integer: Number.isInteger(value), number: isNumber, boolean: typeof value === 'boolean' },
    ...{ string: typeof value === 'string', array: items !== undefined, object: fields !== undefined },
  };
  const matches = (pattern: unknown, one: string): boolean => new RegExp(pattern as string, 'u').test(one);
  return Object.entries(schema).every(([keyword, says]) => {
    const most = says as number;
    switch (keyword) {
      case '$schema':
      case 'title':
      case 'description':
        return true;
      case 'type':
        return types[says as string];
      case 'enum':
        return (says as unknown[]).includes(value);
      case 'minimum':
        return !isNumber || value >= most;
      case 'exclusiveMinimum':
        return !isNumber || value > most;
      case 'maximum':
        return !isNumber || value <= most;
      case 'maxLength':
        return typeof value !== 'string' || Array.from(value).length <= most;
      case 'pattern':
        return typeof value !== 'string' || matches(says, value);
      case 'minItems':
        return !items || items.length >= most;
      case 'maxItems':
        return !items || items.length <= most;
      case 'items':
        return !items || items.every((item) => conforms(says as Schema, item));
      case 'required':
        return !fields || (says as string[]).every((name) => fields.some(([key]) => key === name));
      case 'properties':
        return (
          !fields || fields.every(([key, one]) => !(key in properties) || conforms(properties[key], one))
        );
      case 'maxProperties':
        return !fields || fields.length <= most;
      case 'propertyNames':
        return !fields || fields.every(([key]) => conforms(says as Schema, key));
      case 'additionalProperties':
        return !fields || fields.every(([key, one]) => key in properties || conforms(says as Schema, one));
      default:
        throw new Error(`The schema has a keyword ${keyword}, which this test does not know.`);
    }
  });
}

describe('the schema', () => {
  it('is the one that the page publishes', () => {
    expect(recorded).toEqual(JSON.parse(JSON.stringify(traceSchema)));
  });

  it('takes what the reader takes, but for what relates fields, and refuses what it refuses', () => {
    const fits = (json: unknown): boolean => {
      try {
        traceShape.read(json, '');
        return true;
      } catch {
        return false;
      }
    };
    let [taken, refused] = [0, 0];
    const property = fc.property(fc.oneof(fc.constantFrom(...files), damaged), (given) => {
      const json = JSON.parse(JSON.stringify(given ?? null)) as unknown;
      expect(conforms(recorded, json)).toBe(fits(json));
      if (fits(json)) taken++;
      else refused++;
    });
    fc.assert(property, { numRuns: 1000 });
    expect(Math.min(taken, refused)).toBeGreaterThan(100);
  });

  it('takes the example of the documentation', async () => {
    const text = await readFile(new URL('../../docs/traces.md', import.meta.url), 'utf8');
    const example = /```json\n(.*?)```/s.exec(text)![1];
    expect(conforms(recorded, JSON.parse(example))).toBe(true);
    expect(readTraceFile(example)).toHaveProperty('file');
  });
});
