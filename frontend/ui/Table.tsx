// A plain table for short lists; long ones use the grid.
import type { ReactNode } from 'react';

export type Column<T> = { title: string; cell: (row: T) => ReactNode; numeric?: boolean };
type Props<T> = { label: string; columns: Column<T>[]; rows: T[]; id: (row: T) => string; empty: ReactNode };

export function Table<T>({ label, columns, rows, id, empty }: Props<T>) {
  if (rows.length === 0) return <p className="empty">{empty}</p>;
  return (
    // A wide table scrolls in its own box; the box takes the focus so that keys can scroll it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-box" role="group" aria-label={label} tabIndex={0}>
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" className={column.numeric ? 'numeric' : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={id(row)}>
              {columns.map((column) => (
                <td key={column.title} className={column.numeric ? 'numeric' : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
