// The windowed grid for every long list. The container keeps the focus and names the active row,
// so that recycled rows never lose it; rows that are not there yet are asked for as they come into
// sight.
import { type KeyboardEvent, type ReactNode, useEffect, useId } from 'react';

import { useWindow } from './useWindow';
import { ROW_PX } from './window';

export type GridColumn<T> = { title: string; width: string; cell: (row: T) => ReactNode };

type Props<T> = {
  label: string;
  columns: GridColumn<T>[];
  /** How many rows there are; undefined while only the server knows. */
  total: number | undefined;
  /** Rows that have come so far, from the first on. */
  rows: T[];
  more: boolean;
  onMore: () => void;
  id: (row: T) => string;
  active: string | undefined;
  onActive: (row: T) => void;
};

export function Grid<T>({ label, columns, total, rows, more, onMore, id, active, onActive }: Props<T>) {
  const name = useId();
  const count = total ?? rows.length + (more ? 1 : 0);
  const { height, first, last, top, viewport, box, onScroll, reveal } = useWindow(count);

  useEffect(() => {
    if (more && last > rows.length) onMore();
  }, [more, last, rows.length, onMore]);

  const at = rows.findIndex((row) => id(row) === active);
  const go = (row: number) => {
    const target = rows[Math.max(0, Math.min(row, rows.length - 1))];
    if (!target) return;
    onActive(target);
    reveal(rows.indexOf(target));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(viewport / ROW_PX) - 1);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  };

  const template = columns.map((column) => column.width).join(' ');
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  return (
    <div
      ref={box}
      className="grid"
      role="grid"
      aria-label={label}
      aria-rowcount={total === undefined && more ? -1 : count + 1}
      aria-colcount={columns.length}
      aria-activedescendant={at >= first && at < last ? `${name}-${at}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
    >
      <div role="rowgroup" className="grid-head">
        <div role="row" aria-rowindex={1} className="grid-row" style={{ gridTemplateColumns: template }}>
          {columns.map((column) => (
            <div key={column.title} role="columnheader">
              {column.title}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" style={{ height, position: 'relative' }}>
        <div style={{ transform: `translateY(${top}px)` }} role="presentation">
          {shown.map((index) => {
            const row = rows[index];
            return (
              // Keys are handled by the grid, which has the focus.
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
              <div
                key={index}
                id={`${name}-${index}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={row !== undefined && index === at}
                className="grid-row"
                style={{ gridTemplateColumns: template, height: ROW_PX }}
                onClick={() => row !== undefined && onActive(row)}
              >
                {columns.map((column) => (
                  <div key={column.title} role="gridcell">
                    {row === undefined ? '…' : column.cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
