/** Numbers as the view writes them: as many digits as say something. */
import { LOCALE } from './language.ts';

/** A count with thousands told apart. */
export const number = (value: number, digits = 0): string =>
  value.toLocaleString(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** With so many decimals at most: "7.9", "32". */
export const upTo = (value: number, digits: number): string =>
  value.toLocaleString(LOCALE, { maximumFractionDigits: digits });

/** With so many decimals, rounded as the number is and not as its shortest decimals are: 0.045 is a little less. */
export const fixed = (value: number, digits: number): string => number(Number(value.toFixed(digits)), digits);

/** A probability: "0.46", for what is rarer as many digits as show it, and never a certainty that is none. */
export function chance(p: number): string {
  if (p >= 0.995 && p < 1) return '>0.99';
  if (p >= 0.01 || p === 0) return fixed(p, 2);
  return p >= 0.0001 ? fixed(p, 4) : p.toExponential(0);
}

/** A share in percent with digits that say something: "31 %", "0.3 %", and never nothing or all where it is neither. */
export function share(p: number): string {
  const percent = 100 * p;
  if (p > 0 && percent < 0.01) return `<${number(0.01, 2)} %`;
  if (p < 1 && percent > 99.5) return `>${number(99)} %`;
  const digits = percent >= 10 || p === 0 ? 0 : percent >= 0.1 ? 1 : 2;
  return `${fixed(percent, digits)} %`;
}

/** An entropy in nats, without its unit. */
export const nats = (entropy: number): string => fixed(entropy, 2);

/** A power of ten by its exponent: "10⁻⁴". */
export const tenTo = (exponent: number): string =>
  `10${exponent < 0 ? '⁻' : ''}${Array.from(`${Math.abs(exponent)}`, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`;

/** A large number by its power of ten: "10⁷", "8.16 × 10¹³". @param digits that count; default: as many as it has */
export function powerOfTen(value: number, digits?: number): string {
  const [mantissa, exponent] = value.toExponential(digits === undefined ? undefined : digits - 1).split('e+');
  const raised = tenTo(Number(exponent));
  return mantissa === '1' ? raised : `${mantissa} × ${raised}`;
}

/** Milliseconds with a unit that suits them. */
export function duration(ms: number): string {
  if (ms < 10) return `${number(ms, 2)} ms`;
  if (ms < 100) return `${number(ms, 1)} ms`;
  return ms < 10_000 ? `${number(ms)} ms` : `${number(ms / 1000, 1)} s`;
}
