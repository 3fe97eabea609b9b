import { page } from '../messages/page.ts';
import { Rich } from '../messages/Rich.tsx';

/** "Un", and what is masked. */
export function Logo() {
  return (
    <a className="logo" href="./">
      <Rich
        text={page.name}
        parts={{ masked: (words) => <span className="visually-hidden">{words}</span> }}
      />
      <span className="hatch" aria-hidden="true" />
    </a>
  );
}
