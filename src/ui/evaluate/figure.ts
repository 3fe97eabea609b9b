/** The figure of an evaluation: what lies where. Nothing here draws, and nothing knows the width of the page. */
import type { EvaluatedPoint, Estimate } from '../../worker/evaluate/result.ts';
import { LEAST_ENTROPY_SPAN, reach } from '../figures/estimates.ts';
import { joined, MARKS } from '../figures/marks.ts';
import { linearScale, logScale, stepScale, tickTexts, type Scale } from '../figures/scale.ts';
import { found } from '../messages/evaluate/found.ts';
import type { EvaluateState, ShownEvaluation, ShownModel } from '../stores/evaluate.ts';
import { number } from '../../words/numbers.ts';

export type XAxis = EvaluateState['x'];

/** Which of the two. */
export type Quantity = 'perplexity' | 'entropy';

/**
 * How a curve is told from the others: by shape and dash first, by colour besides. Colours have 3:1 against a card and
 * differ in lightness too; the page's accents are not among them.
 */
export interface Style {
  /** Of `MARKS`. */
  mark: number;
  /** Of `COLOURS`. */
  colour: number;
  /** Teachers. */
  dashed: boolean;
}

/** Colours of curves on paper and on charcoal: ink for teachers, then those of students. */
export const COLOURS: readonly { light: string; dark: string }[] = [
  { light: '#1c1b18', dark: '#edeae2' },
  { light: '#00705f', dark: '#4cc4ac' },
  { light: '#8243a8', dark: '#c99bea' },
  { light: '#8a6a00', dark: '#e0c04c' },
  { light: '#b0306f', dark: '#ff8fbd' },
  { light: '#50677a', dark: '#9fb6c9' },
];

/** A point of a curve. Shares of the width from the left, pixels from the top. */
export interface Mark {
  point: EvaluatedPoint;
  x: number;
  y: number;
  /** Ends of its interval, from the top: `high` is the smaller. */
  low?: number;
  high?: number;
  /** At the steps that its model was distilled for. */
  native: boolean;
  /** All texts that were asked for are in it. */
  whole: boolean;
}

export interface Curve {
  model: ShownModel;
  style: Style;
  marks: Mark[];
  /** Neighbours that are both known. */
  segments: [Mark, Mark][];
}

/** A causal model: it has no steps, and so a line from side to side. */
export interface Baseline {
  model: ShownModel;
  point: EvaluatedPoint;
  y: number;
  low?: number;
  high?: number;
}

/** A name at the end of a curve or of a line. */
export interface Label {
  model: string;
  text: string;
  y: number;
  /** Of `COLOURS`; undefined for a causal model. */
  colour?: number;
}

export interface Panel {
  quantity: Quantity;
  title: string;
  ticks: { text: string; y: number }[];
  curves: Curve[];
  baselines: Baseline[];
  labels: Label[];
  /** Why there is nothing in it. */
  empty: string | undefined;
}

export interface FigureLayout {
  /** Of one panel, pixels. */
  height: number;
  panels: [Panel, Panel];
  xTitle: string;
  xTicks: { text: string; x: number }[];
  /** Step counts of which something is not known yet. */
  unknown: number[];
}

/** Pixels between the middles of two labels, of the usual size. */
export const LABEL_HEIGHT = 15;

/** The styles of models: the same in both panels, in the legend and in files. A causal model has none. */
export function stylesOf(models: readonly Pick<ShownModel, 'id' | 'kind'>[]): Map<string, Style> {
  const styles = new Map<string, Style>();
  let students = 0;
  for (const { id, kind } of models) {
    if (kind === 'causal') continue;
    const teacher = kind === 'teacher';
    const colour = teacher ? 0 : 1 + (students % (COLOURS.length - 1));
    if (!teacher) students++;
    styles.set(id, { mark: styles.size % MARKS.length, colour, dashed: teacher });
  }
  return styles;
}

/** Letters that a name beside a curve has room for on the page. */
const LABEL_LETTERS = 17;

/** How many words all of some titles begin with, at most all but one of the shortest. */
function shared(titles: readonly (readonly string[])[]): number {
  const most = titles.length > 1 ? Math.min(...titles.map(({ length }) => length)) - 1 : 0;
  let same = 0;
  while (same < most && titles.every((words) => words[same] === titles[0][same])) same++;
  return same;
}

/**
 * Names that fit beside curves: of long ones, what models of one kind have in common is left out, and the rest is cut.
 * @param letters that there is room for
 * @returns in the order of the models
 */
export function shortNames(
  models: readonly Pick<ShownModel, 'title' | 'kind'>[],
  letters = LABEL_LETTERS,
): string[] {
  const isLong = ({ title }: Pick<ShownModel, 'title'>): boolean => title.length > letters;
  const wordsOf = (kind: ShownModel['kind']): string[][] =>
    models.filter((model) => model.kind === kind && isLong(model)).map(({ title }) => title.split(' '));
  return models.map((model) => {
    if (!isLong(model)) return model.title;
    const all = wordsOf(model.kind);
    const same = shared(all);
    // A number by itself is no name.
    const first = all.some((words) => words.length === same + 1 && /^\d+$/.test(words[same]))
      ? same - 1
      : same;
    const last = shared(all.map((words) => words.slice(first).toReversed()));
    const words = model.title.split(' ');
    const short = words
      .slice(first, words.length - last)
      .join(' ')
      .replace(/,$/, '');
    return short.length > letters ? `${short.slice(0, letters - 1).trimEnd()}…` : short;
  });
}

/** What a point has to show; a perplexity that its model gave itself is no rival of the others. */
export function shownOf(quantity: Quantity, point: EvaluatedPoint): Estimate | undefined {
  if (quantity === 'entropy') return point.entropy;
  const { perplexity, selfScored } = point;
  return perplexity && !selfScored && Number.isFinite(perplexity.mean) ? perplexity : undefined;
}

/**
 * Labels moved apart so that none lies on another, as little as that takes, within the panel if they have room there.
 * @param line pixels between two
 */
export function apart<T extends { y: number }>(
  labels: readonly T[],
  height: number,
  line = LABEL_HEIGHT,
): T[] {
  const sorted = labels.map((label) => ({ ...label })).toSorted((a, b) => a.y - b.y);
  sorted.forEach((label, i) => {
    if (i > 0) label.y = Math.max(label.y, sorted[i - 1].y + line);
  });
  for (let i = sorted.length - 1; i >= 0; i--) {
    const most = i === sorted.length - 1 ? height : sorted[i + 1].y - line;
    sorted[i].y = Math.min(sorted[i].y, most);
  }
  return sorted;
}

/** What a panel has room for. */
interface PanelSize {
  /** Pixels. */
  height: number;
  /** Of names beside curves; default: what the page has room for. */
  letters: number;
  /** Pixels between the middles of two such names. */
  line: number;
}

/** Why a panel has nothing to show. */
function emptyText(quantity: Quantity, { points, settings }: ShownEvaluation): string | undefined {
  const { empty } = found.figure;
  if (points.some((point) => shownOf(quantity, point))) return undefined;
  if (points.length === 0) return empty.nothing;
  if (points.some(({ texts, perplexity }) => texts < settings.count && !perplexity)) return empty.notYet;
  return points.every(({ selfScored }) => selfScored) ? empty.itself : empty.notJudged;
}

function panelOf(
  quantity: Quantity,
  evaluation: ShownEvaluation,
  { x, height, letters, line }: { x: (point: EvaluatedPoint) => number } & PanelSize,
): Panel {
  const { models, points, settings } = evaluation;
  const spans = points.flatMap((point) => reach(shownOf(quantity, point) ?? { mean: NaN }));
  const scale: Scale = quantity === 'perplexity' ? logScale(spans) : linearScale(spans, LEAST_ENTROPY_SPAN);
  const y = (value: number): number => height * (1 - Math.min(1, Math.max(0, scale.place(value))));
  const place = ({ mean, low, high }: Estimate) => ({
    y: y(mean),
    ...(low !== undefined && high !== undefined ? { low: y(low), high: y(high) } : {}),
  });
  const styles = stylesOf(models);
  const curves: Curve[] = [];
  const baselines: Baseline[] = [];
  for (const model of models) {
    const style = styles.get(model.id);
    const marks = points
      .filter((point) => point.model === model.id)
      .toSorted((a, b) => a.steps - b.steps)
      .flatMap((point): Mark[] => {
        const shown = shownOf(quantity, point);
        if (!shown) return [];
        const native = model.nativeSteps === point.steps;
        return [{ point, x: x(point), native, whole: point.texts >= settings.count, ...place(shown) }];
      });
    if (!style) {
      // A causal model has a single point.
      baselines.push(
        ...marks.slice(0, 1).map(({ point, y, low, high }) => ({
          ...{ model, point, y },
          ...(low !== undefined && high !== undefined ? { low, high } : {}),
        })),
      );
      continue;
    }
    const neighbours = settings.steps.map((steps) => marks.find(({ point }) => point.steps === steps));
    const segments = joined(neighbours, (mark) => mark !== undefined) as [Mark, Mark][];
    curves.push({ model, style, marks, segments });
  }
  const names = shortNames(models, letters);
  const nameOf = (id: string): string => names[models.findIndex((model) => model.id === id)];
  const ends: Label[] = [
    ...curves.flatMap(({ model: { id }, style: { colour }, marks }): Label[] => {
      const last = marks.at(-1);
      return last ? [{ model: id, text: nameOf(id), y: last.y, colour }] : [];
    }),
    ...baselines.map(({ model: { id }, y }) => ({ model: id, text: nameOf(id), y })),
  ];
  const texts = tickTexts(scale);
  return {
    ...{
      quantity,
      title: found.figure.panels[quantity],
      curves,
      baselines,
      labels: apart(ends, height, line),
    },
    ticks: scale.ticks.map((tick, i) => ({ text: texts[i], y: y(tick) })),
    empty: emptyText(quantity, evaluation),
  };
}

/** Lay both panels out: perplexity never without entropy. */
export function figureLayout(
  evaluation: ShownEvaluation,
  x: XAxis,
  { height, letters = LABEL_LETTERS, line = LABEL_HEIGHT }: Partial<PanelSize> & { height: number },
): FigureLayout {
  const { models, points, settings } = evaluation;
  const diffusion = models.filter(({ kind }) => kind !== 'causal');
  const writing = points.filter(({ model }) => diffusion.some(({ id }) => id === model));
  const xs = stepScale(
    x === 'steps' ? settings.steps : writing.map(({ forwardPasses }) => Math.max(1, forwardPasses)),
  );
  const at = ({ steps, forwardPasses }: EvaluatedPoint): number =>
    xs.place(x === 'steps' ? steps : Math.max(1, forwardPasses));
  const known = (model: string, steps: number): boolean =>
    points.some((point) => point.model === model && point.steps === steps);
  // How many passes a point takes that is not known is not known either.
  const missing = settings.steps.filter(
    (steps) => x === 'steps' && diffusion.some(({ id }) => !known(id, steps)),
  );
  const shared = { x: at, height, letters, line };
  return {
    height,
    panels: [panelOf('perplexity', evaluation, shared), panelOf('entropy', evaluation, shared)],
    xTitle: found.figure.axes[x],
    xTicks: xs.ticks.map((tick) => ({ text: number(tick), x: xs.place(tick) })),
    unknown: missing.map(xs.place),
  };
}

/** What the keyboard goes through: a row for each curve, left to right, and one for each line, whose mark is at its end. */
export function rowsOf({ curves, baselines }: Panel): Mark[][] {
  return [
    ...curves.map(({ marks }) => marks),
    ...baselines.map(({ point, y }): Mark[] => [{ point, y, x: 1, native: false, whole: true }]),
  ].filter((marks) => marks.length > 0);
}

/** Corners of the band that intervals make along a curve, one polygon for each run of known neighbours. */
export function bandsOf({ segments }: Curve): [number, number][][] {
  return segments.flatMap(([from, to]) =>
    from.low === undefined || from.high === undefined || to.low === undefined || to.high === undefined
      ? []
      : [
          [
            [from.x, from.high],
            [to.x, to.high],
            [to.x, to.low],
            [from.x, from.low],
          ] as [number, number][],
        ],
  );
}

/**
 * The mark that a pointer is at.
 * @param at shares of the width, pixels from the top
 * @param width of the panel, pixels
 * @returns undefined where none is within reach
 */
export function nearest(
  panel: Panel,
  at: { x: number; y: number },
  width: number,
): EvaluatedPoint | undefined {
  const REACH = 48;
  const found = panel.curves
    .flatMap(({ marks }) => marks)
    .map(({ point, x, y }) => ({ point, distance: Math.hypot((x - at.x) * width, y - at.y) }))
    .toSorted((a, b) => a.distance - b.distance)
    .at(0);
  if (found && found.distance <= REACH) return found.point;
  // A line is as near everywhere.
  return panel.baselines.find(({ y }) => Math.abs(y - at.y) <= REACH / 4)?.point;
}
