import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { chooseLanguage } from './language.ts';
import { accented, pseudo } from './pseudo.ts';
import { Rich } from './Rich.tsx';

it('speaks the language that the address asks for, then the first of the visitor that there is', () => {
  expect(chooseLanguage('?lang=pseudo', ['en'])).toBe('pseudo');
  expect(chooseLanguage('?lang=en', ['xx'])).toBe('en');
  expect(chooseLanguage('', ['xx-YY', 'EN-gb'])).toBe('en');
  expect(chooseLanguage('?lang=xx', [])).toBe('en');
});

it('accents every text, those of functions, lists and parts too, and leaves tags and numbers', () => {
  const messages = { one: 'Steps 4', two: (n: number) => `${n} of <b>us</b>`, more: { list: ['a', 'z'] } };
  const said = pseudo(messages);
  expect(said.one).toBe('Šŧéþš 4');
  expect(said.two(3)).toBe('3 óƒ <b>úš</b>');
  expect(said.more.list).toEqual(['á', 'ž']);
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  expect(accented(letters)).toHaveLength(52);
  expect(accented(letters)).not.toMatch(/[A-Za-z]/);
});

it('draws the parts of a sentence by their names, and a tag without a part as its words', () => {
  const drawn = renderToStaticMarkup(
    <Rich text="Go <to>there</to> or <off>not</off>." parts={{ to: (words) => <a href="#x">{words}</a> }} />,
  );
  expect(drawn).toBe('Go <a href="#x">there</a> or not.');
});
