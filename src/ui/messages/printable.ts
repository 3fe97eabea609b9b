/** Control, formatting and line-breaking characters, and halves of surrogate pairs, for a class of a pattern: they could make a text look like another one. */
export const UNPRINTABLE = '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}';

const ALL = new RegExp(`[${UNPRINTABLE}]`, 'gu');

/** A text from outside, as a sentence of the page shows it: with U+FFFD for what could change how the sentence looks. */
export const printable = (text: string): string => text.replaceAll(ALL, '\ufffd');
