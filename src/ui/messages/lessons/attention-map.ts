import { share } from '../../../words/numbers.ts';
import { andList, capital } from '../../../words/english.ts';
import { localised } from '../../../words/localised.ts';

/** The map of one head of attention. Readers are named as in "masked slot 7". */
export const attentionMap = localised({
  layer: 'Layer',
  head: 'Head',
  reader: 'Who reads',
  model: 'Model that reads',
  label: 'Map of attention: arrow keys go through it',
  says: 'Rows read, columns are read. Masked slots are hatched.',
  longer: 'The text is too long for a map: this is what the chosen slot reads.',
  scale: (most: string) => `nothing to ${most}`,
  mostly: (reader: string, reads: readonly { what: string; weight: number }[]) =>
    `${capital(reader)} reads mostly ${andList(reads.map(({ what, weight }) => `${what} (${share(weight)})`))}.`,
  even: (reader: string, most: number) =>
    `${capital(reader)} reads all positions about alike, none of them more than ${share(most)}.`,
  sides: (before: number, itself: number, behind: number) =>
    `To its left goes ${share(before)}, to itself ${share(itself)}, to its right ${share(behind)}.`,
  both: (behind: number) =>
    `Both halves of the map are in use: on average ${share(behind)} of what is read stands to the right.`,
  causal:
    'The upper right half is empty: from left to right nothing is read that comes later. This model knows no mask, so it reads the whole text.',
  causalWaits: 'The autoregressive model knows no mask: it can read this text once its run is whole.',
  cell: (reader: string, read: string, weight: number) =>
    `${capital(reader)} reads ${read}: ${share(weight)}.`,
  bars: 'What the chosen row reads',
  columns: { read: 'What is read', weight: 'Share' },
  caveat: 'A weight says where a head looks, not what a token depends on.',
});
