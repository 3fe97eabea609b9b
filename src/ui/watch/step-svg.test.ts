import { describe, expect, it } from 'vitest';
import type { Slot } from '../../trace/slots.ts';
import { CHARCOAL, PAPER } from '../figures/paper.ts';
import { stepSvg, type StepPicture } from './step-svg.ts';

const came = (state: 'new' | 'earlier', token: number, step: number): Slot => ({
  ...{ state, token, step, probability: 0.5, entropy: 1, order: 1 },
});
const picture: StepPicture = {
  slots: [
    { state: 'given', token: 1 },
    { state: 'given', token: 2 },
    came('earlier', 3, 2),
    came('new', 4, 5),
    { state: 'masked' },
  ],
  vocabulary: { maskId: 9, pieces: { 1: 'Once', 2: ' <&"', 3: ' upon', 4: ' a\ud800\uffff\u0007' } },
  heats: [],
  scale: undefined,
  steps: 4,
  pins: { 1: 2 },
  sentence: 'Final pass: one token, the likeliest of all.',
  facts: 'Student · seed <7>',
};
const count = (text: string, what: string): number => text.split(what).length - 1;

describe('stepSvg', () => {
  it('has every slot, the text, and what wrote it, each by its look', () => {
    const svg = stepSvg(picture);
    expect(svg).toContain(picture.sentence);
    for (const text of ['>given<', '>pinned<', '>2<', '>new final<', '>Once<', 'upon', 'seed &lt;7&gt;'])
      expect(svg).toContain(text);
    // The slot, and its place in the text.
    expect(count(svg, 'url(#hatch)')).toBe(2);
    expect(count(svg, `stroke="${PAPER.new}"`)).toBe(1);
    expect(count(svg, `stroke="${PAPER.pin}"`)).toBe(1);
  });

  it('is XML, whatever the pieces are', () => {
    const svg = stepSvg(picture);
    expect(svg).toContain('&lt;&amp;&quot;');
    expect(svg).not.toMatch(/[\p{Cs}\uffff\ufffe]|[^\P{Cc}\n\t]/u);
    expect(svg).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
    expect(count(svg, '<text')).toBe(count(svg, '</text>'));
  });

  it('is on charcoal in the dark, and shows the colouring that was chosen', () => {
    const heats = [undefined, undefined, { value: 2, heat: 0.25, text: '0.25' }];
    const scale = { label: 'probability', low: '0', high: '1' };
    const svg = stepSvg({ ...picture, heats, scale }, { dark: true });
    expect(svg).toContain(CHARCOAL.paper);
    expect(svg).not.toContain(PAPER.paper);
    expect(svg).toContain('fill-opacity="0.25"');
    for (const text of ['>0.25<', 'probability: 0 – 1']) expect(svg).toContain(text);
  });

  it('breaks long texts into lines, and grows with its slots', () => {
    const slots = Array.from({ length: 300 }, (): Slot => came('earlier', 3, 1));
    const heightOf = (svg: string): number => Number(/ height="(\d+)"/.exec(svg)![1]);
    const long = stepSvg({ ...picture, slots });
    expect(heightOf(long)).toBeGreaterThan(heightOf(stepSvg(picture)) + 1000);
    for (const [, x] of long.matchAll(/<text x="([\d.]+)"/g)) expect(Number(x)).toBeLessThan(1200);
    const lines = stepSvg({
      ...picture,
      slots: slots.slice(0, 2),
      vocabulary: { maskId: 9, pieces: { 3: 'a\nb' } },
    });
    expect(count(lines, '>b<')).toBe(2);
  });
});
