import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeLink, encodeLink, firstLinkState } from './link.ts';

const watching = (watch: object) => ({ ...firstLinkState, watch: { ...firstLinkState.watch, ...watch } });

it('a what-if is as easy to read as a pin', () => {
  const edit = { position: 3, changes: { 9: 'mask', 5: 412 } as const };
  expect(encodeLink(watching({ edit }))).toBe('#v=2&edit=3:5.412,9.m');
  expect(encodeLink(watching({ edit: { ...edit, changes: {}, seed: 7 } }))).toBe(
    '#v=2&edit=3%3A&edit-seed=7',
  );
});

it('any what-if comes back from its link', () => {
  const change = fc.oneof(fc.constant('mask'), fc.integer({ min: 0, max: 2 ** 32 - 2 }));
  const edit = fc.record(
    {
      position: fc.integer({ min: 0, max: 32 }),
      changes: fc.dictionary(fc.nat(31).map(String), change, { noNullPrototype: true }),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    },
    { requiredKeys: ['position', 'changes'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(edit, (edit) => {
      const state = watching({ edit });
      expect(decodeLink(encodeLink(state))).toEqual({ state });
    }),
  );
});

it.each(['edit=33:', 'edit=3', 'edit=:1.m', 'edit=3:32.m', 'edit=3:1', 'edit=3:1.x', 'edit=3:1.m,1.5'])(
  'refuses %s in a sentence',
  (field) => {
    expect(decodeLink(`v=2&${field}`)).toHaveProperty(
      'problem',
      expect.stringMatching(/^The link says "edit=.*: edit is recorded steps that are kept, from 0 to 32,/),
    );
  },
);

it('takes other dice for a what-if alone, and neither in version 1', () => {
  expect(decodeLink('v=2&edit-seed=7')).toHaveProperty(
    'problem',
    'The link says "edit-seed=7": edit-seed is to stand behind edit.',
  );
  expect(decodeLink('v=1&edit=3:5.m')).toHaveProperty(
    'problem',
    expect.stringContaining('begin it with v=2'),
  );
});
