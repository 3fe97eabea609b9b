import { shared } from '../messages/shared.ts';

/** Texts that a visitor gives: pasted, or of files. */
export interface GivenTexts {
  /** Texts that were typed or pasted. */
  pasted: string;
  /** Texts of files that were chosen, which go before what was pasted. */
  file: { name: string; texts: readonly string[] } | undefined;
}

/** Texts of what was pasted: paragraphs, with an empty line between two of them. */
export const paragraphs = (text: string): string[] =>
  text
    .split(/\r?\n[ \t]*\r?\n/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** The texts that the visitor gives. */
export const ownTexts = ({ file, pasted }: GivenTexts): string[] => [
  ...(file?.texts ?? []),
  ...paragraphs(pasted),
];

/** How many texts there are, and how many of them are of a file: "3 texts, 2 of them from a.txt. They stay on this machine." */
export function countText(count: number, file: GivenTexts['file']): string {
  if (!file) return shared.texts.pasted(count);
  const own = file.texts.length;
  return own < count ? shared.texts.someOfFile(count, own, file.name) : shared.texts.ofFile(count, file.name);
}
