import '../race/figures/figures.css';
import './panels.css';
import { useId, type CSSProperties } from 'react';
import type { Estimate } from '../../worker/evaluate/result.ts';
import { panels } from '../messages/evaluate/panels.ts';
import { Axis, DotPlot } from '../race/figures/DotPlot.tsx';
import type { Scale } from '../figures/scale.ts';

export interface MeasureRow {
  key: string;
  title: string;
  /** What tells it from others of its title. */
  detail: string;
  /** What is plotted, in the unit of the axis. */
  estimate: Estimate;
  /** The same in figures. */
  value: string;
  interval: string | undefined;
  /** What else is known of it, one for each further column. */
  cells: readonly string[];
}

/** Rows with a dot and its interval beside the number, and further figures behind it. */
export function MeasureTable({
  label,
  plotted,
  columns,
  rows,
  scale,
}: {
  label: string;
  /** What is plotted, and in what unit and sense. */
  plotted: { name: string; small: string };
  columns: readonly { name: string; small: string }[];
  rows: readonly MeasureRow[];
  scale: Scale;
}) {
  const id = useId();
  const heads = [{ name: panels.model, small: '' }, plotted, ...columns];
  return (
    <div className="gauge-figures">
      <table
        role="table"
        className="gauge-table"
        aria-label={label}
        style={{ '--columns': columns.length } as CSSProperties}
      >
        <thead role="rowgroup">
          <tr role="row">
            {heads.map(({ name, small }) => (
              <th key={name} role="columnheader" scope="col">
                {name}
                {small !== '' && <small> {small}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ key, title, detail, estimate, value, interval, cells }) => (
            <tr key={key} role="row">
              <th role="rowheader" scope="row">
                <span className="gauge-title">{title}</span>
                <span className="visually-hidden">, </span> <small>{detail}</small>
              </th>
              <td role="cell" className="plotted">
                <DotPlot scale={scale} estimate={estimate} />
                <span className="gauge-value">
                  {value}
                  {interval !== undefined && <small> {interval}</small>}
                </span>
              </td>
              {cells.map((cell, i) => (
                <td key={`${id}-${columns[i].name}`} role="cell" data-label={columns[i].name}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot aria-hidden="true">
          <tr>
            <td />
            <td>
              <Axis scale={scale} />
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
