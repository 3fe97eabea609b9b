import type { Evaluation } from '../../worker/evaluate/result.ts';
import { evaluationCsv } from '../evaluate/evaluation-csv.ts';
import type { XAxis } from '../evaluate/figure.ts';
import { evaluationSvg } from '../evaluate/figure-svg.ts';
import type { Failure } from '../stores/engine.ts';
import { saveFile, type Saved } from './download.ts';
import { pngOf } from './svg-png.ts';
import { toFailure } from './failure.ts';

/** One row for each point, for spreadsheets. */
export function saveEvaluationCsv(evaluation: Evaluation): Saved {
  // With its character set, since spreadsheets guess.
  return saveFile(
    new Blob([evaluationCsv(evaluation)], { type: 'text/csv;charset=utf-8' }),
    'unmask-evaluation.csv',
  );
}

/** Everything that is known of it, for programs. */
export function saveEvaluationJson(evaluation: Evaluation): Saved {
  return saveFile(
    new Blob([JSON.stringify(evaluation)], { type: 'application/json' }),
    'unmask-evaluation.json',
  );
}

/** The figure, to be scaled as one likes. */
export function saveEvaluationSvg(evaluation: Evaluation, x: XAxis): Saved {
  return saveFile(
    new Blob([evaluationSvg(evaluation, { x })], { type: 'image/svg+xml' }),
    'unmask-evaluation.svg',
  );
}

/** The figure as pixels. @returns what went wrong, or the file */
export async function saveEvaluationPng(evaluation: Evaluation, x: XAxis): Promise<Failure | Saved> {
  try {
    return saveFile(await pngOf(evaluationSvg(evaluation, { x })), 'unmask-evaluation.png');
  } catch (error) {
    return toFailure(error);
  }
}
