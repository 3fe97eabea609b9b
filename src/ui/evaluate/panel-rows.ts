/** What the panels' tables show, of what the engine found. */
import type { BoundResult, Estimate, LastWordResult, MauveResult } from '../../worker/evaluate/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { linearScale, logScale, type Scale } from '../figures/scale.ts';
import { estimateText, threeDigits, type EstimateText } from '../figures/estimates.ts';
import { panels } from '../messages/evaluate/panels.ts';
import { kindOf, titleOf } from '../race/name.ts';
import { number } from '../../words/numbers.ts';
import type { MeasureRow } from './MeasureTable.tsx';
import { unit } from './panels-words.ts';

/** What a model is, beside its title: an id that is no part of it, its kind, and how many steps it was distilled for. */
function detailOf(model: string, models: readonly ModelInfo[]): string {
  const kind = kindOf(model, models);
  const native = models.find(({ id }) => id === model)?.nativeSteps;
  return kind === 'causal' || native === undefined ? panels.kinds[kind] : panels.distilledFor(native);
}

const ends = (estimates: readonly Estimate[]): number[] =>
  estimates.flatMap(({ mean, low = mean, high = mean }) => [low, mean, high]);

const scaled = ({ mean, low, high }: Estimate, factor: number): Estimate => ({
  mean: factor * mean,
  ...(low === undefined ? {} : { low: factor * low }),
  ...(high === undefined ? {} : { high: factor * high }),
});

const twoLines = ({ mean, interval }: EstimateText): string =>
  interval === undefined ? mean : `${mean}\n(${interval})`;

export interface Table {
  rows: MeasureRow[];
  scale: Scale;
}

/** Accuracy in percent on an axis from 0. */
export function lastWordTable({ rows }: LastWordResult, models: readonly ModelInfo[]): Table {
  const shares = rows.map(({ accuracy }) => scaled(accuracy, 100));
  return {
    rows: rows.map(({ model, accuracy, perplexity, bound, items }, i) => ({
      ...{ key: model, title: titleOf(model, models), detail: detailOf(model, models) },
      ...{ estimate: shares[i], value: panels.percent(accuracy.mean) },
      interval: estimateText(shares[i], (share) => number(share, 1)).interval,
      cells: [panels.perplexity(twoLines(estimateText(perplexity, threeDigits)), bound), number(items)],
    })),
    // At least a tenth, so that accuracies of hardly anything do not fill the axis.
    scale: linearScale([0, 10, ...ends(shares)], 10),
  };
}

/** What models guessed of an item. */
export interface GuessRow {
  /** The end of the passage before the word. */
  passage: string;
  expected: string;
  /** One for each model. */
  guesses: { model: string; guess: string; right: boolean }[];
}

/** Characters of a passage that are shown. */
const PASSAGE = 90;

const tail = (text: string): string =>
  text.length <= PASSAGE ? text : `… ${text.slice(-PASSAGE).replace(/^\S*\s+/, '')}`;

/** The examples of all models side by side. */
export function guessRows({ rows }: LastWordResult): GuessRow[] {
  const [first] = rows as (LastWordResult['rows'][0] | undefined)[];
  return (first?.examples ?? []).map(({ text, expected }, i) => ({
    ...{ passage: tail(text), expected },
    guesses: rows.map(({ model, examples }) => {
      const { guess, right } = examples[i];
      return { model, guess, right };
    }),
  }));
}

/** Perplexity on a logarithmic axis. */
export function boundTable({ rows }: BoundResult, models: readonly ModelInfo[]): Table {
  const { table } = panels.bound;
  return {
    rows: rows.map(({ model, nll, monteCarlo, perplexity, bound, tokens }) => ({
      ...{ key: model, title: titleOf(model, models), detail: detailOf(model, models) },
      ...{
        estimate: perplexity,
        value: panels.perplexity(threeDigits(perplexity.mean), bound),
      },
      interval: estimateText(perplexity, threeDigits).interval,
      cells: [table.nats(nll.mean), bound ? table.byDraws(monteCarlo) : table.exact, number(tokens)],
    })),
    scale: logScale(ends(rows.map(({ perplexity }) => perplexity))),
  };
}

/** MAUVE, 1 at the right end. */
export function mauveTable({ rows }: MauveResult, models: readonly ModelInfo[]): Table {
  const estimates = rows.map(({ mauve, spread: { least, most, runs } }) =>
    runs < 2 ? { mean: mauve } : { mean: mauve, low: least, high: most },
  );
  return {
    rows: rows.map(({ model, steps, spread, texts }, i) => ({
      ...{ key: `${model} ${steps}`, title: titleOf(model, models) },
      detail: steps === 0 ? panels.kinds.causal : panels.steps(steps),
      ...{ estimate: estimates[i], value: unit(estimates[i].mean) },
      interval: estimateText(estimates[i], unit).interval,
      cells: [number(texts), number(spread.runs)],
    })),
    scale: linearScale([0, 1], 1),
  };
}
