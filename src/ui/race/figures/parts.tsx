import type { ReactNode } from 'react';
import { Rich } from '../../messages/Rich.tsx';
import { shared } from '../../messages/shared.ts';

/** The place of a number that is not known yet. */
export function Unknown({ wide = false }: { wide?: boolean }) {
  return (
    <span className="hatch unknown" data-wide={wide}>
      <span className="visually-hidden">{shared.notKnown}</span>
    </span>
  );
}

const SMALL = { small: (words: string): ReactNode => <small>{words}</small> };

/** A message with small words in it. */
export function WithSmall({ text }: { text: string }) {
  return <Rich text={text} parts={SMALL} />;
}

/** Which lane a row is about. */
export function LaneName({ lane: { title, detail } }: { lane: { title: string; detail: string } }) {
  return (
    <>
      <span className="lane-title">{title}</span>
      <span className="visually-hidden">, </span> <span className="lane-detail">{detail}</span>
    </>
  );
}
