import { benchmarkReportWords as words } from '../messages/benchmark-report.ts';
import { digits, table } from './table.ts';
import type { BenchmarkResult, BenchmarkRow } from './result.ts';

function cells({ engine, variant, precision, median, low, high, n, ratio }: BenchmarkRow): string[] {
  const times =
    median === undefined || low === undefined || high === undefined
      ? ['', '']
      : [digits(median), words.range(digits(low), digits(high))];
  const against = ratio
    ? [digits(ratio.median), words.range(digits(ratio.low), digits(ratio.high))]
    : [median === undefined ? '' : '1', ''];
  return [words.contender(words.engines[engine], variant), precision, ...times, String(n), ...against];
}

/** A result as Markdown: where it was measured, a table for each case, and why an engine has no numbers. */
export function benchmarkMarkdown({ adapter, software, userAgent, date, cases }: BenchmarkResult): string {
  const facts = [
    `- ${words.adapter(adapter)}`,
    ...(userAgent === undefined ? [] : [`- ${words.browser(userAgent)}`]),
    `- ${words.date(date)}`,
  ];
  const warning = software ? [`**${words.software}**`] : [];
  const sections = cases.flatMap(({ name, rows }) => {
    const hasBase = rows.some(({ ratio }) => ratio !== undefined);
    const body = rows.map((row) => {
      const own = cells(row);
      // Without anything to compare with, nobody is the measure.
      return hasBase ? own : [...own.slice(0, 5), '', ''];
    });
    return [
      `## ${name}`,
      table(words.columns, body),
      ...rows.flatMap(({ engine, variant, problem }) =>
        problem === undefined ? [] : [words.notMeasured(words.engines[engine], variant, problem)],
      ),
    ];
  });
  return `${[`# ${words.title}`, facts.join('\n'), ...warning, words.notes, ...sections].join('\n\n')}\n`;
}
