/** JSON behind its own CRC-32, so that what a crash left half written, or a disk damaged, is not taken for what was meant. */
import { crc32 } from '../../distill/crc32.ts';

const hex = (crc: number): string => crc.toString(16).padStart(8, '0');

/** @param value JSON. @returns a line with the CRC-32 of the rest in hexadecimal, and the JSON */
export function seal(value: object): Uint8Array<ArrayBuffer> {
  const json = JSON.stringify(value);
  return new TextEncoder().encode(`${hex(crc32(new TextEncoder().encode(json)))}\n${json}`);
}

/** @returns what was sealed, or undefined where it is damaged or missing; its fields are for the caller to judge */
export function unseal(bytes: Uint8Array | undefined): object | undefined {
  if (!bytes || bytes.length < 9) return undefined;
  const json = bytes.subarray(9);
  if (new TextDecoder().decode(bytes.subarray(0, 9)) !== `${hex(crc32(json))}\n`) return undefined;
  return JSON.parse(new TextDecoder().decode(json)) as object;
}
