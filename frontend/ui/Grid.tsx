// The windowed grid for every long list. The container keeps the focus and names the active row,
// so that recycled rows never lose it; rows that are not there yet are asked for as they come into
// sight. Rows may be those of a tree, and each may have a menu.
import { type KeyboardEvent, type MouseEvent, type ReactNode, useCallback, useEffect, useId, useState } from 'react';

import { type At, ContextMenu, type MenuItem } from './ContextMenu';
import { useWindow } from './useWindow';
import { ROW_PX } from './window';

export type GridColumn<T> = { title: string; width: string; cell: (row: T) => ReactNode };

/** How rows stand in a tree. */
export type GridTree<T> = {
  level: (row: T) => number;
  /** Whether the rows below are shown; undefined where there are none. */
  open: (row: T) => boolean | undefined;
  onOpen: (row: T, open: boolean) => void;
};

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
  tree?: GridTree<T>;
  menu?: (row: T) => { label: string; items: MenuItem[] };
  /** Another key of the active row. */
  onKey?: (key: string, row: T) => void;
};

type Opened<T> = { row: T; at: At };

export function Grid<T>({ label, columns, total, rows, more, onMore, id, active, onActive, tree, menu, onKey }: Props<T>) {
  const name = useId();
  const count = total ?? rows.length + (more ? 1 : 0);
  const { height, first, last, top, viewport, box, onScroll, reveal } = useWindow(count);
  const [opened, setOpened] = useState<Opened<T>>();

  useEffect(() => {
    if (more && last > rows.length) onMore();
  }, [more, last, rows.length, onMore]);

  const at = rows.findIndex((row) => id(row) === active);
  const here = rows[at];
  const go = (row: number) => {
    const target = rows[Math.max(0, Math.min(row, rows.length - 1))];
    if (!target) return;
    onActive(target);
    reveal(rows.indexOf(target));
  };
  const close = useCallback(() => {
    setOpened(undefined);
    box.current?.focus();
  }, [box]);
  const openAt = (row: T | undefined, place?: At) => {
    if (!row || !menu) return;
    const element = document.getElementById(`${name}-${rows.indexOf(row)}`)?.getBoundingClientRect();
    setOpened({ row, at: place ?? { x: (element?.left ?? 0) + ROW_PX, y: element?.bottom ?? 0 } });
  };
  /** What an arrow to a side means in a tree. */
  const aside = (key: string) => {
    if (!tree || !here) return false;
    const open = tree.open(here);
    if (key === 'ArrowRight' && open === false) tree.onOpen(here, true);
    else if (key === 'ArrowRight' && open) go(at + 1);
    else if (key === 'ArrowLeft' && open) tree.onOpen(here, false);
    else if (key === 'ArrowLeft') {
      const above = rows.slice(0, at).findLastIndex((row) => tree.level(row) < tree.level(here));
      if (above >= 0) go(above);
    } else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Letters and side arrows of a field or button within a row are its own.
    const own = event.target === event.currentTarget;
    const page = Math.max(1, Math.floor(viewport / ROW_PX) - 1);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rows.length - 1 }[event.key];
    const asks = event.key === 'ContextMenu' || event.key === '.' || (event.key === 'F10' && event.shiftKey);
    if (to !== undefined) go(to);
    else if (!own) return;
    else if (menu && asks) openAt(here);
    else if (!aside(event.key)) {
      if (here) onKey?.(event.key, here);
      return;
    }
    event.preventDefault();
  };
  const onContextMenu = (event: MouseEvent) => {
    const element = (event.target as Element).closest('[aria-rowindex]');
    const row = rows[Number(element?.getAttribute('aria-rowindex')) - 2];
    if (!menu || !row) return;
    event.preventDefault();
    onActive(row);
    openAt(row, { x: event.clientX, y: event.clientY });
  };

  const template = columns.map((column) => column.width).join(' ');
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  return (
    <>
      <div
        ref={box}
        className="grid"
        role={tree ? 'treegrid' : 'grid'}
        aria-label={label}
        aria-rowcount={total === undefined && more ? -1 : count + 1}
        aria-colcount={columns.length}
        aria-activedescendant={at >= first && at < last ? `${name}-${at}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onContextMenu={menu ? onContextMenu : undefined}
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
                  aria-level={row === undefined ? undefined : tree?.level(row)}
                  aria-expanded={row === undefined ? undefined : tree?.open(row)}
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
      {opened && menu && <ContextMenu {...menu(opened.row)} at={opened.at} onClose={close} />}
    </>
  );
}
