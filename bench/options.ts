/** What the command line of the benchmark asks for. */
import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -- [options]
npm run bench:native -- [options]
                               the student and the small shape, and PyTorch beside them where python3 has it
  --quick                      few repeats
  --only student|small|decoding|page|peers|training
                               only this: the bundled student, random weights of the released small shape, the causal
                               baseline beside the student, the time from navigation to the first token,
                               onnxruntime-web beside us, in the page, or an update of distillation beside jax-js and
                               TensorFlow.js; may be given more than once. Without it, all but the last two
  --lengths 32,128             tokens of the texts, for student, small, peers and training, instead of those that each
                               has by itself
  --random                     peers: the released small shape with random weights instead of the bundled student
  --variants                   compare GEMM kernels also on a software adapter, where those for GPUs are very slow
  --help                       this text
UNMASK_GPU=hardware measures the GPU of this machine on Linux, where a software adapter is the default.`;

const PARTS = ['student', 'small', 'decoding', 'page', 'peers', 'training'] as const;
export type Part = (typeof PARTS)[number];

/** What is measured unless something is asked for: peers take long where they are slow. */
const DEFAULT_PARTS: readonly Part[] = ['student', 'small', 'decoding', 'page'];
/** What PyTorch can stand beside. */
const NATIVE_PARTS: readonly Part[] = ['student', 'small'];

export interface BenchOptions {
  quick: boolean;
  variants: boolean;
  random: boolean;
  /** PyTorch beside the models. */
  native: boolean;
  parts: ReadonlySet<Part>;
  /** Tokens of the texts; undefined for those that a case has by itself. */
  lengths: number[] | undefined;
}

function parseLengths(text: string): number[] {
  const lengths = text.split(',').map(Number);
  if (lengths.every((length) => Number.isInteger(length) && length >= 1)) return lengths;
  throw new Error(`--lengths ${text}: give whole numbers from 1, separated by commas, such as 32,128.`);
}

/**
 * Read the arguments of the command line.
 * @returns undefined where help is asked for
 * @throws Error for arguments it does not know, in one sentence
 */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      variants: { type: 'boolean', default: false },
      random: { type: 'boolean', default: false },
      native: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      lengths: { type: 'string' },
      only: { type: 'string', multiple: true },
    },
  });
  if (values.help) return undefined;
  const { quick, variants, random, native, lengths } = values;
  const known: readonly string[] = native ? NATIVE_PARTS : PARTS;
  const asked: readonly string[] = values.only ?? (native ? NATIVE_PARTS : DEFAULT_PARTS);
  const stranger = asked.find((part) => !known.includes(part));
  if (stranger !== undefined) throw new Error(`--only ${stranger}: choose ${known.join(', ')}.`);
  return {
    ...{ quick, variants, random, native },
    parts: new Set(asked as Part[]),
    lengths: lengths === undefined ? undefined : parseLengths(lengths),
  };
}
