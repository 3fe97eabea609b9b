import type { TargetToken } from '../../worker/distill/result.ts';

/** A token in target and student; without one: all tokens that are not shown. */
export type Pair = Pick<TargetToken, 'target' | 'student'> & { token?: number };

/** The likeliest tokens of a slot, and what is left for all others. @param shown tokens, at most */
export function pairsOf(tokens: readonly TargetToken[], shown: number): Pair[] {
  const first = tokens.slice(0, shown);
  const left = (of: 'target' | 'student'): number =>
    // Sums of single precision end a little beyond 1.
    Math.max(0, 1 - first.reduce((sum, token) => sum + token[of], 0));
  return [...first, { target: left('target'), student: left('student') }];
}
