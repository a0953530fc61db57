import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';

import { Grid } from '../ui/Grid';

type Row = { id: string };
const rows = (n: number): Row[] => Array.from({ length: n }, (_, i) => ({ id: `row ${i}` }));
const columns = [{ title: 'Name', width: '1fr', cell: (row: Row) => row.id }];

function Shown({ loaded, total, more, onMore }: { loaded: Row[]; total: number | undefined; more: boolean; onMore: () => void }) {
  const [active, setActive] = useState<string>();
  return (
    <Grid
      label="Rows"
      columns={columns}
      rows={loaded}
      total={total}
      more={more}
      onMore={onMore}
      id={(row) => row.id}
      active={active}
      onActive={(row) => setActive(row.id)}
    />
  );
}

test('two thousand rows are counted although a handful is drawn', () => {
  render(<Shown loaded={rows(2000)} total={2000} more={false} onMore={() => undefined} />);

  expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('2001');
  expect(screen.getAllByRole('row').length).toBeLessThan(60);
});

test('rows that are not there yet are asked for when they come into sight', () => {
  const onMore = vi.fn();

  render(<Shown loaded={rows(5)} total={2000} more onMore={onMore} />);

  expect(onMore).toHaveBeenCalled();
});

test('nobody claims a row count that only the server knows', () => {
  render(<Shown loaded={rows(200)} total={undefined} more onMore={() => undefined} />);

  expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('-1');
});

test('arrow keys move the active row while the grid keeps the focus', async () => {
  render(<Shown loaded={rows(50)} total={50} more={false} onMore={() => undefined} />);
  const grid = screen.getByRole('grid');

  await userEvent.tab();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');

  expect(document.activeElement).toBe(grid);
  const active = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');
  expect(active?.textContent).toBe('row 1');
  expect(active?.getAttribute('aria-selected')).toBe('true');
});
