import { renderToStaticMarkup } from 'react-dom/server';
import { beforeEach, expect, it } from 'vitest';
import { initialPageState, usePage } from '../stores/page.ts';
import { NothingYet } from './NothingYet.tsx';

const drawn = (): string => renderToStaticMarkup(<NothingYet of="evaluate" onShow={() => undefined} />);

beforeEach(() => {
  usePage.setState(initialPageState, true);
});

it('leads to settings that are hidden, and is not there beside those that are shown', () => {
  expect(drawn()).toBe('');
  // Markup is drawn of a store as it begins.
  usePage.getInitialState().controls = 'hidden';
  expect(drawn()).toMatch(/Nothing is measured yet\..*<button.*Show the settings/);
  usePage.getInitialState().controls = 'shown';
});
