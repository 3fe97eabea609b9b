/** Damages files at random, and watches what reading them takes. Every damage follows from its seed. */
import { threefry2x32 } from '../../gpu/random.ts';

/** Whole numbers below a bound, one after the other. */
export interface Dice {
  below: (bound: number) => number;
  pick: <T>(list: readonly T[]) => T;
}

export function dice(seed: number): Dice {
  let calls = 0;
  const below = (bound: number): number => threefry2x32([seed, 7], [calls++, 0])[0] % Math.max(1, bound);
  return { below, pick: (list) => list[below(list.length)] };
}

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

/** Values that readers do not expect. */
const WILD: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 2, 3, 0.5, -0, 7, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e308],
  ...['', 'F16', 'F64', 'x'.repeat(5000), 'two\nlines\u2028', '\ud800', '__proto__', 'model.safetensors'],
  ...[[], {}, [null], [[]], { a: { a: { a: [] } } }, [0, 0], [2 ** 53 - 1, 2 ** 53 - 1], deep(40)],
  ...[Array.from({ length: 300 }, () => 1), [0, 2 ** 52], [-1, 5], [5, 1], '[0]', { length: 1e9 }],
];

type Path = (string | number)[];

/** Every place of a value that holds something, outermost first; of long lists and maps only some. */
function places(value: unknown, path: Path = [], found: Path[] = []): Path[] {
  if (path.length > 0) found.push(path);
  if (typeof value === 'object' && value !== null && path.length < 6) {
    for (const key of Object.keys(value).slice(0, 60)) {
      places((value as Record<string, unknown>)[key], [...path, key], found);
    }
  }
  return found;
}

/** JSON with a few values replaced, taken out, moved or doubled. */
export function damageJson(json: object, { below, pick }: Dice): object {
  const copy = structuredClone(json) as Record<string, unknown>;
  for (let n = 1 + below(3); n > 0; n--) {
    const path = pick(places(copy));
    if (!(path as Path | undefined)) return copy;
    const key = String(path.at(-1));
    const parent = path
      .slice(0, -1)
      .reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, copy);
    switch (below(5)) {
      case 0:
        Reflect.deleteProperty(parent, key);
        break;
      case 1:
        parent[`${key}${pick(['', '_', '\n', '.weight'])}`] = parent[key];
        break;
      case 2: {
        const other = pick(Object.keys(parent));
        [parent[key], parent[other]] = [parent[other], parent[key]];
        break;
      }
      default:
        parent[key] = structuredClone(pick(WILD));
    }
  }
  return copy;
}

/** Text with letters flipped, lost, doubled or put in; one member of an object may come twice. */
export function damageText(text: string, { below, pick }: Dice): string {
  const at = below(text.length);
  const length = 1 + below(pick([1, 4, 40, 400]));
  switch (below(7)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + text.slice(at, at + length).repeat(2) + text.slice(at + length);
    case 3:
      return text.slice(0, at) + String.fromCharCode(below(0x250)) + text.slice(at + 1);
    case 4:
      return text.slice(0, at) + pick(['[', '{', '"', '\\', '\0', '1e999', '-']) + text.slice(at);
    case 5: {
      // Any number becomes another.
      const numbers = [...text.matchAll(/\d+/g)];
      const number = numbers.length > 0 ? pick(numbers) : undefined;
      const value = pick(['0', '1', '-1', '1e308', '9007199254740991', '99999999999999999999', '3.5']);
      return number ? text.slice(0, number.index) + value + text.slice(number.index + number[0].length) : '';
    }
    default: {
      const members = [...text.matchAll(/"[^"{}]*":\s*(\{[^{}]*\}|"[^"]*"|\d+)/g)];
      const member = members.length > 0 ? pick(members) : undefined;
      const again = member && damageText(member[0], dice(below(2 ** 31)));
      return member ? `${text.slice(0, member.index)}${again},${text.slice(member.index)}` : '';
    }
  }
}

/** The first bytes of a file (its length field and header), damaged, and how many bytes of what follows are kept. */
export function damageBytes(
  start: Uint8Array<ArrayBuffer>,
  rest: number,
  { below, pick }: Dice,
): { start: Uint8Array<ArrayBuffer>; rest: number } {
  const bytes = start.slice();
  const kind = below(6);
  if (kind === 0) {
    for (let n = 1 + below(8); n > 0; n--) bytes[below(bytes.length)] ^= 1 << below(8);
  } else if (kind === 1) {
    return below(2) === 0
      ? { start: bytes.slice(0, below(bytes.length)), rest: 0 }
      : { start: bytes, rest: below(rest) };
  } else if (kind === 2) {
    const lie = pick([0n, 1n, 8n, 99_999_999n, 100_000_001n, 2n ** 32n, 2n ** 53n, 2n ** 64n - 1n]);
    const near = BigInt(bytes.length - 8 + below(17) - 8);
    new DataView(bytes.buffer).setBigUint64(0, below(2) === 0 ? lie : near, true);
  } else if (kind === 3) {
    const at = below(bytes.length);
    for (let i = at; i < Math.min(bytes.length, at + below(200)); i++) bytes[i] = below(256);
  } else if (kind === 4) {
    return { start: Uint8Array.from({ length: below(300) }, () => below(256)), rest: below(2) * rest };
  } else {
    return { start: bytes, rest: rest + below(2) * 1000 - below(2) * 8 };
  }
  return { start: bytes, rest };
}

/** A file that counts the bytes that are read of it. */
export class CountingBlob extends Blob {
  read = { bytes: 0 };

  override slice(begin?: number, end?: number): Blob {
    const part = new CountingBlob([super.slice(begin, end)]);
    part.read = this.read;
    return part;
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    this.read.bytes += this.size;
    return super.arrayBuffer();
  }
}

/** Constructors that take memory by a number. */
const ALLOCATORS = [
  'ArrayBuffer',
  'Array',
  'Uint8Array',
  'Uint16Array',
  'Uint32Array',
  'Float32Array',
] as const;

/**
 * Watch what memory is asked for by length from here on.
 * @returns bytes of the largest single piece so far, and how to stop watching
 */
export function watchAllocations(): { largest: () => number; stop: () => void } {
  let largest = 0;
  const globals = globalThis as unknown as Record<string, new (...given: unknown[]) => object>;
  const originals = ALLOCATORS.map((name) => [name, globals[name]] as const);
  for (const [name, original] of originals) {
    const width = (original as unknown as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
    globals[name] = new Proxy(original, {
      construct: (target, given: unknown[], newTarget) => {
        if (typeof given[0] === 'number') largest = Math.max(largest, given[0] * width);
        const made: unknown = Reflect.construct(
          target,
          given,
          newTarget === globals[name] ? target : newTarget,
        );
        return made as object;
      },
    });
  }
  return {
    largest: () => largest,
    stop: () => {
      for (const [name, original] of originals) globals[name] = original;
    },
  };
}
