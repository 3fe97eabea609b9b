import { argumentWords } from '../../model/messages/arguments.ts';
import { MAX_HEAD_SIZE } from '../../gpu/kernels/attention/attention.ts';
import { number } from '../../model/arguments.ts';
import { RELEASED_SHAPES, SHAPE_NAMES, type NetworkShape } from '../../model/checkpoint/released-shapes.ts';
import { MAX_STEPS } from '../../model/diffusion/plan.ts';
import { integer, refuse, show } from '../arguments.ts';
import { latencyWords as words } from '../messages/latency.ts';
import type { LatencyOptions, NamedShape } from './result.ts';

/** Longest text: that of the released models. */
const LONGEST = 1024;
const DEFAULT_STEPS = [4, 8, 16, 32, 64, 128, 256, 512, 1024];
const MOST_SECONDS = 3600;
const MOST_REPEATS = 100;
/** Far above any released network. */
const LARGEST = { hidden: 16_384, blocks: 256, heads: 1024, vocabulary: 1_048_576 };

/** `latency` options with defaults filled in. */
export interface CheckedLatency {
  shape: NamedShape;
  tokens: number;
  /** Rising, each once. */
  steps: number[];
  seconds: number;
  repeats: number;
}

function checkShape(shape: unknown): NamedShape {
  const known = SHAPE_NAMES.find((name) => name === shape);
  if (known) return { name: known, ...RELEASED_SHAPES[known] };
  if (typeof shape !== 'object' || shape === null) throw refuse(words.shape(show(shape), SHAPE_NAMES));
  const size = (field: keyof NetworkShape, least: number): number =>
    integer(`shape.${field}`, (shape as Record<string, unknown>)[field], least, LARGEST[field]);
  const sizes = {
    hidden: size('hidden', 4),
    blocks: size('blocks', 1),
    heads: size('heads', 1),
    vocabulary: size('vocabulary', 3),
  };
  const headSize = sizes.hidden / sizes.heads;
  if (headSize % 4 !== 0 || headSize > MAX_HEAD_SIZE) {
    throw refuse(words.heads(sizes.heads, sizes.hidden, MAX_HEAD_SIZE));
  }
  return { name: `${sizes.hidden} x ${sizes.blocks}`, ...sizes };
}

/**
 * Check the options of `latency`.
 * @throws UnmaskError 'argument'
 */
export function checkLatency(options: LatencyOptions): CheckedLatency {
  const { shape = '169M', tokens = 128, seconds = 10, repeats = 5 } = options;
  const steps: unknown = options.steps ?? DEFAULT_STEPS;
  if (!Array.isArray(steps) || steps.length === 0) throw refuse(words.steps(show(steps)));
  const fits = (value: number): boolean => value > 0 && value <= MOST_SECONDS;
  number('seconds', seconds, fits, argumentWords.ranges.positiveTo(MOST_SECONDS));
  const checked = steps.map((count: unknown, i) => integer(`steps[${i}]`, count, 1, MAX_STEPS));
  return {
    shape: checkShape(shape),
    tokens: integer('tokens', tokens, 2, LONGEST),
    steps: [...new Set(checked)].sort((a, b) => a - b),
    seconds,
    repeats: integer('repeats', repeats, 1, MOST_REPEATS),
  };
}
