import { Float16Array } from '@petamoriken/float16';
import { threefry2x32 } from '../../gpu/random.ts';
import { expectedTensors, type Checkpoint } from './checkpoint.ts';
import type { ModelConfig } from './config.ts';

/** Standard deviation of the weights: that of GPT-2's initialisation, so that activations stay tame. */
const DEVIATION = 0.02;

/**
 * Values that are drawn; tensors are cut from them, round and round. Drawing every one of 1.4 billion would take longer than
 * all that is measured with them. A prime, so that no row of a matrix begins where another did: 2 MiB of halves.
 */
const PERIOD = 1_048_583;

/** Half-precision patterns of PERIOD values, uniform with the deviation above: four of each call of the generator. */
function drawHalves(seed: number): Uint16Array<ArrayBuffer> {
  const width = DEVIATION * Math.sqrt(12);
  const values = Float16Array.from({ length: 65_536 }, (_, i) => ((i + 0.5) / 65_536 - 0.5) * width);
  const halves = new Uint16Array(values.buffer);
  const drawn = new Uint16Array(PERIOD);
  // What lies past the end is not written.
  for (let i = 0; i < PERIOD; i += 4) {
    const [a, b] = threefry2x32([seed, 0], [i / 4, 0]);
    drawn[i] = halves[a & 0xffff];
    drawn[i + 1] = halves[a >>> 16];
    drawn[i + 2] = halves[b & 0xffff];
    drawn[i + 3] = halves[b >>> 16];
  }
  return drawn;
}

const ONE = 0x3c00;

/**
 * A checkpoint of any shape whose f16 weights are made as they are read: the same bytes whatever is read first, and no file.
 * Norms are 1, everything else is random, each tensor from a place of its own in one long row of draws.
 * @param seed integer in [0, 2^32)
 */
export function randomCheckpoint(config: ModelConfig, seed = 1): Checkpoint {
  const shapes = expectedTensors(config);
  const names = [...shapes.keys()];
  const drawn = drawHalves(seed);
  const shapeOf = (name: string): number[] => {
    const shape = shapes.get(name);
    if (!shape) throw new Error(`the random checkpoint has no tensor ${name}`);
    return shape;
  };
  const size = (shape: number[]): number => shape.reduce((product, n) => product * n, 1);

  /** Patterns of the elements [from, to) of a tensor. */
  const patterns = (name: string, from: number, to: number): Uint16Array<ArrayBuffer> => {
    const values = new Uint16Array(to - from);
    if (/norm(1|2|_final)\.weight$/.test(name)) return values.fill(ONE);
    const [start] = threefry2x32([seed, 1], [names.indexOf(name), 0]);
    let next = (start + from) % PERIOD;
    for (let at = 0; at < values.length;) {
      const part = drawn.subarray(next, Math.min(PERIOD, next + values.length - at));
      values.set(part, at);
      at += part.length;
      next = 0;
    }
    return values;
  };

  return {
    config,
    bytes: 2 * [...shapes.values()].reduce((sum, shape) => sum + size(shape), 0),
    tensors: {
      names: () => names,
      has: (name) => shapes.has(name),
      info: (name) => {
        const shape = shapeOf(name);
        return { dtype: 'F16', shape, begin: 0, end: 2 * size(shape) };
      },
      read: (name, rows) => {
        const shape = shapeOf(name);
        const row = size(shape.slice(1));
        const { from, to } = rows ?? { from: 0, to: shape[0] };
        return Promise.resolve(new Uint8Array(patterns(name, from * row, to * row).buffer));
      },
    },
  };
}
