import { inWords, plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

/** Where in a run something begins; a pass is what a sampler without steps has. */
const after = (at: { step: number } | { pass: number } | 'start'): string =>
  at === 'start' ? 'the start' : 'step' in at ? `step ${at.step}` : `pass ${at.pass}`;

/** Place of a what-if, as its sentences name it. */
export type Place = Parameters<typeof after>[0];

/** "two slots changed by you". */
const changedBy = (changed: number): string =>
  changed === 0
    ? 'nothing changed by you'
    : `${inWords(changed)} ${changed === 1 ? 'slot' : 'slots'} changed by you`;

/** A what-if: changes at a step, and another end of the run beside the original. */
export const whatIf = localised({
  title: 'What if',
  original: 'Original',
  label: 'Slots of the what-if',
  /** In a slot that was changed, or came out differently. */
  marks: {
    again: 're-masked',
    put: 'put in',
    differs: 'differs',
    'again-differs': 'again, differs',
  },
  sentence: {
    draft: (place: Place, changed: number) =>
      `From ${after(place)} on: ${changedBy(changed)}. Nothing is written from there yet.`,
    running: (place: Place, changed: number) =>
      `From ${after(place)} on: ${changedBy(changed)}. The model writes on.`,
    done: (place: Place, changed: number, different: number, later: number) =>
      `From ${after(place)} on: ${changedBy(changed)}; ${
        different === 0 ? 'none' : String(different)
      } of ${plural(later, 'later token', 'later tokens')} came out differently.`,
  },
  /** Other random numbers for what is written later. */
  dice: {
    own: (seed: number) => `Its later draws have dice of their own, seed ${seed}.`,
    roll: 'New dice',
    back: 'Dice of the original',
  },
  goOn: {
    here: 'Go on from here',
    from: (place: Place) => `Go on from ${after(place)}`,
    nothing: 'Nothing is masked here, so there is nothing to write: mask a slot again.',
  },
  takeOver: 'Take over',
  discard: 'Discard',
  /** In the panel of a slot. */
  slot: {
    title: (place: Place) => `What if, at ${after(place)}`,
    again: 'Mask it again',
    leave: 'Leave it as it was',
    changed: { mask: 'Masked again.', token: 'Put in: <token></token>' },
    elsewhere: (place: Place) =>
      `A what-if begins at ${after(place)}: a change here begins another in its place.`,
    /** Button of a candidate, and its name. */
    put: 'put',
    putToken: (token: string) => `Put this token here: ${token}`,
    word: 'Put a word of your own here',
    submit: 'Put in',
  },
  prose: 'Text of the what-if',
  /** Of a what-if that took the canvas. */
  taken: (place: Place) => `a what-if that took over: it begins behind ${after(place)} of another run`,
});
