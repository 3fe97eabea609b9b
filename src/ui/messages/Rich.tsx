import { Fragment, type ReactNode } from 'react';

/** How parts of a sentence are drawn, by the names of their tags. */
export type Parts = Readonly<Record<string, (words: string) => ReactNode>>;

const TAG = /<(\w+)>(.*?)<\/\1>/gs;

/**
 * A message with elements in it: where its text has `<name>words</name>`, what `parts.name` makes of the words. Tags do not
 * nest, and one that has no part is drawn as its words alone.
 */
export function Rich({ text, parts }: { text: string; parts: Parts }): ReactNode {
  const drawn: ReactNode[] = [];
  let end = 0;
  for (const { 0: whole, 1: name, 2: words, index } of text.matchAll(TAG)) {
    drawn.push(text.slice(end, index), Object.hasOwn(parts, name) ? parts[name](words) : words);
    end = index + whole.length;
  }
  drawn.push(text.slice(end));
  return drawn.map((piece, i) => <Fragment key={i}>{piece}</Fragment>);
}
