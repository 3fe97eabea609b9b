/** What links say of the live figures in the lessons. */
import { refusals } from '../messages/link-refusals.ts';
import {
  initialChoices,
  LENS_TEMPERATURES,
  MOST_DOUBLINGS,
  type WidgetChoices,
} from '../stores/lesson-widgets.ts';
import { fieldBy, fieldsOf, type Field } from './field.ts';
import { amongst, decimal, oneOf, readWhole, whole, type Kind } from './kinds.ts';

/** What is chosen in them; what a search is at, and which slot was followed, is in no link. */
export type FiguresLink = Omit<WidgetChoices, 'search' | 'followed'>;

const { search: _search, followed: _followed, ...first } = initialChoices;
export const firstFiguresLink: FiguresLink = first;

const LARGEST_HEAD = 256;
const MOST_SLOTS = 1024;

/** Layer and head from 1, as the page counts them, `2.3`. */
const head: Kind<{ layer: number; head: number }> = {
  expects: refusals.expects.head(LARGEST_HEAD),
  read: (text) => {
    const [layer, of, ...rest] = text.split('.').map((part) => readWhole(part, 1, LARGEST_HEAD));
    return layer === undefined || of === undefined || rest.length > 0
      ? undefined
      : { layer: layer - 1, head: of - 1 };
  },
  write: ({ layer, head: of }) => `${layer + 1}.${of + 1}`,
};

/** Two slots, `3,7`. */
const pair: Kind<readonly number[]> = {
  expects: refusals.expects.pair(MOST_SLOTS - 1),
  read: (text) => {
    const slots = text.split(',').flatMap((slot) => readWhole(slot, 0, MOST_SLOTS - 1) ?? []);
    return slots.length === 2 && text.split(',').length === 2 && slots[0] !== slots[1] ? slots : undefined;
  },
  write: (slots) => slots.join(','),
};

const POWERS = Array.from({ length: MOST_DOUBLINGS + 1 }, (_one, doublings) => 2 ** doublings);

const part = fieldsOf<FiguresLink>();

/** They came with version 2. */
export const figureFields: readonly Field<FiguresLink>[] = [
  fieldBy(
    'head',
    () => head,
    (state) => state,
    (state, chosen) => ({ ...state, ...chosen }),
  ),
  fieldBy(
    'head-of',
    () => oneOf(['own', 'causal']),
    ({ causal }) => (causal ? 'causal' : 'own'),
    (state, of) => ({ ...state, causal: of === 'causal' }),
  ),
  part('reader', whole(0, MOST_SLOTS)),
  part('read', whole(0, MOST_SLOTS)),
  fieldBy(
    'pair',
    () => pair,
    // One slot is half a choice.
    (state) => (state.pair.length === 2 ? state.pair : undefined),
    (state, slots) => ({ ...state, pair: slots }),
  ),
  part('slot', whole(0, MOST_SLOTS - 1), 'lens-slot'),
  fieldBy(
    'lens-steps',
    () => amongst(POWERS),
    ({ steps }) => (steps === undefined ? undefined : 2 ** steps),
    (state, steps) => ({ ...state, steps: Math.log2(steps) }),
  ),
  part('temperature', decimal(...LENS_TEMPERATURES), 'lens-temperature'),
];
