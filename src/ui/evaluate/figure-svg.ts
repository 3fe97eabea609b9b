/** An evaluation as a picture that stands by itself: SVG as text, without a page. For files, reports and Node. */
import type { Evaluation } from '../../worker/evaluate/result.ts';
import { MARKS } from '../figures/marks.ts';
import { CHARCOAL, FAMILIES, PAPER } from '../figures/paper.ts';
import { fixed, tag, type Attributes } from '../figures/svg.ts';
import { found } from '../messages/evaluate/found.ts';
import { wrap } from '../race/figures/race-picture.ts';
import {
  bandsOf,
  COLOURS,
  figureLayout,
  stylesOf,
  type Curve,
  type FigureLayout,
  type Mark,
  type Panel,
  type Style,
  type XAxis,
} from './figure.ts';
import { escaped } from './report/markup.ts';
import { headline, settingsText } from './words.ts';

const WIDTH = 1200;
const MARGIN = 40;
const INNER = WIDTH - 2 * MARGIN;
/** Of a plot: numbers stand to its left, names to its right. */
const PLOT = { left: 52, width: 340, height: 300, right: 168 };
/** Letters of a name that fit there. */
const LABEL_LETTERS = 23;
const PANEL = PLOT.left + PLOT.width + PLOT.right;

/** Half an em to a letter is about what a text takes; without a page nothing can be measured. */
const measure = (text: string): number => 7 * text.length;

/** Colours of a look. */
interface Look {
  of: (name: keyof typeof PAPER) => string;
  curve: (colour: number | undefined) => string;
}

const lookOf = (dark: boolean): Look => ({
  of: (name) => (dark ? CHARCOAL : PAPER)[name],
  curve: (colour) =>
    colour === undefined ? (dark ? CHARCOAL : PAPER)['ink-soft'] : COLOURS[colour][dark ? 'dark' : 'light'],
});

const label = (look: Look, x: number, y: number, text: string, rest: Attributes = {}): string =>
  tag('text', { x, y, 'font-size': 12, fill: look.of('ink-soft'), ...rest }, escaped(text));

const line = (from: [number, number], to: [number, number], rest: Attributes): string =>
  tag('line', { x1: from[0], y1: from[1], x2: to[0], y2: to[1], ...rest });

function markOf(
  look: Look,
  { mark, colour }: Style,
  [x, y]: [number, number],
  { native, whole }: Pick<Mark, 'native' | 'whole'>,
): string {
  const stroke = look.curve(colour);
  const ring = native
    ? tag('circle', { cx: x, cy: y, r: 9.5, fill: 'none', stroke, 'stroke-width': 1.25 })
    : '';
  return `${ring}${tag('path', {
    ...{ d: MARKS[mark], transform: `translate(${fixed(x)} ${fixed(y)})`, stroke, 'stroke-width': 1.75 },
    fill: whole ? stroke : look.of('paper'),
  })}`;
}

function curveOf(look: Look, curve: Curve, x: (share: number) => number): string {
  const stroke = look.curve(curve.style.colour);
  const bands = bandsOf(curve).map((corners) =>
    tag('polygon', {
      points: corners.map(([share, y]) => `${fixed(x(share))},${fixed(y)}`).join(' '),
      ...{ fill: stroke, 'fill-opacity': 0.12 },
    }),
  );
  const lines = curve.segments.map(([from, to]) =>
    line([x(from.x), from.y], [x(to.x), to.y], {
      ...{ stroke, 'stroke-width': 1.75 },
      'stroke-dasharray': curve.style.dashed ? '7 4' : undefined,
    }),
  );
  const intervals = curve.marks.flatMap(({ x: share, low, high }) =>
    low === undefined || high === undefined
      ? []
      : line([x(share), low], [x(share), high], { stroke, 'stroke-width': 1.5, 'stroke-opacity': 0.7 }),
  );
  const marks = curve.marks.map((mark) => markOf(look, curve.style, [x(mark.x), mark.y], mark));
  return [...bands, ...lines, ...intervals, ...marks].join('');
}

function panelOf(look: Look, panel: Panel, layout: FigureLayout): string {
  const { height } = layout;
  const x = (share: number): number => PLOT.width * share;
  const end = PLOT.width;
  const grey = { stroke: look.of('line') };
  return [
    label(look, -PLOT.left, -16, panel.title, { 'font-size': 13 }),
    ...layout.unknown.map((share) =>
      tag('rect', { x: x(share) - 9, y: 0, width: 18, height, fill: 'url(#hatch)' }),
    ),
    ...panel.ticks.map(
      ({ text, y }) => line([0, y], [end, y], grey) + label(look, -10, y + 4, text, { 'text-anchor': 'end' }),
    ),
    line([0, height], [end, height], { stroke: look.of('line-strong') }),
    ...layout.xTicks.map(({ text, x: share }) =>
      label(look, x(share), height + 20, text, { 'text-anchor': 'middle' }),
    ),
    label(look, end / 2, height + 42, layout.xTitle, { 'text-anchor': 'middle', 'font-size': 13 }),
    ...panel.baselines.flatMap(({ y, low, high }) => [
      low === undefined || high === undefined
        ? ''
        : tag('rect', {
            x: 0,
            y: high,
            width: end,
            height: low - high,
            fill: look.of('ink-soft'),
            'fill-opacity': 0.12,
          }),
      line([0, y], [end, y], { stroke: look.of('ink-soft'), 'stroke-width': 1.5, 'stroke-dasharray': '1 3' }),
    ]),
    ...panel.curves.map((curve) => curveOf(look, curve, x)),
    ...panel.labels.map(({ text, y, colour }) =>
      label(look, end + 16, y + 4, text, { fill: look.curve(colour) }),
    ),
    panel.empty === undefined
      ? ''
      : tag('rect', { x: 0, y: 0, width: end, height, fill: 'url(#hatch)', 'fill-opacity': 0.5 }) +
        label(look, end / 2, height / 2, panel.empty, { 'text-anchor': 'middle', 'font-size': 14 }),
  ].join('');
}

/** Whose curve is which: two models in a row. */
function legendOf(look: Look, evaluation: Evaluation): { content: string; height: number } {
  const styles = stylesOf(evaluation.models);
  const items = evaluation.models.map(({ id, title, nativeSteps }, i) => {
    const style = styles.get(id);
    const [x, y] = [(i % 2) * (PANEL + PLOT.left / 2), 24 * Math.floor(i / 2)];
    const stroke = look.curve(style?.colour);
    const dash = style ? (style.dashed ? '7 4' : undefined) : '1 3';
    const sample =
      line([x, y], [x + 36, y], { stroke, 'stroke-width': 1.75, 'stroke-dasharray': dash }) +
      (style ? markOf(look, style, [x + 18, y], { native: false, whole: true }) : '');
    const name = nativeSteps === undefined ? title : found.figure.nativeOf(title, nativeSteps);
    return sample + label(look, x + 48, y + 4, name, { 'font-size': 13, fill: look.of('ink') });
  });
  return { content: items.join(''), height: 24 * Math.ceil(items.length / 2) };
}

/**
 * Perplexity and entropy over steps, side by side, with intervals, a legend, and how it was measured.
 * @param options `x`: nominal steps (default), or forward passes; `dark`: on charcoal
 * @returns an SVG document
 */
export function evaluationSvg(evaluation: Evaluation, options: { x?: XAxis; dark?: boolean } = {}): string {
  const look = lookOf(options.dark === true);
  const layout = figureLayout(evaluation, options.x ?? 'steps', {
    height: PLOT.height,
    letters: LABEL_LETTERS,
  });
  let y = MARGIN;
  const words = (text: string, size: number, width: number, rest: Attributes): string =>
    wrap(text, 'small', width, measure)
      .map((one) => label(look, MARGIN, (y += 1.4 * size), one, { 'font-size': size, ...rest }))
      .join('');
  const title = words(headline(evaluation), 24, 0.55 * INNER, {
    fill: look.of('ink'),
    'font-family': FAMILIES.serif,
  });
  y += 56;
  const panels = layout.panels
    .map((panel, i) =>
      tag(
        'g',
        { transform: `translate(${MARGIN + PLOT.left + i * PANEL} ${fixed(y)})` },
        panelOf(look, panel, layout),
      ),
    )
    .join('');
  y += PLOT.height + 78;
  const { content, height } = legendOf(look, evaluation);
  const legend = tag('g', { transform: `translate(${MARGIN} ${fixed(y)})` }, content);
  y += height;
  const foot = words(settingsText(evaluation), 13, INNER, {});
  const total = Math.ceil(y + MARGIN);
  const hatch = tag(
    'pattern',
    { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    line([0, 0], [0, 6], { stroke: look.of('hatch-ink'), 'stroke-width': 3 }),
  );
  return tag(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      ...{ width: WIDTH, height: total, viewBox: `0 0 ${WIDTH} ${total}` },
      ...{ 'font-family': FAMILIES.sans, role: 'img', 'aria-label': headline(evaluation) },
    },
    [
      tag('defs', {}, hatch),
      tag('rect', { width: WIDTH, height: total, fill: look.of('paper') }),
      ...[title, panels, legend, foot],
    ].join(''),
  );
}
