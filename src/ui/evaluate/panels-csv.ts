/** What the panels found, for spreadsheets and for programs. Columns are explained in docs/exports.md. */
import type {
  BoundResult,
  BoundRow,
  LastWordResult,
  LastWordRow,
  MauveResult,
  MauveRow,
} from '../../worker/evaluate/result.ts';
import { csvOf, estimateColumns, type Column } from '../figures/csv.ts';
import type { Where } from './panels-words.ts';

/** A row of a table, with the result that it is of. */
interface Found<Result, Row> {
  result: Result;
  row: Row;
}

const modelColumn = <Row extends { row: { model: string } }>(): Column<Row> => ({
  ...{ name: 'model', meaning: 'id of the model', value: ({ row }) => row.model },
});

const boundColumn = <Row extends { row: { bound: boolean } }>(): Column<Row> => ({
  name: 'bound',
  meaning: 'true where the perplexity is an upper bound, as of every masked model',
  value: ({ row }) => row.bound,
});

/** What it takes to repeat it. */
const whereColumns = <Row>(of: (row: Row) => Where): Column<Row>[] => [
  { name: 'seed', meaning: 'what every draw came from', value: (row) => of(row).seed },
  { name: 'backend', meaning: 'what computed it', value: (row) => of(row).backend },
  { name: 'device', meaning: 'the device', value: (row) => of(row).adapter },
  { name: 'date', meaning: 'when it was measured, ISO 8601', value: (row) => of(row).date },
];

/** The columns of each, in their order. */
export const LAST_WORD_COLUMNS: readonly Column<Found<LastWordResult, LastWordRow>>[] = [
  modelColumn(),
  { name: 'items', meaning: 'items that the model guessed', value: ({ row }) => row.items },
  ...estimateColumns<Found<LastWordResult, LastWordRow>>(
    'accuracy',
    'share of items whose last word is the most probable one, token by token',
    ({ row }) => row.accuracy,
  ),
  ...estimateColumns<Found<LastWordResult, LastWordRow>>(
    'perplexity',
    'of the last word',
    ({ row }) => row.perplexity,
  ),
  boundColumn(),
  { name: 'source', meaning: '`bundled`, or the name of their file', value: ({ result }) => result.source },
  {
    name: 'ending',
    meaning: 'what stood behind the last word: `eos`, `full stop` or `nothing`',
    value: ({ result }) => result.ending,
  },
  { name: 'draws', meaning: 'random maskings of the last word', value: ({ result }) => result.draws },
  ...whereColumns<Found<LastWordResult, LastWordRow>>(({ result }) => result),
];

export const BOUND_COLUMNS: readonly Column<Found<BoundResult, BoundRow>>[] = [
  modelColumn(),
  { name: 'windows', meaning: 'windows that the text was cut into', value: ({ row }) => row.windows },
  { name: 'tokens', meaning: 'tokens in them that count', value: ({ row }) => row.tokens },
  ...estimateColumns<Found<BoundResult, BoundRow>>('nll', 'nats per token', ({ row }) => row.nll),
  {
    name: 'monte_carlo',
    meaning: 'half the width of the interval of `nll` that comes of the draws alone; 0 without draws',
    value: ({ row }) => row.monteCarlo,
  },
  ...estimateColumns<Found<BoundResult, BoundRow>>(
    'perplexity',
    'of a token of the text',
    ({ row }) => row.perplexity,
  ),
  boundColumn(),
  { name: 'length', meaning: 'tokens of a window, at most', value: ({ result }) => result.length },
  { name: 'draws', meaning: 'random maskings of a window', value: ({ result }) => result.draws },
  ...whereColumns<Found<BoundResult, BoundRow>>(({ result }) => result),
];

export const MAUVE_COLUMNS: readonly Column<Found<MauveResult, MauveRow>>[] = [
  modelColumn(),
  { name: 'steps', meaning: 'nominal steps; 0 for a causal model', value: ({ row }) => row.steps },
  { name: 'mauve', meaning: 'MAUVE, from 0 to 1', value: ({ row }) => row.mauve },
  {
    name: 'mauve_least',
    meaning: 'the least of repeated clusterings, which is no interval over texts',
    value: ({ row }) => row.spread.least,
  },
  { name: 'mauve_most', meaning: 'the most of them', value: ({ row }) => row.spread.most },
  { name: 'clusterings', meaning: 'how many there were', value: ({ row }) => row.spread.runs },
  { name: 'clusters', meaning: 'clusters of each', value: ({ result }) => result.clusters },
  { name: 'written', meaning: 'texts that the model wrote', value: ({ row }) => row.texts },
  {
    name: 'reference',
    meaning: 'texts of the reference that were compared',
    value: ({ result }) => result.texts.reference,
  },
  {
    name: 'features',
    meaning: 'id of the model whose hidden states are the features',
    value: ({ result }) => result.features.model,
  },
  {
    name: 'kept',
    meaning: 'dimensions of the features that were kept',
    value: ({ result }) => result.features.kept,
  },
  { name: 'length', meaning: 'tokens of a text', value: ({ result }) => result.texts.length },
  ...whereColumns<Found<MauveResult, MauveRow>>(({ result }) => ({ ...result, seed: result.settings.seed })),
];

export const lastWordCsv = (result: LastWordResult): string =>
  csvOf(
    LAST_WORD_COLUMNS,
    result.rows.map((row) => ({ result, row })),
  );

export const boundCsv = (result: BoundResult): string =>
  csvOf(
    BOUND_COLUMNS,
    result.rows.map((row) => ({ result, row })),
  );

export const mauveCsv = (result: MauveResult): string =>
  csvOf(
    MAUVE_COLUMNS,
    result.rows.map((row) => ({ result, row })),
  );

/** Everything that the engine told, for programs. */
export const resultJson = (result: LastWordResult | BoundResult | MauveResult): string =>
  `${JSON.stringify(result, null, 2)}\n`;
