/** A report laid out as HTML: the same on the page, on paper and in a file of its own. */
import type { Estimate, EvaluatedPoint, Evaluation } from '../../../worker/evaluate/result.ts';
import { estimateText, inOne, threeDigits, twoDecimals } from '../../figures/estimates.ts';
import { number } from '../../watch/numbers.ts';
import {
  boundSource,
  dayText,
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
import { examplesOf, resultOf, type Part, type ReportData } from './report.ts';
import { MEANING, settingsOf, subject, summary, titlesOf, type SweepLook } from './words.ts';

const entropyText = (point: EvaluatedPoint): string => inOne(estimateText(point.entropy, twoDecimals));

/** Texts that are too short for it have none. */
const meanText = (estimate: Estimate | null): string => (estimate ? twoDecimals(estimate.mean) : '–');

/** A section, or one that says why it has nothing; what is incomplete says so too. */
function section<T>(name: string, title: string, part: Part<T>, lay: (result: T) => Markup): Markup {
  const heading = markup`<h2>${title}</h2>`;
  if (!('result' in part))
    return markup`<section data-part="${name}">${heading}<p class="report-missing">Not measured. ${part.missing}</p></section>`;
  const note =
    part.incomplete === undefined
      ? undefined
      : markup`<p class="report-missing">Incomplete. ${part.incomplete}</p>`;
  return markup`<section data-part="${name}">${heading}${note}${lay(part.result)}</section>`;
}

const note = (text: string): Markup => markup`<p class="report-note">${text}</p>`;

function modelsTable({ models, sweep }: ReportData): Markup {
  const known = resultOf(sweep)?.models ?? [];
  const kinds = { teacher: 'teacher', student: 'student', causal: 'autoregressive' } as const;
  return table(
    'Models',
    ['model', 'kind', 'native steps', 'weights', 'SHA-256 of weights and configuration'],
    models.map(({ id, title, kind, nativeSteps }) => {
      // Without a hash it is of a sweep that was stopped.
      const seen = known.find((model) => model.id === id && model.hash !== '');
      return [
        title,
        kinds[kind],
        nativeSteps === undefined ? '–' : number(nativeSteps),
        seen?.weights ?? 'not known',
        seen?.hash ?? 'not known: the sweep was not finished',
      ];
    }),
  );
}

function pointsTable({ points }: Evaluation, title: TitleOf): Markup {
  return table(
    'Quality against steps',
    ['model', 'steps', 'passes', 'texts', 'perplexity', 'entropy, nats', 'distinct-2', 'repetition'],
    points.map((point) => [
      title(point.model),
      point.steps === 0 ? '–' : number(point.steps),
      number(point.forwardPasses, 1),
      number(point.texts),
      point.perplexity === undefined
        ? 'not judged'
        : `${inOne(estimateText(point.perplexity, threeDigits))}${point.selfScored ? ', by itself: not to be compared' : ''}`,
      entropyText(point),
      meanText(point.distinct[1]),
      twoDecimals(point.repetition.mean),
    ]),
  );
}

function sweepSection(evaluation: Evaluation, title: TitleOf, look: SweepLook): Markup {
  return markup`<figure><div class="report-scrolls" role="region" tabindex="0" aria-label="The figure">${new Markup(look.figure(evaluation))}</div><figcaption>Perplexity and entropy of what each model writes, against the steps it takes. A low perplexity counts only beside an entropy that did not fall.</figcaption></figure>
${pointsTable(evaluation, title)}
${note('Means over texts; in brackets 95 % intervals by the bootstrap.')}`;
}

function examplesSection({ models, sweep }: ReportData, title: TitleOf): Markup {
  const examples = examplesOf(models, resultOf(sweep)?.points ?? []);
  const parts = models.flatMap(({ id }) => {
    const own = examples.filter(({ model }) => model === id);
    if (own.length === 0) return [];
    return [
      markup`<h3>${title(id)}</h3><dl class="report-examples">${own.map(({ steps, text }) => markup`<div><dt>${steps === 0 ? 'a token a pass' : `${number(steps)} ${steps === 1 ? 'step' : 'steps'}`}</dt><dd>${text.trim()}</dd></div>`)}</dl>`,
    ];
  });
  return markup`<section data-part="examples"><h2>What they wrote</h2>${
    parts.length > 0
      ? note('The first text of each point, not the best one. All models began with the same seed.')
      : markup`<p class="report-missing">Nothing was written at 1, 4 or 16 steps.</p>`
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
<h1>Distillation report</h1>
<p class="report-subject">${subject(report.models)}</p>
<p class="report-note">${dayText(report.date)}, on ${report.adapter}. Made by Unmask in a browser.</p>
</header>
<section data-part="summary"><h2>In short</h2>
${found.length > 0 ? found.map((text) => markup`<p>${text}</p>`) : markup`<p>Nothing was measured.</p>`}
</section>
<section data-part="models"><h2>Models</h2>${modelsTable(report)}</section>
<section data-part="settings"><h2>Settings</h2>${
    evaluation
      ? definitions(settingsOf(evaluation))
      : markup`<p class="report-missing">Those of the parts stand beneath them.</p>`
  }</section>
${section('sweep', 'Quality against steps', sweep, (result) => sweepSection(result, title, look))}
${section('lastWord', 'Last word', report.lastWord, (result) => {
  const rows = result.rows.map((row) => [
    title(row.model),
    shareText(row.accuracy),
    perplexityText(row.perplexity, row.bound),
    number(row.items),
  ]);
  return markup`${table('Last word', ['model', 'accuracy', 'perplexity of the word', 'items'], rows)}${note(`${lastWordSource(result)}${whereText(result)}`)}`;
})}
${section('bound', 'Perplexity of a held-out text', report.bound, (result) => {
  const rows = result.rows.map((row) => [
    title(row.model),
    perplexityText(row.perplexity, row.bound),
    number(row.nll.mean, 3),
    row.bound ? `±${number(row.monteCarlo, 3)}` : 'exact',
    number(row.tokens),
  ]);
  const heads = ['model', 'perplexity', 'nats a token', 'of the interval, by draws', 'tokens'];
  return markup`${table('Perplexity of a held-out text', heads, rows)}${note(`${boundSource(result)}${whereText(result)}`)}`;
})}
${section('mauve', 'MAUVE', report.mauve, (result) => {
  const rows = result.rows.map((row) => [
    title(row.model),
    row.steps === 0 ? '–' : number(row.steps),
    number(row.texts),
    mauveText(row),
  ]);
  return markup`${table('MAUVE', ['model', 'steps', 'texts', 'MAUVE'], rows)}${note(`${mauveCaution(result)} ${mauveSource(result, title)}${whereText({ ...result, seed: result.settings.seed })}`)}`;
})}
${examplesSection(report, title)}
<section data-part="meaning"><h2>What these numbers mean, and what they do not</h2>${definitions(MEANING)}</section>`
    .html;
}

/**
 * A report as a file that stands by itself: no scripts, and its policy lets none run.
 * @param css of the sheet
 */
export function reportFile(report: ReportData, look: SweepLook, css: string): string {
  const title = `${subject(report.models)}: distillation report`;
  return `<!doctype html>
<html lang="en">
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
