import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotsAt, type Slot } from '../../trace/slots.ts';
import type { Trace, TraceStep } from '../../trace/trace.ts';
import type { ColourBy } from '../stores/watch.ts';
import { colourContext, colourScale, heatOf } from './colour.ts';

const step = (
  number: number,
  positions: number[],
  probabilities: number[],
  entropies: number[],
): TraceStep => ({
  ...{ step: number, t: 1 / number, positions, tokens: positions.map((p) => p + 10) },
  ...{ probabilities, entropies },
});

/** Slot 0 is given; of 64 nominal steps three have tokens, and the final pass. */
const trace: Trace = {
  version: 1,
  model: 'student',
  sampler: 'ancestral',
  steps: 64,
  forwardPasses: 4,
  seed: 1,
  sample: 0,
  temperature: 1,
  topP: 1,
  maskId: 99,
  initial: [0, 99, 99, 99, 99, 99],
  trace: [
    step(30, [2], [0.456], [2]),
    step(31, [1, 5], [0.001, 1], [4, 0]),
    step(60, [3], [0.999], [0.001]),
    step(65, [4], [0.5], [1.26]),
  ],
};

const context = colourContext(trace);
const column = (key: 'heat' | 'text' | 'value', by: ColourBy, position = 4, of = trace) =>
  heatOf(slotsAt(of, position), by, colourContext(of)).map((heat) => heat?.[key]);

const written = (probability: number, entropy: number): Slot => ({
  ...{ state: 'new', token: 1, step: 30, order: 1 },
  ...{ probability, entropy },
});
const textOf = (by: ColourBy, slot: Slot) => heatOf([slot], by, context)[0]?.text;

describe('heatOf', () => {
  it('spreads the recorded steps over the whole scale, wherever they lie among the nominal ones', () => {
    expect(column('heat', 'step')).toEqual([undefined, 1 / 3, 0, 2 / 3, 1, 1 / 3]);
    expect(column('value', 'step')).toEqual([undefined, 31, 30, 60, 65, 31]);
    expect(column('text', 'step')).toEqual([undefined, '31', '30', '60', 'final', '31']);
  });

  it('takes probabilities as they are', () => {
    expect(column('heat', 'probability')).toEqual([undefined, 0.001, 0.456, 0.999, 0.5, 1]);
    expect(column('text', 'probability')).toEqual([undefined, '<0.01', '0.46', '>0.99', '0.50', '1.00']);
  });

  it('measures entropies by the largest of the run', () => {
    expect(column('heat', 'entropy')).toEqual([undefined, 1, 0.5, 0.001 / 4, 1.26 / 4, 0]);
    expect(column('text', 'entropy')).toEqual([undefined, '4.0', '2.0', '<0.1', '1.3', '0.0']);
  });

  it('counts the tokens as they came, by position within a step', () => {
    expect(column('heat', 'order')).toEqual([undefined, 0.25, 0, 0.75, 1, 0.5]);
    expect(column('text', 'order')).toEqual([undefined, '#2', '#1', '#4', '#5', '#3']);
  });

  it('has nothing for masked and given slots, and nothing at all without a scale', () => {
    for (const by of ['step', 'probability', 'entropy', 'order'] as const) {
      expect(column('heat', by, 1).map((heat) => heat !== undefined)).toEqual(
        [0, 1, 2, 3, 4, 5].map((slot) => slot === 2),
      );
    }
    expect(column('heat', 'none')).toEqual(trace.initial.map(() => undefined));
  });

  it('shows no colour for what is no number', () => {
    for (const by of ['probability', 'entropy'] as const) {
      expect(heatOf([written(NaN, NaN), written(Infinity, -Infinity)], by, context)).toEqual([
        undefined,
        undefined,
      ]);
    }
    const broken = { ...trace, trace: [step(1, [1, 2], [1, 1], [NaN, 2])] };
    expect(colourContext(broken).largestEntropy).toBe(2);
  });

  it('keeps colours as they are while a run plays', () => {
    for (const by of ['step', 'probability', 'entropy', 'order'] as const) {
      const last = column('heat', by);
      for (const position of [1, 2, 3]) {
        const heats = column('heat', by, position);
        expect(heats).toEqual(heats.map((heat, slot) => (heat === undefined ? undefined : last[slot])));
      }
    }
  });

  it('knows steps and order before the run is complete', () => {
    const half = { ...trace, trace: trace.trace.slice(0, 2) };
    for (const by of ['step', 'order'] as const) {
      expect(column('heat', by, 2, half)).toEqual(column('heat', by, 2));
    }
  });

  it('gives a single pass and a single token the end of the scale', () => {
    const initial = [0, 99];
    const one = { ...trace, forwardPasses: 1, initial, trace: [step(3, [1], [0.5], [1])] };
    expect(column('heat', 'step', 1, one)).toEqual([undefined, 1]);
    expect(column('heat', 'order', 1, one)).toEqual([undefined, 1]);
  });

  it('has no final step where the sampler has no nominal ones', () => {
    const hitting: Trace = { ...trace, sampler: 'first-hitting', steps: 0, trace: [step(1, [1], [1], [0])] };
    expect(column('text', 'step', 1, hitting)[1]).toBe('1');
  });

  it('stays between 0 and 1 for any numbers', () => {
    const any = fc.double({ noNaN: true, noDefaultInfinity: true });
    const slots = fc.array(fc.tuple(any, any).map(([p, h]) => written(p, h)));
    fc.assert(
      fc.property(slots, fc.constantFrom('probability', 'entropy'), (shown, by: ColourBy) => {
        for (const heat of heatOf(shown, by, context)) {
          expect(heat!.heat).toBeGreaterThanOrEqual(0);
          expect(heat!.heat).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('the text of a tag', () => {
  it.each([
    [0, '<0.01'],
    [0.00999, '<0.01'],
    [0.01, '0.01'],
    [0.994, '0.99'],
    [0.995, '>0.99'],
    [0.9999999, '>0.99'],
    [1, '1.00'],
    // Sums in f32 may pass 1 by a rounding.
    [1.0000001, '1.00'],
  ])('of probability %d is %s', (p, text) => {
    expect(textOf('probability', written(p, 0))).toBe(text);
  });

  it.each([
    [0, '0.0'],
    [-1e-7, '0.0'],
    [0.049, '<0.1'],
    [0.051, '0.1'],
    [1.24, '1.2'],
    [10.81, '10.8'],
  ])('of entropy %d is %s', (nats, text) => {
    expect(textOf('entropy', written(0, nats))).toBe(text);
  });
});

describe('colourScale', () => {
  it('has label, unit and both ends', () => {
    expect(colourScale('none', context)).toBeUndefined();
    expect(colourScale('step', context)).toMatchObject({ low: 'first', high: 'last' });
    expect(colourScale('probability', context)).toEqual({
      ...{ label: 'probability of the drawn token', low: '0', high: '1' },
    });
    expect(colourScale('entropy', context)).toEqual({
      ...{ label: 'entropy of the law the token was drawn from, in nats', low: '0', high: '4.0' },
    });
    expect(colourScale('order', context)).toMatchObject({ low: '#1', high: '#5' });
  });

  it('has at least 1 nat of entropy, so that a sure model looks sure', () => {
    const sure = { ...trace, trace: [step(1, [1], [0.99], [0.1])] };
    expect(colourScale('entropy', colourContext(sure))?.high).toBe('1.0');
    expect(column('heat', 'entropy', 1, sure)[1]).toBe(0.1);
  });

  it('of a run that writes nothing is still a scale', () => {
    const nothing = colourContext({ ...trace, forwardPasses: 0, initial: [0], trace: [] });
    expect(colourScale('order', nothing)).toMatchObject({ low: '#1', high: '#1' });
    expect(colourScale('entropy', nothing)?.high).toBe('1.0');
  });
});
