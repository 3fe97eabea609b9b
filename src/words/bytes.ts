/** Bytes in words, for messages and for the page. */
import { LOCALE } from './language.ts';
import { localised } from './localised.ts';

const words = localised({
  units: { GB: 'GB', MB: 'MB', kB: 'kB' },
  size: (amount: string, unit: string) => `${amount} ${unit}`,
  part: (loaded: string, total: string, unit: string) => `${loaded} of ${total} ${unit}`,
});

const UNITS = [
  { least: 1e9, name: 'GB', digits: 2 },
  { least: 1e6, name: 'MB', digits: 1 },
  { least: 0, name: 'kB', digits: 0 },
] as const;

/** The unit that suits so many bytes; 1 GB is 1,000,000,000 bytes. */
const unitOf = (bytes: number) => UNITS.find(({ least }) => bytes >= least) ?? UNITS[2];

const inUnit = (bytes: number, { least, digits }: ReturnType<typeof unitOf>): string =>
  (bytes / Math.max(least, 1e3)).toLocaleString(LOCALE, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });

/** Bytes with their unit: "339.2 MB", "1.73 GB". */
export function bytesText(bytes: number): string {
  const unit = unitOf(bytes);
  return words.size(inUnit(bytes, unit), words.units[unit.name]);
}

/** "41.2 of 339.2 MB": both in the unit of the whole, so that their widths do not change. */
export function ofBytes(loaded: number, total: number): string {
  const unit = unitOf(total);
  return words.part(inUnit(Math.min(loaded, total), unit), inUnit(total, unit), words.units[unit.name]);
}
