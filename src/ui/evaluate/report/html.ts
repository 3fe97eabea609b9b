/** A report laid out as HTML: the same on the page, on paper and in a file of its own. */
import type { Estimate, EvaluatedPoint, Evaluation } from '../../../worker/evaluate/result.ts';
import { estimateText, inOne, threeDigits, twoDecimals } from '../../figures/estimates.ts';
import { panels } from '../../messages/evaluate/panels.ts';
import { report as words } from '../../messages/evaluate/report.ts';
import { LOCALE } from '../../../words/language.ts';
import { number } from '../../../words/numbers.ts';
import {
  boundSource,
  lastWordSource,
  mauveCaution,
  mauveSource,
  mauveText,
  perplexityText,
  shareText,
  whereText,
  type TitleOf,
} from '../panels-words.ts';
import { Markup, markup, table } from './markup.ts';
import { EXAMPLE_STEPS, examplesOf, resultOf, type Part, type ReportData } from './report.ts';
import { settingsOf, subject, summary, titlesOf, type SweepLook } from './words.ts';

const { sheet } = words;

const entropyText = (point: EvaluatedPoint): string => inOne(estimateText(point.entropy, twoDecimals));

/** Texts that are too short for it have none. */
const meanText = (estimate: Estimate | null): string => (estimate ? twoDecimals(estimate.mean) : '–');

/** A section, or one that says why it has nothing; what is incomplete says so too. */
function section<T>(name: keyof typeof sheet.headings, part: Part<T>, lay: (result: T) => Markup): Markup {
  const heading = markup`<h2>${sheet.headings[name]}</h2>`;
  if (!('result' in part))
    return markup`<section data-part="${name}">${heading}<p class="report-missing">${sheet.notMeasured(part.missing)}</p></section>`;
  const note =
    part.incomplete === undefined
      ? undefined
      : markup`<p class="report-missing">${sheet.incomplete(part.incomplete)}</p>`;
  return markup`<section data-part="${name}">${heading}${note}${lay(part.result)}</section>`;
}

const note = (text: string): Markup => markup`<p class="report-note">${text}</p>`;

function modelsTable({ models, sweep }: ReportData): Markup {
  const known = resultOf(sweep)?.models ?? [];
  return table(
    sheet.headings.models,
    sheet.models.columns,
    models.map(({ id, title, kind, nativeSteps }) => {
      // Without a hash it is of a sweep that was stopped.
      const seen = known.find((model) => model.id === id && model.hash !== '');
      return [
        title,
        sheet.models.kinds[kind],
        nativeSteps === undefined ? '–' : number(nativeSteps),
        seen?.weights ?? sheet.models.notKnown,
        seen?.hash ?? sheet.models.noHash,
      ];
    }),
  );
}

/** The perplexity of a point, apart where it is no rival of the others. */
function pointText({ perplexity, selfScored }: EvaluatedPoint): string {
  if (perplexity === undefined) return sheet.points.notJudged;
  const text = inOne(estimateText(perplexity, threeDigits));
  return selfScored ? sheet.points.byItself(text) : text;
}

function pointsTable({ points }: Evaluation, title: TitleOf): Markup {
  return table(
    sheet.headings.sweep,
    sheet.points.columns,
    points.map((point) => [
      title(point.model),
      point.steps === 0 ? '–' : number(point.steps),
      number(point.forwardPasses, 1),
      number(point.texts),
      pointText(point),
      entropyText(point),
      meanText(point.distinct[1]),
      twoDecimals(point.repetition.mean),
    ]),
  );
}

function sweepSection(evaluation: Evaluation, title: TitleOf, look: SweepLook): Markup {
  return markup`<figure><div class="report-scrolls" role="region" tabindex="0" aria-label="${sheet.figure.label}">${new Markup(look.figure(evaluation))}</div><figcaption>${sheet.figure.caption}</figcaption></figure>
${pointsTable(evaluation, title)}
${note(sheet.points.means)}`;
}

function examplesSection({ models, sweep }: ReportData, title: TitleOf): Markup {
  const examples = examplesOf(models, resultOf(sweep)?.points ?? []);
  const parts = models.flatMap(({ id }) => {
    const own = examples.filter(({ model }) => model === id);
    if (own.length === 0) return [];
    return [
      markup`<h3>${title(id)}</h3><dl class="report-examples">${own.map(({ steps, text }) => markup`<div><dt>${steps === 0 ? sheet.examples.causal : sheet.examples.steps(steps)}</dt><dd>${text.trim()}</dd></div>`)}</dl>`,
    ];
  });
  return markup`<section data-part="examples"><h2>${sheet.headings.examples}</h2>${
    parts.length > 0
      ? note(sheet.examples.hint)
      : markup`<p class="report-missing">${sheet.examples.nothing(EXAMPLE_STEPS)}</p>`
  }${parts}</section>`;
}

const definitions = (rows: readonly (readonly [string, string])[]): Markup =>
  markup`<dl>${rows.map(([name, text]) => markup`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`;

/**
 * The inside of a report's sheet. Whatever models wrote or are called is escaped.
 * @param look its figure is taken as it is
 */
export function reportBody(report: ReportData, look: SweepLook): string {
  const title = titlesOf(report.models);
  const { sweep } = report;
  const found = summary(report, look);
  const evaluation = resultOf(sweep);
  return markup`<header>
<h1>${sheet.title}</h1>
<p class="report-subject">${subject(report.models)}</p>
<p class="report-note">${sheet.made(panels.day(new Date(report.date)), report.adapter)}</p>
</header>
<section data-part="summary"><h2>${sheet.headings.summary}</h2>
${found.length > 0 ? found.map((text) => markup`<p>${text}</p>`) : markup`<p>${sheet.nothing}</p>`}
</section>
<section data-part="models"><h2>${sheet.headings.models}</h2>${modelsTable(report)}</section>
<section data-part="settings"><h2>${sheet.headings.settings}</h2>${
    evaluation
      ? definitions(settingsOf(evaluation))
      : markup`<p class="report-missing">${sheet.noSettings}</p>`
  }</section>
${section('sweep', sweep, (result) => sweepSection(result, title, look))}
${section('lastWord', report.lastWord, (result) => {
  const rows = result.rows.map((row) => [
    title(row.model),
    shareText(row.accuracy),
    perplexityText(row.perplexity, row.bound),
    number(row.items),
  ]);
  return markup`${table(sheet.headings.lastWord, sheet.lastWord, rows)}${note(`${lastWordSource(result)}${whereText(result)}`)}`;
})}
${section('bound', report.bound, (result) => {
  const rows = result.rows.map((row) => [
    title(row.model),
    perplexityText(row.perplexity, row.bound),
    number(row.nll.mean, 3),
    row.bound ? `±${number(row.monteCarlo, 3)}` : sheet.bound.exact,
    number(row.tokens),
  ]);
  return markup`${table(sheet.headings.bound, sheet.bound.columns, rows)}${note(`${boundSource(result)}${whereText(result)}`)}`;
})}
${section('mauve', report.mauve, (result) => {
  const rows = result.rows.map((row) => [
    title(row.model),
    row.steps === 0 ? '–' : number(row.steps),
    number(row.texts),
    mauveText(row),
  ]);
  return markup`${table(sheet.headings.mauve, sheet.mauve, rows)}${note(`${mauveCaution(result)} ${mauveSource(result, title)}${whereText({ ...result, seed: result.settings.seed })}`)}`;
})}
${examplesSection(report, title)}
<section data-part="meaning"><h2>${sheet.headings.meaning}</h2>${definitions(Object.values(sheet.meaning).map(({ name, says }) => [name, says]))}</section>`
    .html;
}

/**
 * A report as a file that stands by itself: no scripts, and its policy lets none run.
 * @param css of the sheet
 */
export function reportFile(report: ReportData, look: SweepLook, css: string): string {
  const title = sheet.fileTitle(subject(report.models));
  return `<!doctype html>
<html lang="${LOCALE}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
${markup`<title>${title}</title>`.html}
<style>
html { background: #fff; }
body { container: view / inline-size; margin: 0; }
${css}</style>
</head>
<body>
<article class="report-sheet">
${reportBody(report, look)}
</article>
</body>
</html>
`;
}

/** What the file is called. */
export function reportName({ date, models }: ReportData): string {
  const [first] = models as (ReportData['models'][0] | undefined)[];
  const name = (first?.title ?? '').replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '');
  return `unmask-report-${name === '' ? 'models' : name.toLowerCase()}-${date.slice(0, 10)}.html`;
}
