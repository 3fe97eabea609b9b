/**
 * Calls about one model, or some: what it says of tokens, what it writes, what it is like inside. Each takes its turn, checks what
 * it was given against the model, and hands it to whoever does it.
 */
import {
  checkAttention,
  checkInspect,
  checkLogits,
  checkPrecision,
  checkSample,
  checkText,
  refuse,
} from './arguments.ts';
import type { CallHooks } from './call-hooks.ts';
import { crossCheck } from './cross-check.ts';
import { inspect } from './inspect.ts';
import { checkLens, lens } from './lens.ts';
import { engineWords as words } from './messages/engine.ts';
import { checkPair, pair } from './pair.ts';
import type { Calls } from './protocol.ts';
import { race } from './race/race.ts';
import { sample } from './sample.ts';
import { score } from './score.ts';
import type { Shelf } from './shelf.ts';

type Names =
  | 'load'
  | 'vocabulary'
  | 'logits'
  | 'sample'
  | 'inspect'
  | 'attention'
  | 'pair'
  | 'lens'
  | 'score'
  | 'race'
  | 'exportOnnx'
  | 'crossCheck'
  | 'encode';

/** Answers by the name of the call. */
type ModelCalls = {
  [K in Names]: (options: Calls[K]['options'], context: CallHooks) => Promise<Calls[K]['result']>;
};

/** What the calls need of an engine. */
export interface ModelServices {
  model: Shelf['model'];
  denoiser: Shelf['denoiser'];
  /** Every model there is, for calls that take several. */
  models: (context: CallHooks) => ReturnType<Shelf['all']>;
  /** Have a task wait for those before it. */
  turn: <T>(context: CallHooks, task: () => Promise<T>) => Promise<T>;
}

/** @throws UnmaskError and whatever fails on the device, each of the calls */
export function modelCalls({ model, denoiser, models, turn }: ModelServices): ModelCalls {
  return {
    load: (o, context) =>
      turn(context, async () => {
        await denoiser(o.model, context);
        return (await model(o.model, context)).info;
      }),
    vocabulary: (o, context) =>
      turn(context, async () => {
        const { tokenizer, config } = (await model(o.model, context)).checkpoint;
        const maskId = config.vocabulary - 1;
        if (!tokenizer) return { maskId };
        const pieces = Array.from({ length: maskId }, (_, id) => tokenizer.piece(id));
        const { bos, eos } = tokenizer;
        return {
          pieces,
          maskId,
          ...(bos === undefined ? {} : { bos }),
          ...(eos === undefined ? {} : { eos }),
        };
      }),
    logits: (o, context) =>
      turn(context, async () => {
        const { checkpoint } = await model(o.model, context);
        const { tokens, batch, length, t } = checkLogits(o, checkpoint.config);
        const network = await denoiser(o.model, context, o.backend);
        const data = await network.logits(tokens, { batch, length }, t);
        return {
          shape: [batch, length, network.config.vocabulary],
          data: data as Float32Array<ArrayBuffer>,
        };
      }),
    sample: (o, context) =>
      turn(context, async () => {
        const { checkpoint } = await model(o.model, context);
        const checked = checkSample(o, checkpoint.config, checkpoint.tokenizer);
        const network = await denoiser(o.model, context, o.backend);
        return await sample(o.model, network, checkpoint.tokenizer, checked, context);
      }),
    inspect: (o, context) =>
      turn(context, async () => {
        const { checkpoint } = await model(o.model, context);
        const checked = checkInspect(o, checkpoint.config);
        return await inspect(await denoiser(o.model, context, o.backend), checked);
      }),
    attention: (o, context) =>
      turn(context, async () => {
        const { config } = (await model(o.model, context)).checkpoint;
        const { tokens, t, at } = checkAttention(o, config);
        const network = await denoiser(o.model, context, o.backend);
        const weights = (await network.attention(tokens, at, t)) as Float32Array<ArrayBuffer>;
        return { layers: config.blocks, heads: config.heads, length: tokens.length, weights };
      }),
    pair: (o, context) =>
      turn(context, async () => {
        const { checkpoint } = await model(o.model, context);
        const checked = checkPair(o, checkpoint.config);
        return await pair(await denoiser(o.model, context, o.backend), checked, context.signal);
      }),
    lens: (o, context) =>
      turn(context, async () => {
        const { checkpoint } = await model(o.model, context);
        const checked = checkLens(o, checkpoint.config);
        return await lens(await denoiser(o.model, context, o.backend), checked);
      }),
    score: (o, context) => turn(context, () => score(o, models(context), context.signal)),
    race: (o, context) => turn(context, () => race(o, models(context), context)),
    exportOnnx: (o, context) =>
      turn(context, async () => {
        const { checkpoint } = await model(o.model, context);
        // Its code comes when it is asked for, as that of the self-test: the first view needs neither.
        const { exportOnnx } = await import('../model/onnx/export.ts');
        return exportOnnx(checkpoint, checkPrecision(o.precision));
      }),
    crossCheck: (o, context) =>
      turn(context, async () => {
        const ours = await denoiser(o.model, context, 'webgpu');
        return crossCheck(o.model, ours, await denoiser(o.model, context, 'wasm'));
      }),
    encode: (o, context) =>
      turn(context, async () => {
        const { tokenizer } = (await model(o.model, context)).checkpoint;
        if (!tokenizer) throw refuse(words.noTokenizer(o.model));
        return tokenizer.encode(checkText(o.text));
      }),
  };
}
