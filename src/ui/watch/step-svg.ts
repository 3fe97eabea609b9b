/** A step of a run as a picture that stands by itself: SVG as text, without a page. */
import type { Slot } from '../../trace/slots.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import { CHARCOAL, FAMILIES, PAPER } from '../figures/paper.ts';
import { tag, written, type Attributes } from '../figures/svg.ts';
import { traces } from '../messages/traces.ts';
import type { ColourScale, Heat } from './colour.ts';
import { pieceOf, proseOf, widthOf } from './piece.ts';

const words = traces.step;

/** What a picture shows. */
export interface StepPicture {
  slots: readonly Slot[];
  vocabulary: Vocabulary | undefined;
  /** Of each slot, where it has one. */
  heats: readonly (Heat | undefined)[];
  scale: ColourScale | undefined;
  /** Nominal steps; 0 where there are none. */
  steps: number;
  /** Token by slot that was pinned. */
  pins: Readonly<Record<number, number>>;
  /** What happens in the step. */
  sentence: string;
  /** What wrote it, in one line. */
  facts: string;
}

const WIDTH = 1200;
const MARGIN = 48;
const INNER = WIDTH - 2 * MARGIN;
const GAP = 8;
const SLOT_HEIGHT = 64;
const PROSE_SIZE = 22;
const PROSE_LINE = 38;
/** A masked slot in the text, with the space before it. */
const MASK = { width: 44, height: 15, space: 6 };

type Colour = keyof typeof PAPER;
type Look = (name: Colour) => string;

/** Width of a text in pixels, in the serif of pictures. */
export type Measure = (text: string, size: number) => number;

/** About half an em to an average letter, and a quarter to a space. */
const widthAt: Measure = (text, size) =>
  Array.from(text).reduce((sum, letter) => sum + (letter === ' ' ? 0.5 : widthOf(letter)), 0) * size * 0.5;

const textAt = (x: number, y: number, text: string, rest: Attributes): string =>
  tag('text', { x, y, ...rest }, written(text));

/** Border and paper of a slot, by what it is. */
function boxOf(look: Look, state: Slot['state'] | 'pinned', heat: Heat | undefined, box: Attributes): string {
  const [fill, stroke, width]: [Colour, Colour, number] = {
    masked: ['paper', 'line-strong', 1] as const,
    given: ['sunken', 'line-strong', 1.5] as const,
    pinned: ['pin-paper', 'pin', 2.5] as const,
    new: ['new-paper', 'new', 2] as const,
    earlier: ['card', 'line', 1] as const,
  }[state] as [Colour, Colour, number];
  const rect = (rest: Attributes): string => tag('rect', { ...box, rx: 8, ...rest });
  return [
    rect({ fill: heat ? look('card') : look(fill) }),
    heat ? rect({ fill: look('heat-ink'), 'fill-opacity': heat.heat }) : '',
    rect({
      ...{ fill: state === 'masked' ? 'url(#hatch)' : 'none', stroke: look(stroke), 'stroke-width': width },
      'stroke-dasharray': state === 'masked' ? '4 3' : undefined,
    }),
  ].join('');
}

/** A slot with its piece in the middle and its tag in the corner. */
function slotOf(
  look: Look,
  { slots, heats, vocabulary, steps, pins }: StepPicture,
  index: number,
  [x, y, width]: [number, number, number],
): string {
  const slot = slots[index];
  const heat = heats[index];
  const state = slot.state === 'given' && index in pins ? 'pinned' : slot.state;
  const box = boxOf(look, state, heat, { x, y, width, height: SLOT_HEIGHT });
  if (slot.state === 'masked') return box;
  const { text, space, ours } = pieceOf(slot.token, vocabulary);
  const ink = look(heat ? 'ink' : state === 'new' ? 'new' : state === 'pinned' ? 'pin' : 'ink');
  const letters = widthOf(text) + (space ? 0.65 : 0);
  const dot = space ? tag('tspan', { fill: look('line-strong') }, '·') : '';
  const piece = tag(
    'text',
    {
      ...{ x: x + width / 2, y: y + 34, 'text-anchor': 'middle', fill: ink },
      ...{ 'font-size': Math.min(20, (1.55 * width) / Math.max(letters, 1)) },
      'font-family': ours ? FAMILIES.sans : FAMILIES.serif,
    },
    dot + written(text),
  );
  const step = slot.state === 'given' ? '' : steps > 0 && slot.step > steps ? words.final : String(slot.step);
  const name = state === 'earlier' ? '' : words[state as 'new' | 'given' | 'pinned'];
  const corner = heat?.text ?? `${name} ${step}`.trim();
  const soft = heat ? look('ink') : state === 'earlier' || state === 'given' ? look('ink-soft') : ink;
  const label = textAt(x + width - 7, y + SLOT_HEIGHT - 7, corner, {
    ...{ 'text-anchor': 'end', 'font-size': 11, fill: soft },
  });
  return box + piece + label;
}

/** A word of the text, a place that is masked, or the end of a line. */
type Part = { what: 'word'; text: string; fresh: boolean } | { what: 'mask' } | { what: 'break' };

/** The text as words and masked places; a word that several slots share is several parts. */
function partsOf({ slots, vocabulary }: StepPicture): Part[] {
  const texts = proseOf(
    slots.map((slot) => (slot.state === 'masked' ? undefined : slot.token)),
    vocabulary,
  );
  return slots.flatMap(({ state }, i) => {
    const pieces = texts[i].match(/\n|[^\S\n]*\S+|[^\S\n]+/g) ?? [];
    const parts = pieces.map((text): Part =>
      text === '\n' ? { what: 'break' } : { what: 'word', text, fresh: state === 'new' },
    );
    return state === 'masked' ? [...parts, { what: 'mask' }] : parts;
  });
}

/** The text in lines. @param y of the first one's foot */
function prose(
  look: Look,
  picture: StepPicture,
  y: number,
  measure: Measure,
): { content: string; lines: number } {
  let [x, line] = [0, 0];
  const drawn: string[] = [];
  const next = (): void => {
    [x, line] = [0, line + 1];
  };
  for (const part of partsOf(picture)) {
    if (part.what === 'break') {
      next();
      continue;
    }
    if (part.what === 'mask') {
      if (x + MASK.width + MASK.space > INNER) next();
      drawn.push(
        tag('rect', {
          ...{ x: MARGIN + x + MASK.space, y: y + line * PROSE_LINE - MASK.height, rx: 3 },
          ...{ width: MASK.width, height: MASK.height, fill: 'url(#hatch)' },
        }),
      );
      x += MASK.width + MASK.space;
      continue;
    }
    const width = measure(part.text, PROSE_SIZE);
    if (x > 0 && x + width > INNER) next();
    const word = part.text.trimStart();
    // The space before a word is room, and no part of it.
    const lead = width - measure(word, PROSE_SIZE);
    if (word !== '') {
      drawn.push(
        textAt(MARGIN + x + lead, y + line * PROSE_LINE, word, {
          ...{ 'font-size': PROSE_SIZE, 'font-family': FAMILIES.serif },
          // Whatever font is there, the next word begins where this one ends.
          ...{ textLength: width - lead, lengthAdjust: 'spacingAndGlyphs' },
          fill: look(part.fresh ? 'new' : 'ink'),
          'text-decoration': part.fresh ? 'underline' : undefined,
        }),
      );
    }
    x += width;
  }
  return { content: drawn.join(''), lines: line + 1 };
}

/**
 * The canvas at a step, the text under it, and what wrote it.
 * @param options `dark`: on charcoal; `measure`: of the text, by default a guess
 * @returns an SVG document
 */
export function stepSvg(
  picture: StepPicture,
  { dark = false, measure = widthAt }: { dark?: boolean; measure?: Measure } = {},
): string {
  const look: Look = (name) => (dark ? CHARCOAL : PAPER)[name];
  const { slots, sentence, facts, scale } = picture;
  const columns = slots.length > 256 ? 16 : slots.length > 64 ? 12 : 8;
  const width = (INNER - (columns - 1) * GAP) / columns;
  const top = MARGIN + 52;
  const grid = slots.map((_, i) =>
    slotOf(look, picture, i, [
      MARGIN + (i % columns) * (width + GAP),
      top + Math.floor(i / columns) * (SLOT_HEIGHT + GAP),
      width,
    ]),
  );
  const foot = top + Math.ceil(slots.length / columns) * (SLOT_HEIGHT + GAP);
  const legend = scale
    ? textAt(MARGIN, foot + 18, words.scale(scale.label, scale.low, scale.high), {
        ...{ 'font-size': 13, fill: look('ink-soft') },
      })
    : '';
  const from = foot + (scale ? 60 : 40);
  const { content, lines } = prose(look, picture, from, measure);
  const last = from + lines * PROSE_LINE + 10;
  const height = last + MARGIN;
  const stroke = { stroke: look('hatch-ink'), 'stroke-width': 3 };
  const hatch = tag(
    'pattern',
    { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    tag('line', { x1: 0, y1: 0, x2: 0, y2: 6, ...stroke }),
  );
  return tag(
    'svg',
    {
      ...{ xmlns: 'http://www.w3.org/2000/svg', width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${height}` },
      ...{ 'font-family': FAMILIES.sans, role: 'img', 'aria-label': sentence },
    },
    [
      tag('defs', {}, hatch),
      tag('rect', { width: WIDTH, height, fill: look('paper') }),
      textAt(MARGIN, MARGIN + 24, sentence, {
        ...{ 'font-size': 28, 'font-family': FAMILIES.serif, fill: look('ink') },
      }),
      ...[...grid, legend, content],
      textAt(MARGIN, last, facts, { 'font-size': 13, fill: look('ink-soft') }),
    ].join(''),
  );
}
