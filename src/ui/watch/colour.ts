/** What the colours of slots stand for: values, heats from 0 to 1, and the texts that explain them. No colours. */
import type { Slot, Written } from '../../trace/slots.ts';
import type { Trace } from '../../trace/trace.ts';
import { watch } from '../messages/watch.ts';
import type { ColourBy } from '../stores/watch.ts';
import { fixed } from '../../words/numbers.ts';

/** What a whole run says about its colours; the same at every moment of it, so that a colour keeps its meaning. */
export interface ColourContext {
  /** Recorded steps that have come, in their order from 0, by nominal step. */
  passOf: ReadonlyMap<number, number>;
  /** Recorded steps that there will be. */
  passes: number;
  /** Nominal step of the final pass, if the sampler has one. */
  finalStep: number | undefined;
  /** Tokens that the run writes. */
  written: number;
  /** Entropy of the hottest colour, nats. */
  largestEntropy: number;
}

/** What the colour of one slot stands for. */
export interface Heat {
  value: number;
  /** Place on the scale, 0 to 1. */
  heat: number;
  /** The value as the tag of the slot shows it; its unit is in the label of the scale. */
  text: string;
}

/** The scale beside the canvas. */
export interface ColourScale {
  /** What is shown, with its unit. */
  label: string;
  /** The value at heat 0. */
  low: string;
  /** The value at heat 1. */
  high: string;
}

/** In a run where the model was sure of everything, a scale up to its largest entropy would show noise. */
const LEAST_ENTROPY_SCALE = 1;

/**
 * The scales of a run, from the whole of its trace. All but that of entropy are known before its first step; that
 * of entropy can grow while the run is still being written.
 */
export function colourContext(trace: Trace): ColourContext {
  const { steps, initial, maskId, forwardPasses } = trace;
  const entropies = trace.trace.flatMap((step) => step.entropies).filter(Number.isFinite);
  return {
    passOf: new Map(trace.trace.map(({ step }, pass) => [step, pass])),
    passes: forwardPasses,
    // First-hitting has no nominal steps, and so no final pass after them.
    finalStep: steps === 0 ? undefined : steps + 1,
    written: initial.filter((token) => token === maskId).length,
    largestEntropy: entropies.reduce((most, entropy) => Math.max(most, entropy), LEAST_ENTROPY_SCALE),
  };
}

const clip = (heat: number): number => Math.min(1, Math.max(0, heat));

/** Place of the i-th of n things, i from 0: the first is 0 and the last 1, so that few of them use the whole scale. */
const place = (i: number, n: number): number => (n > 1 ? clip(i / (n - 1)) : 1);

/** Two decimals, and never a certainty that is none. */
function probabilityText(p: number): string {
  if (p < 0.01) return '<0.01';
  return p < 1 && p >= 0.995 ? '>0.99' : fixed(Math.min(1, p), 2);
}

/** One decimal; what would round to nothing says that there is something. */
function entropyText(nats: number): string {
  return nats > 0 && nats < 0.05 ? '<0.1' : fixed(Math.max(0, nats), 1);
}

const stepText = (step: number, { finalStep }: ColourContext): string =>
  step === finalStep ? watch.canvas.final : String(step);

const orderText = (order: number): string => `#${order}`;

function heatOfWritten(slot: Written, by: Exclude<ColourBy, 'none'>, context: ColourContext): Heat {
  const { step, probability, entropy, order } = slot;
  switch (by) {
    case 'step':
      return {
        value: step,
        heat: place(context.passOf.get(step) ?? 0, context.passes),
        text: stepText(step, context),
      };
    case 'probability':
      return { value: probability, heat: clip(probability), text: probabilityText(probability) };
    case 'entropy':
      return { value: entropy, heat: clip(entropy / context.largestEntropy), text: entropyText(entropy) };
    case 'order':
      return { value: order, heat: place(order - 1, context.written), text: orderText(order) };
  }
}

/**
 * What the colours of slots stand for.
 * @param slots at one moment of the run, all of them or some
 * @param context of the same run
 * @returns for each slot its value; undefined where there is none: masked and given slots, and without a scale
 */
export function heatOf(slots: readonly Slot[], by: ColourBy, context: ColourContext): (Heat | undefined)[] {
  return slots.map((slot) => {
    if (by === 'none' || slot.state === 'masked' || slot.state === 'given') return undefined;
    const heat = heatOfWritten(slot, by, context);
    // A network whose logits overflow has laws without probability or entropy: no number is no colour.
    return Number.isFinite(heat.value) ? heat : undefined;
  });
}

/**
 * The scale that explains the colours of a run.
 * @returns undefined where nothing is coloured
 */
export function colourScale(by: ColourBy, context: ColourContext): ColourScale | undefined {
  switch (by) {
    case 'none':
      return undefined;
    case 'step':
      return { label: watch.colour.step, low: watch.colour.first, high: watch.colour.last };
    case 'probability':
      return { label: watch.colour.probability, low: '0', high: '1' };
    case 'entropy':
      return {
        label: watch.colour.entropy,
        low: '0',
        high: fixed(context.largestEntropy, 1),
      };
    case 'order':
      return {
        label: watch.colour.order,
        low: orderText(1),
        high: orderText(Math.max(1, context.written)),
      };
  }
}
