import { expect, it } from 'vitest';
import { andList, orList } from './english.ts';
import { chooseLanguage, languageOfName, workerName } from './language.ts';
import { accented, pseudo } from './pseudo.ts';

it('speaks the language that the address asks for, then the first of the visitor that there is', () => {
  expect(chooseLanguage('?lang=pseudo', ['en'])).toBe('pseudo');
  expect(chooseLanguage('?lang=en', ['xx'])).toBe('en');
  expect(chooseLanguage('', ['xx-YY', 'EN-gb'])).toBe('en');
  expect(chooseLanguage('?lang=xx', [])).toBe('en');
});

it('gives a worker the language of its page by its name', () => {
  expect(workerName('engine')).toBe('engine?lang=en');
  expect(languageOfName('engine?lang=pseudo')).toBe('pseudo');
  expect(languageOfName('engine')).toBe('en');
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

it('joins as English does', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(andList)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  expect([['a'], ['a', 'b', 'c']].map(orList)).toEqual(['a', 'a, b or c']);
});
