import { useState } from 'react';
import { found } from '../messages/evaluate/found.ts';
import type { ShownEvaluation } from '../stores/evaluate.ts';
import { orderedRows, TABLE_COLUMNS, type Order, type TableColumn } from './rows.ts';

const { table } = found;

function Head({
  column: { id, label },
  order,
  onOrder,
}: {
  column: Pick<TableColumn, 'id' | 'label'>;
  order: Order;
  onOrder: (order: Order) => void;
}) {
  const chosen = order.by === id;
  return (
    <th scope="col" aria-sort={chosen ? (order.falling ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        onClick={() => {
          onOrder({ by: id, falling: chosen && !order.falling });
        }}
      >
        {label}
        <span aria-hidden="true">{chosen ? (order.falling ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

/** Every point with its intervals. */
export function SweepTable({ evaluation }: { evaluation: ShownEvaluation }) {
  const [order, setOrder] = useState<Order>({ by: 'model', falling: false });
  const { models, settings } = evaluation;
  const titleOf = (model: string): string => models.find(({ id }) => id === model)?.title ?? model;
  const head = { order, onOrder: setOrder };
  return (
    <section className="card sweep-points" aria-labelledby="sweep-table-title">
      <h2 id="sweep-table-title">{table.title}</h2>
      <p className="hint">{table.hint}</p>
      <div className="scrolls" role="region" aria-label={table.label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <Head column={{ id: 'model', label: table.columns.model }} {...head} />
              {TABLE_COLUMNS.map((column) => (
                <Head key={column.id} column={column} {...head} />
              ))}
            </tr>
          </thead>
          <tbody>
            {orderedRows(evaluation, order).map((point) => (
              <tr key={`${point.model} ${point.steps}`}>
                <th scope="row">{titleOf(point.model)}</th>
                {TABLE_COLUMNS.map(({ id, text }) => (
                  <td key={id}>{text(point, settings.count)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
