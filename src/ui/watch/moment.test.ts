import { expect, it } from 'vitest';
import { firstSettings, recordedRun } from '../stores/watch.ts';
import { momentOf } from './moment.ts';
import { recorded } from './recorded.ts';

it('momentOf is the same array for the same moment, and another for another run', () => {
  const run = recordedRun(recorded.trace, recorded.vocabulary, firstSettings);
  const first = momentOf(run, 0, 3);
  expect(first).toHaveLength(32);
  expect(momentOf({ ...run }, 0, 3)).toBe(first);
  expect(momentOf(run, 0, 4)).not.toBe(first);
  const again = recordedRun(recorded.trace, recorded.vocabulary, firstSettings);
  expect(momentOf(again, 0, 3)).not.toBe(first);
  expect(momentOf(again, 0, 3)).toEqual(first);
});
