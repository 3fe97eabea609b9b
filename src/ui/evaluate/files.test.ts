import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Column } from '../figures/csv.ts';
import { COLUMNS, evaluationCsv } from './evaluation-csv.ts';
import { evaluationSvg } from './figure-svg.ts';
import { BOUND_COLUMNS, LAST_WORD_COLUMNS, MAUVE_COLUMNS } from './panels-csv.ts';
import { escaped } from './report/markup.ts';
import { orderedRows, TABLE_COLUMNS } from './rows.ts';
import { madeEvaluation, madeModel, madePoint, student, within } from './testing.ts';

describe('evaluationCsv', () => {
  it('has a header, a row for each point, and all that is known of it', () => {
    const evaluation = madeEvaluation({ points: [madePoint('student', 2, { example: 'one' })] });
    const [header, row, ...rest] = evaluationCsv(evaluation).split('\r\n');
    expect(rest).toEqual(['']);
    const cells = Object.fromEntries(header.split(',').map((name, i) => [name, row.split(',')[i]]));
    expect(cells).toMatchObject({
      ...{ model: 'student', kind: 'student', native_steps: '2', steps: '2', texts: '8', perplexity: '50' },
      ...{ perplexity_low: '45', entropy: '3', distinct_3: '0.99', repetition: '0.1', judge: 'causal' },
      ...{ length: '9', seed: '0', model_hash: 'ab12', adapter: 'acme one', example: 'one' },
    });
  });

  it('says what ran the judge, and whose texts it read in other tokens', () => {
    const points = [madePoint('student', 2, { retokenised: true }), madePoint('teacher', 2)];
    const [header, ...rows] = evaluationCsv(madeEvaluation({ points })).split('\r\n');
    const of = (name: string) =>
      rows.slice(0, 2).map((row) => row.split(',')[header.split(',').indexOf(name)]);
    expect([of('retokenised'), of('judge_backend')]).toEqual([
      ['true', 'false'],
      ['webgpu', 'webgpu'],
    ]);
  });

  it('leaves empty what nobody judged, and shares of what no text has', () => {
    const { perplexity: _, ...unjudged } = madePoint('student', 2);
    const [header, row] = evaluationCsv(madeEvaluation({ points: [unjudged] })).split('\r\n');
    expect(row.split(',')[header.split(',').indexOf('perplexity')]).toBe('');
    const short = madePoint('student', 2, { distinct: [within(1), within(1), null] });
    const [, other] = evaluationCsv(madeEvaluation({ points: [short] })).split('\r\n');
    expect(other.split(',')[header.split(',').indexOf('distinct_3')]).toBe('');
    const column = TABLE_COLUMNS.find(({ id }) => id === 'distinct3')!;
    expect([column.text(short, 8), column.value(short)]).toEqual(['–', undefined]);
  });
});

describe('the columns of a table', () => {
  const named = (columns: readonly Pick<Column<never>, 'name' | 'meaning'>[]): string[][] =>
    columns.map(({ name, meaning }) => [name, meaning]);

  it.each([
    ['# What is saved of an evaluation', '## JSON', named(COLUMNS)],
    ['### Last word', '### Perplexity of a text', named(LAST_WORD_COLUMNS)],
    ['### Perplexity of a text', '### MAUVE', named(BOUND_COLUMNS)],
    ['### MAUVE', '## Report', named(MAUVE_COLUMNS)],
  ])('are in the documentation under %s, with what they mean', async (from, to, columns) => {
    const page = await readFile(new URL('../../../docs/exports.md', import.meta.url), 'utf8');
    const begin = page.indexOf(`\n${from}\n`);
    expect(begin).toBeGreaterThan(0);
    const section = page.slice(begin, page.indexOf(`\n${to}`, begin));
    const documented = [...section.matchAll(/^\| `(\w+)` +\| (.+?) +\|$/gm)].map(([, name, says]) => [
      name,
      says,
    ]);
    expect(documented).toEqual(columns);
  });
});

describe('evaluationSvg', () => {
  it('stands by itself: names, intervals, judge, with everything escaped', () => {
    const title = 'A <b> & "c"';
    const evaluation = madeEvaluation({ models: [madeModel(), { ...student, title }] });
    const svg = evaluationSvg(evaluation);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*>.*<\/svg>$/s);
    expect(svg).toContain(escaped(title));
    expect(svg).not.toContain('<b>');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    // Two panels of two curves with three points: bands between neighbours.
    expect(svg.match(/<polygon/g)).toHaveLength(8);
    for (const part of ['perplexity, log scale', 'nominal steps', 'seed 0']) expect(svg).toContain(part);
    // Every element that is opened is closed.
    const opened = svg.match(/<\w[^>]*[^/]>/g) ?? [];
    expect(opened.length).toBe(svg.match(/<\/\w+>/g)?.length);
  });

  it('has room for the names of models that come with the page', () => {
    const long = madeModel({ id: 'causal', title: 'Stories causal baseline', kind: 'causal' });
    const svg = evaluationSvg(madeEvaluation({ models: [madeModel(), student, long] }));
    // Beside its line of entropy, and in the legend.
    expect(svg.match(/>Stories causal baseline</g)).toHaveLength(2);
  });

  it('has another look in the dark, and another axis by forward passes', () => {
    const evaluation = madeEvaluation();
    expect(evaluationSvg(evaluation, { dark: true })).toContain('fill="#131417"');
    expect(evaluationSvg(evaluation, { x: 'passes' })).toContain('forward passes for a text');
  });

  it('draws what there is of an evaluation without points or judge', () => {
    const { judge: _, ...unjudged } = madeEvaluation({ points: [] });
    const svg = evaluationSvg(unjudged);
    expect(svg).toContain('Nothing is known yet.');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('orderedRows', () => {
  const evaluation = madeEvaluation();
  const order = (by: 'model' | 'steps' | 'perplexity', falling = false) =>
    orderedRows(evaluation, { by, falling }).map(({ model, steps }) => `${model} ${steps}`);

  it('has models in their order, steps rising', () => {
    expect(order('model')).toEqual([
      ...[1, 2, 4].map((steps) => `teacher ${steps}`),
      ...[1, 2, 4].map((steps) => `student ${steps}`),
      'causal 0',
    ]);
  });

  it('orders by a column either way; what has no number goes last both times', () => {
    const rising = order('perplexity');
    const falling = order('perplexity', true);
    expect([rising[0], rising.at(-1)]).toEqual(['student 4', 'causal 0']);
    expect([falling[0], falling.at(-1)]).toEqual(['teacher 1', 'causal 0']);
    expect(order('steps').slice(0, 2)).toEqual(['teacher 1', 'student 1']);
  });
});
