/** What links say of the Watch view. */
import { refusals } from '../messages/link-refusals.ts';
import { firstSettings, type ColourBy, type Settings } from '../stores/watch.ts';
import type { Edit } from '../../trace/branch.ts';
import { fieldBy, fieldsOf, type Field } from './field.ts';
import { anyText, decimal, flag, hexDigits, name, oneOf, pins, whole, type Kind } from './kinds.ts';

export interface WatchLink {
  settings: Settings;
  /** Which text of the run is shown, from 0. */
  sample: number;
  /** Recorded steps that are shown; absent: the run plays from the start. */
  position?: number;
  /** Slot of the canvas whose candidates are open. */
  slot?: number;
  colourBy: ColourBy;
  /** Of playback, 0.25..8; 1 is the usual one. */
  speed: number;
  /** Hash of the tokens of the run, see `tokenHash`. */
  text?: string;
  /** The what-if beside the text that is shown. */
  edit?: Edit;
}

export const firstWatchLink: WatchLink = {
  settings: firstSettings,
  sample: 0,
  colourBy: 'none',
  speed: 1,
};

/** A field of the settings. */
const setting = <K extends keyof Settings>(
  key: K,
  kind: (state: WatchLink) => Kind<Settings[K]>,
  name: string = key,
): Field<WatchLink> =>
  fieldBy(
    name,
    kind,
    ({ settings }) => settings[key],
    (state, value) => ({ ...state, settings: { ...state.settings, [key]: value } }),
  );

const { why } = refusals;

/** A field beside the settings. */
const part = fieldsOf<WatchLink>();

/** All of them are of version 1; those of a what-if are in a file of their own. */
export const watchFields: readonly Field<WatchLink>[] = [
  setting('model', () => name(80)),
  setting('sampler', () => oneOf(['ancestral', 'first-hitting', 'confidence'], { analytic: 'ancestral' })),
  setting('steps', () => whole(1, 1024)),
  setting('seed', () => whole(0, 2 ** 32 - 1)),
  setting('temperature', () => decimal(0.1, 2)),
  setting('topP', () => decimal(0.05, 1)),
  setting('slots', () => whole(1, 1024)),
  setting('count', () => whole(1, 16)),
  setting('prompt', () => anyText(4000)),
  setting('bos', () => flag),
  setting('pins', ({ settings: { slots } }) => pins(slots), 'pin'),
  part('sample', ({ settings: { count } }) => whole(0, count - 1, why.is('count', count))),
  // Only steps in which a token comes are recorded, so there are never more of them than slots.
  part('position', ({ settings: { slots } }) => whole(0, slots, why.is('slots', slots)), 'at'),
  part('slot', ({ settings: { slots } }) => whole(0, slots - 1, why.is('slots', slots))),
  part('colourBy', oneOf(['none', 'step', 'probability', 'entropy', 'order']), 'colour'),
  part('speed', decimal(0.25, 8)),
  part('text', hexDigits(8), 'tokens'),
];
