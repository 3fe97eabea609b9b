import './figures.css';
import { raceFigures } from '../../messages/race-figures.ts';
import type { NamedLane } from '../named-lane.ts';
import { budgetsOf } from './budget.ts';
import { BudgetPanels } from './BudgetPanels.tsx';
import { qualitySource } from './words.ts';

/**
 * What do steps buy? Nothing is drawn where no model has two budgets.
 * @param focus the budget that is looked at, in nominal steps
 */
export function BudgetCurve({ lanes, focus }: { lanes: readonly NamedLane[]; focus?: number }) {
  const { series } = budgetsOf(lanes);
  // A single budget is no curve.
  if (!series.some(({ points }) => points.length > 1)) return null;
  return (
    <section className="card lane-figures budget-curve" aria-labelledby="race-budget-title">
      <h2 id="race-budget-title">{raceFigures.budget.title}</h2>
      <BudgetPanels series={series} {...(focus === undefined ? {} : { focus })} />
      <p className="hint">{qualitySource(lanes) ?? raceFigures.budget.waiting}</p>
    </section>
  );
}
