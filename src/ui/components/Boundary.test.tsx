import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Boundary } from './Boundary.tsx';

it('has one sentence in the place of what threw, of printable characters, and draws again when asked', () => {
  const boundary = new Boundary({ place: (sentence) => <main>{sentence}</main>, children: 'drawn' });
  expect(renderToStaticMarkup(boundary.render())).toBe('drawn');
  boundary.state = Boundary.getDerivedStateFromError(new Error('a\u202eb'));
  const html = renderToStaticMarkup(boundary.render());
  expect(html).toMatch(/^<main>.*role="alert".*This view broke off \(a\ufffdb\): .*Try again.*<\/main>$/);
  expect(html).not.toContain('drawn');
});
