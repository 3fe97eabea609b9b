/** What links say of a what-if in the Watch view. */
import type { Changes, Edit } from '../../trace/branch.ts';
import { refusals } from '../messages/link-refusals.ts';
import { fieldBy, type Field } from './field.ts';
import { LARGEST_TOKEN, readWhole, whole, type Kind } from './kinds.ts';
import type { WatchLink } from './watch.ts';

const { expects } = refusals;

const LARGEST_SEED = 2 ** 32 - 1;

/** A moment and its changes, `3:5.412,9.m`; without any change `3:`. */
function edits(slots: number): Kind<Edit> {
  return {
    expects: expects.edit(slots, slots - 1, LARGEST_TOKEN),
    read: (text) => {
      const [at, list, ...rest] = text.split(':');
      const position = readWhole(at, 0, slots);
      if (position === undefined || (list as string | undefined) === undefined || rest.length > 0)
        return undefined;
      const changes: Record<number, number | 'mask'> = {};
      for (const one of list === '' ? [] : list.split(',')) {
        const parts = one.split('.');
        if (parts.length !== 2) return undefined;
        const [first, second] = parts;
        const slot = readWhole(first, 0, slots - 1);
        const change = second === 'm' ? 'mask' : readWhole(second, 0, LARGEST_TOKEN);
        if (slot === undefined || change === undefined || slot in changes) return undefined;
        changes[slot] = change;
      }
      return { position, changes };
    },
    write: ({ position, changes }) => `${position}:${written(changes)}`,
  };
}

const written = (changes: Changes): string =>
  Object.entries(changes)
    .map(([slot, change]) => `${slot}.${change === 'mask' ? 'm' : change}`)
    .join(',');

/** They came with version 2. */
export const whatIfFields: readonly Field<WatchLink>[] = [
  fieldBy(
    'edit',
    ({ settings: { slots } }: WatchLink) => edits(slots),
    ({ edit }) => edit,
    (state, edit) => ({ ...state, edit }),
  ),
  fieldBy(
    'edit-seed',
    // Without a what-if it would be the seed of nothing.
    ({ edit }: WatchLink) =>
      edit
        ? whole(0, LARGEST_SEED)
        : { ...whole(0, LARGEST_SEED), expects: expects.behind('edit'), read: () => undefined },
    ({ edit }) => edit?.seed,
    (state, seed) => (state.edit ? { ...state, edit: { ...state.edit, seed } } : state),
  ),
];
