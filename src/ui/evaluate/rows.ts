/** The table of an evaluation: its columns, and the order of its rows. */
import type { EvaluatedPoint } from '../../worker/evaluate/result.ts';
import { found } from '../messages/evaluate/found.ts';
import type { ShownEvaluation } from '../stores/evaluate.ts';
import { number } from '../../words/numbers.ts';
import { shownOf } from './figure.ts';
import { judgedText, shareText } from './words.ts';

const { columns, causal } = found.table;

export interface TableColumn {
  id: keyof typeof columns;
  label: string;
  text: (point: EvaluatedPoint, count: number) => string;
  /** What rows are ordered by; undefined where there is no number, which goes last. */
  value: (point: EvaluatedPoint) => number | undefined;
}

const distinct = (n: 1 | 2 | 3): TableColumn => ({
  id: `distinct${n}`,
  label: columns[`distinct${n}`],
  text: (point) => shareText(point.distinct[n - 1]),
  value: (point) => point.distinct[n - 1]?.mean,
});

/** All but the model, whose name heads its row. */
export const TABLE_COLUMNS: readonly TableColumn[] = [
  {
    ...{ id: 'steps', label: columns.steps },
    text: ({ steps }) => (steps === 0 ? causal : number(steps)),
    value: ({ steps }) => (steps === 0 ? Infinity : steps),
  },
  {
    ...{ id: 'passes', label: columns.passes },
    text: ({ forwardPasses }) => number(forwardPasses, Number.isInteger(forwardPasses) ? 0 : 1),
    value: ({ forwardPasses }) => forwardPasses,
  },
  {
    ...{ id: 'perplexity', label: columns.perplexity },
    text: judgedText,
    value: (point) => shownOf('perplexity', point)?.mean,
  },
  {
    ...{ id: 'entropy', label: columns.entropy },
    text: ({ entropy }) => shareText(entropy),
    value: ({ entropy }) => entropy.mean,
  },
  ...([1, 2, 3] as const).map(distinct),
  {
    ...{ id: 'repetition', label: columns.repetition },
    text: ({ repetition }) => shareText(repetition),
    value: ({ repetition }) => repetition.mean,
  },
  { id: 'texts', label: columns.texts, text: ({ texts }) => number(texts), value: ({ texts }) => texts },
];

export interface Order {
  by: TableColumn['id'];
  falling: boolean;
}

/** The points in an order; equals keep that of the models, with steps rising. */
export function orderedRows(
  { models, points }: Pick<ShownEvaluation, 'models' | 'points'>,
  { by, falling }: Order,
): EvaluatedPoint[] {
  const place = ({ model }: EvaluatedPoint): number => models.findIndex(({ id }) => id === model);
  const usual = points.toSorted((a, b) => place(a) - place(b) || a.steps - b.steps);
  const value = by === 'model' ? place : TABLE_COLUMNS.find(({ id }) => id === by)!.value;
  return usual.toSorted((a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one === undefined || other === undefined)
      return Number(one === undefined) - Number(other === undefined);
    // Two that have no end are equals.
    return one === other ? 0 : (one < other ? -1 : 1) * (falling ? -1 : 1);
  });
}
