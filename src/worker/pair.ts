/** Two masked slots: what the model says of one after the other, and of both at once. It never decides a token. */
import { tokenProbabilities } from '../gpu/kernels/sample/sample.reference.ts';
import type { Denoiser } from '../model/backend/denoiser.ts';
import { choice, integer, refuse } from '../model/arguments.ts';
import type { ModelConfig } from '../model/checkpoint/config.ts';
import { UnmaskError } from '../model/errors.ts';
import { checkInspect, type CheckedInspect } from './arguments.ts';
import { likeliest } from './inspect.ts';
import { runWords } from './messages/runs.ts';
import type { PairOptions, PairResult } from './protocol.ts';
import { MAX_SLOTS } from './sample.ts';

const { pair: words } = runWords;

/** `pair` options with defaults filled in. */
export interface CheckedPair extends CheckedInspect {
  order: 'first' | 'both';
}

/**
 * Check the options of `pair` against a model.
 * @throws UnmaskError 'argument'
 */
export function checkPair(o: PairOptions, config: ModelConfig): CheckedPair {
  const order = choice('order', o.order ?? 'first', ['first', 'both']);
  const checked = checkInspect({ ...o, top: integer('top', o.top ?? 6, 1, 32) }, config);
  if (checked.positions.length === 2) return { ...checked, order };
  throw refuse(words.slots(checked.positions.length));
}

/** The law of a slot, V chances, and its tokens of a chance, likeliest first, at most `top`. */
interface SlotLaw {
  chances: Float64Array;
  tokens: number[];
}

const totalVariation = (p: Float64Array, q: Float64Array): number =>
  p.reduce((sum, value, token) => sum + Math.abs(value - q[token]), 0) / 2;

/** Laws of one slot in several texts of equal length, in passes that fit `MAX_SLOTS`. */
async function lawsOf(
  denoiser: Denoiser,
  texts: readonly Uint32Array[],
  slot: number,
  o: CheckedPair,
  signal: AbortSignal | undefined,
): Promise<SlotLaw[]> {
  const { vocabulary } = denoiser.config;
  const { length } = o.tokens;
  const piece = Math.max(1, Math.floor(MAX_SLOTS / length));
  const laws: SlotLaw[] = [];
  for (let first = 0; first < texts.length; first += piece) {
    if (signal?.aborted) throw new UnmaskError('aborted', words.cancelled);
    const own = texts.slice(first, first + piece);
    const tokens = new Uint32Array(own.length * length);
    own.forEach((text, i) => {
      tokens.set(text, i * length);
    });
    const rows = Uint32Array.from(own, (_, i) => i * length + slot);
    const t = new Float32Array(own.length).fill(o.t[0]);
    const logits = await denoiser.logits(tokens, { batch: own.length, length }, t, rows);
    own.forEach((_, i) => laws.push(lawOf(logits.subarray(i * vocabulary, (i + 1) * vocabulary), o)));
  }
  return laws;
}

function lawOf(logits: Float32Array, { temperature, topP, top }: CheckedPair): SlotLaw {
  const maskId = logits.length - 1;
  const chances = tokenProbabilities(logits, maskId, temperature, topP);
  // One logit that is NaN, or infinite, makes NaN of all chances, and nothing would be likeliest.
  if (chances.some(Number.isNaN)) throw new UnmaskError('internal', words.noLaw);
  return { chances, tokens: likeliest(logits, maskId, top).filter((token) => chances[token] > 0) };
}

/**
 * The law of slot b once a holds each of its likeliest tokens, against the law that it has before: one pass on x_t, and one
 * text for each of these tokens.
 * @param signal stops between passes
 * @throws UnmaskError 'aborted'; 'internal' where the logits are no numbers
 */
export async function pair(denoiser: Denoiser, o: CheckedPair, signal?: AbortSignal): Promise<PairResult> {
  const [a, b] = o.positions;
  const { vocabulary } = denoiser.config;
  const shape = { batch: 1, length: o.tokens.length };
  const logits = await denoiser.logits(o.tokens, shape, o.t, Uint32Array.from(o.positions));
  const [lawA, lawB] = [0, 1].map((i) => lawOf(logits.subarray(i * vocabulary, (i + 1) * vocabulary), o));
  const holding = (slot: number, tokens: readonly number[]): Uint32Array[] =>
    tokens.map((token) => o.tokens.with(slot, token));
  const given = await lawsOf(denoiser, holding(a, lawA.tokens), b, o, signal);

  const rows = lawA.tokens.map((token, i) => ({
    token,
    probability: lawA.chances[token],
    distance: totalVariation(lawB.chances, given[i].chances),
  }));
  const greatest = (token: number): number =>
    Math.max(
      ...rows.map(({ probability: p }, i) => p * Math.max(lawB.chances[token], given[i].chances[token])),
    );
  const union = new Set([lawB, ...given].flatMap(({ tokens }) => tokens));
  const columns = [...union]
    .map((token) => ({ token, probability: lawB.chances[token], greatest: greatest(token) }))
    .sort((x, y) => y.greatest - x.greatest || x.token - y.token)
    .slice(0, 2 * o.top)
    .map(({ token, probability }) => ({ token, probability }));
  const table = (
    cell: (i: number, row: (typeof rows)[0], column: (typeof columns)[0]) => number,
  ): number[][] => rows.map((row, i) => columns.map((column) => cell(i, row, column)));
  const joint = table((i, row, { token }) => row.probability * given[i].chances[token]);
  const product = table((_, row, column) => row.probability * column.probability);

  const held = rows.reduce((sum, { probability }) => sum + probability, 0);
  const distance = rows.reduce((sum, row) => sum + row.probability * row.distance, 0) / held;
  const best = rows.map(({ probability }, i) => probability * given[i].chances[given[i].tokens[0]]);
  const surest = best.indexOf(Math.max(...best));
  const result: PairResult = {
    ...{ positions: [a, b], rows, columns, joint, product, held, distance },
    likeliest: {
      joint: [rows[surest].token, given[surest].tokens[0]],
      product: [lawA.tokens[0], lawB.tokens[0]],
    },
  };
  if (o.order === 'first') return result;
  const tokensOfB = columns.map(({ token }) => token);
  const other = await lawsOf(denoiser, holding(b, tokensOfB), a, o, signal);
  const reverse = rows.map(({ token }) =>
    columns.map(({ probability }, j) => probability * other[j].chances[token]),
  );
  return { ...result, reverse };
}
