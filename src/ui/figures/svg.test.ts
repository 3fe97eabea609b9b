import { expect, it } from 'vitest';
import { tag } from './svg.ts';

it('writes attributes without what XML forbids', () => {
  expect(tag('g', { label: 'a\ud800"\uffff\u0001' })).toBe('<g label="a\ufffd&quot;\ufffd"/>');
});
