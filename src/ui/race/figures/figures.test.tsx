import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { BudgetCurve } from './BudgetCurve.tsx';
import { ExportRace } from './ExportRace.tsx';
import { QualityBars } from './QualityBars.tsx';
import { SpeedBars } from './SpeedBars.tsx';
import { emptyLane, madeLane } from './testing.ts';

const gpu = { device: 'acme one', software: false };
const teacher = madeLane({ kind: 'teacher', steps: 32, passes: 20, gpu: [20, 22, 30], quality: {} });
const student = madeLane({ index: 1, quality: {} });
const own = madeLane({ index: 2, kind: 'causal', quality: { selfScored: true } });
const waiting = emptyLane({ index: 3 });

/** Rows of a figure's body, as they are read. */
function rows(markup: string): string[] {
  const body = /<tbody[^>]*>(.*)<\/tbody>/s.exec(markup)![1];
  return body.split('<tr').slice(1);
}
const count = (text: string, what: string): number => text.split(what).length - 1;

describe('SpeedBars', () => {
  it('has for each lane what it was measured to be, and hatches what is not known yet', () => {
    const [slow, fast, unknown] = rows(
      renderToStaticMarkup(<SpeedBars lanes={[teacher, student, waiting]} {...gpu} />),
    );
    for (const text of ['6,200', '4.4×', '5.00 ms', '4.00 to 6.00 ms', 'forward passes'])
      expect(fast).toContain(text);
    expect(slow).toContain('the slowest');
    expect(count(fast, 'hatch')).toBe(0);
    expect(count(unknown, 'not known yet')).toBe(4);
  });

  it('warns of times on a software adapter, and of no others', () => {
    const warning = 'say nothing about GPUs';
    expect(renderToStaticMarkup(<SpeedBars lanes={[student]} {...gpu} software />)).toContain(warning);
    expect(renderToStaticMarkup(<SpeedBars lanes={[student]} {...gpu} />)).not.toContain(warning);
  });

  it('compares a single lane with nothing', () => {
    const [row] = rows(renderToStaticMarkup(<SpeedBars lanes={[student]} {...gpu} />));
    expect(row).not.toMatch(/×|slowest|data-first="true"/);
  });
});

describe('QualityBars', () => {
  const [compared, alone, unknown] = rows(
    renderToStaticMarkup(<QualityBars lanes={[student, own, waiting]} />),
  );

  it('has perplexity and entropy as dots, with their intervals in figures', () => {
    expect(count(compared, 'class="dot"')).toBe(2);
    for (const text of ['32.8', '30.3 to 35.3', '3.22', '3.19 to 3.25', '0.97'])
      expect(compared).toContain(text);
  });

  it('has no dot for what the lane’s own model judged, and says why', () => {
    expect(alone).toContain('self-scored, not compared');
    // That of the entropy.
    expect(count(alone, 'class="dot"')).toBe(1);
  });

  it('hatches what is not known yet', () => {
    expect(count(unknown, 'not known yet')).toBe(3);
    expect(count(unknown, 'class="dot"')).toBe(0);
  });
});

describe('BudgetCurve', () => {
  const lanes = [1, 2, 4].map((steps) => madeLane({ index: steps, steps, quality: {} }));

  it('draws two panels and says the same in a table', () => {
    const markup = renderToStaticMarkup(<BudgetCurve lanes={lanes} />);
    expect(count(markup, 'class="panel"')).toBe(2);
    // Two stretches and the sample, in each of two panels: the sample once.
    expect(count(markup, 'class="curve"')).toBe(2 * 2 + 1);
    expect(rows(markup)).toHaveLength(3);
    expect(rows(markup)[2]).toMatch(/Student.*4.*32\.8 \(30\.3 to 35\.3\).*3\.22 \(3\.19 to 3\.25\)/);
  });

  it('says what the budget in focus has, where there is one', () => {
    const markup = (focus?: number) =>
      renderToStaticMarkup(<BudgetCurve lanes={lanes} {...(focus === undefined ? {} : { focus })} />);
    expect(count(markup(2), 'class="focus-line"')).toBe(2);
    expect(markup(2)).toContain('in 2 steps');
    expect(count(markup(3), 'class="focus-line"')).toBe(0);
    expect(markup()).not.toContain('in 2 steps');
  });

  it('hatches budgets that are not known yet, and is not there without two budgets', () => {
    const some = [lanes[0], emptyLane({ index: 2, steps: 2 }), lanes[2]];
    const markup = renderToStaticMarkup(<BudgetCurve lanes={some} focus={2} />);
    expect(count(markup, 'fill="url(#')).toBe(2);
    expect(count(markup, 'class="curve"')).toBe(1);
    expect(markup).toContain('not known yet');
    expect(renderToStaticMarkup(<BudgetCurve lanes={[lanes[0], teacher, own]} />)).toBe('');
  });
});

it('ExportRace has nothing to save before a lane has been run', () => {
  const settings = { slots: 31, seed: 7, temperature: 1, topP: 1, prompt: '' };
  const disabled = (lanes: Parameters<typeof ExportRace>[0]['lanes']) =>
    count(renderToStaticMarkup(<ExportRace {...{ lanes, settings, ...gpu }} />), 'disabled');
  expect([disabled([waiting]), disabled([waiting, student])]).toEqual([3, 0]);
});
