import { expect, it } from 'vitest';
import { ordinal } from './english.ts';
import { chance, duration, share, tenTo } from './numbers.ts';

it('chance keeps rare ones apart from none', () => {
  expect([1, 0.997, 0.456, 0.01, 0.0042, 0.0001, 3.4e-6, 0].map(chance)).toEqual([
    ...['1.00', '>0.99', '0.46', '0.01', '0.0042', '0.0001', '3e-6', '0.00'],
  ]);
});

it('duration has a unit that suits it', () => {
  expect([0.123, 3.14159, 31.41, 314.1, 31_415].map(duration)).toEqual([
    ...['0.12 ms', '3.14 ms', '31.4 ms', '314 ms', '31.4 s'],
  ]);
});

it('ordinal knows its endings', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111, 1002].map(ordinal)).toEqual([
    ...['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '22nd', '103rd', '111th', '1,002nd'],
  ]);
});

it('share never says nothing or all where it is neither', () => {
  expect([0, 1e-6, 0.0004, 0.0312, 0.312, 0.998, 1].map(share)).toEqual([
    ...['0 %', '<0.01 %', '0.04 %', '3.1 %', '31 %', '>99 %', '100 %'],
  ]);
});

it('tenTo raises its exponent', () => {
  expect([-12, 0, 7].map(tenTo)).toEqual(['10⁻¹²', '10⁰', '10⁷']);
});
