import { localised } from '../../words/localised.ts';

const damaged = (file: string, tensor: string, what: string): string =>
  `${file}: tensor ${tensor} ${what}; the header is damaged, fetch the file again.`;

/** Why a file of weights cannot be read. `file` is what it is called; shapes are shown as in `[2, 3]`. */
export const safetensorsWords = localised({
  unreadable: (file: string) => `${file} can no longer be read: choose or fetch it again.`,
  tooShort: (file: string, has: number, needed: number) =>
    `${file} ends after ${has} bytes, but ${needed} are needed: fetch it again.`,
  empty: (file: string) => `${file} is empty: fetch it again.`,
  pickle: (file: string, command: string) =>
    `${file} is a pickle, which may run any code when opened; convert it where you trust it: ${command}`,
  header: {
    cut: (file: string, bytes: number) =>
      `${file} ends after ${bytes} bytes, inside its header: fetch it again.`,
    none: (file: string) =>
      `${file} is not a safetensors file (no header at its start): choose a .safetensors file.`,
    tooLong: (file: string, claimed: bigint, most: number) =>
      `The header of ${file} claims ${claimed} bytes, more than the ${most} that safetensors allows: the file is damaged or foreign, fetch it again.`,
    longerThanFile: (file: string, has: number, header: number) =>
      `${file} has ${has} bytes, but its header alone takes ${header}: fetch it again.`,
    notJson: (file: string) =>
      `The header of ${file} is not JSON: the file is damaged or no safetensors file, fetch it again.`,
    noObject: (file: string) => `The header of ${file} is no JSON object: it is no safetensors file.`,
    metadata: (file: string) => `__metadata__ of ${file} is no map of strings: the header is damaged.`,
  },
  /** What the header says of a tensor. */
  entry: {
    noObject: (file: string, tensor: string) =>
      damaged(file, tensor, 'is described by something else than an object'),
    dtype: (file: string, tensor: string, dtype: string) =>
      damaged(file, tensor, `has a dtype that safetensors does not know (${dtype})`),
    shape: (file: string, tensor: string) =>
      damaged(file, tensor, 'has a shape that is no list of non-negative integers'),
    offsets: (file: string, tensor: string) =>
      damaged(file, tensor, 'has data_offsets that are no pair of ascending non-negative integers'),
    bytes: (file: string, tensor: string, has: number, dtype: string, shape: string, takes: number) =>
      damaged(file, tensor, `takes ${has} bytes, but ${dtype} of shape ${shape} takes ${takes}`),
    outOfRange: (file: string, tensor: string, begin: number, end: number, bytes: number) =>
      damaged(file, tensor, `is out of range (bytes ${begin} to ${end} of a file of ${bytes})`),
  },
  overlap: (file: string, first: string, second: string) =>
    `${file}: tensors ${first} and ${second} overlap; the header is damaged, fetch the file again.`,
  gap: (file: string, bytes: number, tensor: string) =>
    `${file}: ${bytes} bytes before tensor ${tensor} belong to no tensor; the header is damaged, fetch the file again.`,
  truncated: (file: string, needs: number, has: number) =>
    `${file} is truncated: its tensors need ${needs} bytes and it has ${has}; fetch it again.`,
  rest: (file: string, bytes: number) =>
    `${file} has ${bytes} bytes after its last tensor, so header and data do not belong together: fetch it again.`,
  noTensor: (file: string, tensor: string) =>
    `${file} has no tensor ${tensor}: is it the file of another model?`,
  notFloats: (file: string, tensor: string, dtype: string) =>
    `${file}: tensor ${tensor} is stored as ${dtype}, but only F32, F16 and BF16 are read: convert it.`,
  noRows: (tensor: string, rows: number, from: number, to: number) =>
    `${tensor} has ${rows} rows, so there are no rows ${from} to ${to}.`,
  notWhole: (bytes: number, dtype: string) => `${bytes} bytes are no whole number of ${dtype} values.`,
  /** A shape of very many dimensions, in place of `[2, 3]`. @param first its first ones */
  manyDimensions: (count: number, first: string) => `of ${count} dimensions [${first}, …]`,
});
