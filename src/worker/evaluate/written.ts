/**
 * Texts that models write for a measure. They are written in parts, each in a turn of its own, and kept; text i depends on
 * the seed and on i alone, so that parts may have any size and texts written once are not written again.
 */
import { requestWords } from '../messages/arguments.ts';
import { cancelledWords } from '../../model/messages/cancelled.ts';
import { choice } from '../../model/arguments.ts';
import type { Denoiser } from '../../model/backend/denoiser.ts';
import { UnmaskError } from '../../model/errors.ts';
import {
  checkBackend,
  checkLaw,
  checkSample,
  integer,
  LARGEST_SEED,
  refuse,
  show,
  type CheckedSample,
} from '../arguments.ts';
import { evaluateWords as words } from '../messages/evaluate/shared.ts';
import type { OpenModel } from '../models.ts';
import type { ReadyInfo } from '../protocol.ts';
import type { Backend } from '../sample-call.ts';
import { MAX_SLOTS, planBatch, sample, toText } from '../sample.ts';
import { checkpointHash } from './hash.ts';
import { MAX_SWEEP_TEXTS, type Evaluation, type WriteOptions } from './result.ts';
import type { EvaluateContext, EvaluateServices } from './services.ts';

/** How texts are written, with everything filled in; the same for all models of a measure. */
export type WriteSettings = Omit<Evaluation['settings'], 'steps'> & { backend?: Backend };

/** Texts of one model at one number of steps. */
export interface Written {
  /** `length` token ids each. */
  tokens: number[][];
  /** Without the BOS of slot 0. */
  text: string[];
  /** Evaluations of the network that each text needed. */
  forwardPasses: number[];
  /** Positions that the model wrote, the same in all texts, without the first. */
  positions: number[];
}

/** Texts that were written together. */
export interface TextPart {
  /** Index of the first. */
  first: number;
  tokens: number[][];
  /** Steps in which something of a text unmasked: the evaluations that it needed. */
  forwardPasses: number[];
  /** It was written before. */
  kept: boolean;
}

/** Texts of one model at one number of steps, to be had part by part. */
export interface Texts {
  /** Says all that they depend on. */
  key: string;
  /** Of the model: SHA-256 of weights and configuration. */
  hash: string;
  /** On what they are written. */
  backend: string;
  adapter: string;
  weights: Denoiser['storage'];
  /** Positions that the model writes, without the first. */
  positions: number[];
  /** Words of a text, without its BOS. */
  text(tokens: number[]): string;
  /**
   * Texts from `first` on: those that are kept at once, the others as they are written. What is kept may go beyond `end`, but
   * never beyond the texts that were asked for in all.
   * @throws UnmaskError 'aborted', 'device-lost'; every part that was written is kept
   */
  parts(first: number, end: number): AsyncIterable<TextPart>;
}

/** Texts of older versions may be others. */
const VERSION = 1;
/** Longest text that is chosen where none is asked for: BOS and as many slots as the page shows first. */
const LENGTH = 33;
/** What a part is to take, ms: the page waits for it. */
const PART = 1000;

/** Time that a network was last seen to need for a pass of a slot, ms. */
const paces = new WeakMap<Denoiser, number>();

const begins = ({ checkpoint }: OpenModel): boolean => checkpoint.tokenizer?.bos !== undefined;

/** What `sample` is asked for. @throws UnmaskError 'argument' */
function asked({ info, checkpoint }: OpenModel, steps: number, settings: WriteSettings): CheckedSample {
  const { sampler, count, ...law } = settings;
  const diffusion = checkpoint.config.kind === 'diffusion';
  const options = {
    ...{ ...law, model: info.id, count, steps: diffusion ? steps : 1 },
    ...(diffusion ? { sampler: sampler as 'ancestral' | 'confidence' } : {}),
  };
  return checkSample(options, checkpoint.config, checkpoint.tokenizer);
}

/**
 * Fill in how texts are written.
 * @param models at least one; what is refused for one of them names it by its place in the field `models`
 * @throws UnmaskError 'argument' for what a model cannot do
 */
export function writeSettings(options: WriteOptions, models: readonly OpenModel[]): WriteSettings {
  const { temperature = 1, topP = 1, prompt = '' } = options;
  const shortest = Math.min(...models.map(({ checkpoint }) => checkpoint.config.length));
  const sampler = choice('sampler', options.sampler ?? 'ancestral', ['ancestral', 'analytic', 'confidence']);
  const backend = checkBackend(options.backend);
  checkLaw(temperature, topP);
  if (typeof prompt !== 'string') throw refuse(requestWords.text('prompt', show(prompt)));
  const settings: WriteSettings = {
    count: integer('count', options.count ?? 64, 2, MAX_SWEEP_TEXTS),
    length: integer('length', options.length ?? Math.min(LENGTH, shortest), 2, shortest),
    prompt,
    // Under SUBS they are the same.
    sampler: sampler === 'analytic' ? 'ancestral' : sampler,
    ...{ temperature, topP },
    seed: integer('seed', options.seed ?? 0, 0, LARGEST_SEED),
    bos: models.some(begins),
    ...(backend === undefined ? {} : { backend }),
  };
  models.forEach((model, i) => {
    try {
      planBatch(model.checkpoint.config, asked(model, 1, settings), 0, 1);
    } catch (cause) {
      if (!(cause instanceof UnmaskError)) throw cause;
      throw new UnmaskError(cause.code, `models[${i}], ${model.info.id}: ${cause.message}`, { cause });
    }
  });
  return settings;
}

/** What a backend stands on; of the one that the engine did not choose only the kind is known. */
const adapterOf = (backend: string, ready: ReadyInfo): string =>
  (backend === 'wasm') === (ready.backend === 'wasm') ? ready.adapter : backend === 'wasm' ? 'CPU' : 'GPU';

/** A part as it was kept; undefined where there is none that can be read. */
function readPart(value: unknown, first: number, length: number): TextPart | undefined {
  const { tokens, passes } = { ...(value as { tokens?: unknown; passes?: unknown } | undefined) };
  if (!(tokens instanceof Uint32Array) || !(passes instanceof Uint16Array)) return undefined;
  const count = passes.length;
  if (count === 0 || tokens.length !== count * length) return undefined;
  const text = (_: unknown, i: number): number[] => [...tokens.subarray(i * length, (i + 1) * length)];
  return { first, tokens: Array.from({ length: count }, text), forwardPasses: [...passes], kept: true };
}

/**
 * Prepare the texts of a model, which sets its network up.
 * @param steps nominal; not read of a causal model
 * @throws UnmaskError 'argument', 'aborted', or what stands in the way of the network
 */
export async function openTexts(
  model: OpenModel,
  steps: number,
  settings: WriteSettings,
  services: EvaluateServices,
  context: EvaluateContext,
): Promise<Texts> {
  const { info, checkpoint } = model;
  const { signal } = context;
  const checked = asked(model, steps, settings);
  const { length, seed, temperature, topP, bos } = checked;
  const plan = planBatch(checkpoint.config, checked, 0, 1);
  const initial = [...plan.samples[0].initial];
  const masked = [...initial.keys()].filter((position) => initial[position] === plan.maskId);
  const hash = await checkpointHash(checkpoint, signal);
  const network = await services.turn(context, () => model.denoiser(settings.backend));
  const { backend, storage: weights } = network;
  const adapter = adapterOf(backend, await services.ready());
  const law = [plan.sampler, plan.steps, seed, temperature, topP, length, initial.slice(0, masked[0])];
  const key = JSON.stringify(['texts', VERSION, hash, backend, weights, adapter, ...law]);
  const results = await services.results();

  // No text needs more passes than it has masked slots, nor than the grid has steps and the final one.
  const passes = plan.steps === 0 ? masked.length : Math.min(masked.length, plan.steps + 1);

  /** As many texts as the pace allows, one where it is not known; up to `most`. */
  const write = (first: number, most: number): Promise<TextPart> =>
    services.turn(context, async () => {
      const denoiser = await model.denoiser(settings.backend);
      if (denoiser.backend !== backend || denoiser.storage !== weights)
        throw new UnmaskError('device-lost', words.gpuLost);
      const pace = paces.get(denoiser);
      const work = passes * length;
      const wanted = pace === undefined ? 1 : Math.floor(PART / (pace * work));
      const count = Math.max(1, Math.min(most, wanted, Math.floor(MAX_SLOTS / length)));
      const o = { ...checked, firstSample: first, count };
      const on = signal ? { signal } : {};
      const { tokens, traces, milliseconds } = await sample(info.id, denoiser, checkpoint.tokenizer, o, on);
      paces.set(denoiser, milliseconds / (count * work));
      return { first, tokens, forwardPasses: traces.map((trace) => trace.steps.length), kept: false };
    });

  return {
    ...{ key, hash, backend, adapter, weights },
    positions: masked.filter((position) => position > 0),
    text: (tokens) => toText(tokens, checkpoint.tokenizer, bos),
    parts: async function* (from, end) {
      for (let first = from; first < end;) {
        if (signal?.aborted) throw new UnmaskError('aborted', cancelledWords.evaluation);
        const at = partKey(key, first);
        let part = readPart(await results.get(at), first, length);
        if (!part) {
          part = await write(first, end - first);
          const tokens = Uint32Array.from(part.tokens.flat());
          await results.set(at, { tokens, passes: Uint16Array.from(part.forwardPasses) });
        }
        const rest = settings.count - first;
        yield {
          ...part,
          tokens: part.tokens.slice(0, rest),
          forwardPasses: part.forwardPasses.slice(0, rest),
        };
        first += part.tokens.length;
      }
    },
  };
}

/** Under which a part of something is kept. */
export const partKey = (key: string, first: number): string => `${key} from ${first}`;

/**
 * Have a model write texts, a part in each turn of the engine; what was kept is not written again.
 * @param steps nominal; 0 for a causal model
 * @param onTexts told of all that is there so far, after each part
 * @throws UnmaskError 'aborted', with what was written so far kept
 */
export async function writtenTexts(
  model: OpenModel,
  steps: number,
  settings: WriteSettings,
  services: EvaluateServices,
  context: EvaluateContext,
  onTexts: (written: Written) => void = () => undefined,
): Promise<Written> {
  const texts = await openTexts(model, steps, settings, services, context);
  const written: Written = { tokens: [], text: [], forwardPasses: [], positions: texts.positions };
  for await (const { tokens, forwardPasses } of texts.parts(0, settings.count)) {
    written.tokens.push(...tokens);
    written.text.push(...tokens.map((text) => texts.text(text)));
    written.forwardPasses.push(...forwardPasses);
    onTexts(written);
  }
  return written;
}
