import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Rich } from './Rich.tsx';

it('draws the parts of a sentence by their names, and a tag without a part as its words', () => {
  const drawn = renderToStaticMarkup(
    <Rich text="Go <to>there</to> or <off>not</off>." parts={{ to: (words) => <a href="#x">{words}</a> }} />,
  );
  expect(drawn).toBe('Go <a href="#x">there</a> or not.');
});
