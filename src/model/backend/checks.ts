/** What every backend asks of its arguments. */
import { integer, refuse } from '../arguments.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import type { Plan } from '../diffusion/plan.ts';
import { backendWords as words } from '../messages/backend.ts';
import type { HeadAddress } from './denoiser.ts';

/** @throws UnmaskError 'argument' for a causal model */
export function requireDiffusion({ kind, name }: ModelConfig): void {
  if (kind === 'diffusion') return;
  throw refuse(words.cannotDenoise(name));
}

/** @throws UnmaskError 'argument' for a diffusion model */
export function requireCausal({ kind, name }: ModelConfig): void {
  if (kind === 'causal') return;
  throw refuse(words.cannotContinue(name));
}

/**
 * A plan that the model can follow.
 * @throws UnmaskError 'argument' where a causal model is to denoise, or a diffusion model to write from left to right
 */
export function checkPlan(config: ModelConfig, { sampler }: Pick<Plan, 'sampler'>): void {
  if (sampler === 'autoregressive') requireCausal(config);
  else requireDiffusion(config);
}

/**
 * Texts whose likelihood can be told: of two tokens or more, none of them the mask.
 * @throws UnmaskError 'argument'
 */
export function checkScored(
  config: ModelConfig,
  tokens: Uint32Array,
  shape: { batch: number; length: number },
): void {
  checkTokens(config, tokens, shape);
  if (shape.length < 2) throw refuse(words.nothingBefore(shape.length));
  const maskId = config.vocabulary - 1;
  const at = tokens.indexOf(maskId);
  if (at >= 0) throw refuse(words.maskScored(at, maskId));
}

/**
 * Token ids of the vocabulary, batch x length of them, in a text that the model takes.
 * @throws UnmaskError 'argument'
 */
export function checkTokens(
  { length: longest, vocabulary, name }: ModelConfig,
  tokens: Uint32Array,
  { batch, length }: { batch: number; length: number },
): void {
  if (!(Number.isInteger(length) && length >= 1 && length <= longest)) {
    throw refuse(words.length(length, name, longest));
  }
  if (tokens.length !== batch * length) throw refuse(words.tokenCount(tokens.length, batch, length));
  const stranger = tokens.find((token) => token >= vocabulary);
  if (stranger !== undefined) throw refuse(words.unknownToken(stranger, name, vocabulary - 1));
}

/** A head that the network has. @throws UnmaskError 'argument' */
export function checkHead({ blocks, heads }: ModelConfig, { layer, head }: HeadAddress): void {
  integer('layer', layer, 0, blocks - 1);
  integer('head', head, 0, heads - 1);
}

/**
 * Rows that a pass has, each at most once: more than there are would not fit the head's buffers.
 * @param count rows of the pass
 * @throws UnmaskError 'argument'
 */
export function checkRows(rows: Uint32Array, count: number): void {
  const seen = new Set<number>();
  for (const [i, row] of rows.entries()) {
    if (row >= count) throw refuse(words.noSuchRow(i, row, count - 1));
    if (seen.has(row)) throw refuse(words.rowTwice(row));
    seen.add(row);
  }
}
