// Which rows of a long list are in sight. The scrolled element never grows beyond what browsers
// can hold; past that height the scrollbar maps to rows proportionally.

export const ROW_PX = 32;
const HEIGHT_MAX_PX = 6_000_000;
const AHEAD = 12;

export type Window = { height: number; first: number; last: number; top: number };

/** The rows to draw for a scroll position, and where the first of them stands. */
export function windowOf(rows: number, scrollTop: number, viewport: number): Window {
  const full = rows * ROW_PX;
  const height = Math.min(full, HEIGHT_MAX_PX);
  const reach = Math.max(height - viewport, 0);
  const real = reach > 0 ? (Math.min(scrollTop, reach) / reach) * Math.max(full - viewport, 0) : 0;
  const first = Math.max(0, Math.floor(real / ROW_PX) - AHEAD);
  const last = Math.min(rows, Math.ceil((real + viewport) / ROW_PX) + AHEAD);
  return { height, first, last, top: first * ROW_PX - real + Math.min(scrollTop, reach) };
}

/** The scroll position that shows a row, starting from the present one. */
export function scrollTo(row: number, rows: number, scrollTop: number, viewport: number): number {
  const full = rows * ROW_PX;
  const reach = Math.max(Math.min(full, HEIGHT_MAX_PX) - viewport, 0);
  const range = Math.max(full - viewport, 0);
  if (reach === 0 || range === 0) return 0;
  const real = (scrollTop / reach) * range;
  const top = row * ROW_PX;
  const wanted = top < real ? top : Math.max(real, top + ROW_PX - viewport);
  return (wanted / range) * reach;
}
