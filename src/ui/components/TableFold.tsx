/** What a figure draws, as a table for those who read tables: folded, and in a region that scrolls by itself. */
export function TableFold({
  title,
  columns,
  className,
  children,
}: {
  title: string;
  /** What heads each of them. */
  columns: readonly string[];
  /** Of the table. */
  className: string;
  /** Its rows. */
  children: React.ReactNode;
}) {
  return (
    <details>
      <summary>{title}</summary>
      <div className="scrolls" role="region" aria-label={title} tabIndex={0}>
        <table className={className}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </details>
  );
}
