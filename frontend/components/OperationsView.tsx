// The operations of a plan or of a held list: filter, grid, and the open one beside it. Filter and
// open row stand in the address.
import { Field, Input, Select } from '@fluentui/react-components';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';

import type { OperationFilter } from '../api/queries';
import type { PlannedOperation } from '../api/types';
import { Grid, type GridColumn } from '../ui/Grid';
import { ProblemBar } from '../ui/ProblemBar';
import { plural, words } from '../util/format';
import { KINDS, Kind, MarkedLine, OperationDetail, called } from './operations';

export type OperationSearch = OperationFilter & { open?: string };

type Props = {
  search: OperationSearch;
  onSearch: (change: Partial<OperationSearch>) => void;
  types: string[];
  /** How many there are under this filter, where that is known before the last page. */
  counted: number | undefined;
  query: UseInfiniteQueryResult<InfiniteData<{ items: PlannedOperation[] }>>;
};

const COLUMNS: GridColumn<PlannedOperation>[] = [
  { title: 'Operation', width: '82px', cell: (operation) => <Kind kind={operation.kind} /> },
  { title: 'Object', width: 'minmax(110px, 1fr)', cell: called },
  { title: 'Type', width: '64px', cell: (operation) => operation.type },
  { title: 'Change', width: 'minmax(200px, 3fr)', cell: (operation) => <MarkedLine operation={operation} /> },
];

export function OperationsView({ search, onSearch, types, counted, query }: Props) {
  const { fetchNextPage, isFetchingNextPage, hasNextPage: more } = query;
  const onMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data && !more ? rows.length : counted;
  const open = rows.find((operation) => operation.hash === search.open);
  return (
    <div className="operations">
      <div className="filters">
        <Choice label="Operation" value={search.kind} options={KINDS} onChange={(kind) => onSearch({ kind, open: undefined })} />
        <Choice label="Object type" value={search.type} options={types} onChange={(type) => onSearch({ type, open: undefined })} />
        <Typed label="Attribute" value={search.attribute} onChange={(attribute) => onSearch({ attribute, open: undefined })} />
        <Typed label="Name" value={search.text} onChange={(text) => onSearch({ text, open: undefined })} />
      </div>
      <ProblemBar error={query.error} />
      <p className="muted" role="status">
        {query.isPending ? 'Reading…' : total !== undefined ? plural(total, 'operation') : `${plural(rows.length, 'operation')}${more ? ' and more' : ''}`}
      </p>
      <div className="split">
        <Grid
          label="Operations"
          columns={COLUMNS}
          total={total}
          rows={rows}
          more={more}
          onMore={onMore}
          id={(operation) => operation.hash}
          active={search.open}
          onActive={(operation) => onSearch({ open: operation.hash })}
        />
        {/* It scrolls, so it takes the focus. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <section className="inspector" aria-label="Operation" aria-live="polite" tabIndex={0}>
          {open ? <OperationDetail operation={open} /> : <p className="empty">Choose an operation to see every attribute before and after.</p>}
        </section>
      </div>
    </div>
  );
}

type ChoiceProps = { label: string; value: string | undefined; options: string[]; onChange: (value: string | undefined) => void };

export function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <Field label={label} size="small">
      <Select size="small" value={value ?? ''} onChange={(_, data) => onChange(data.value || undefined)}>
        <option value="">All</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {words(option)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

type TypedProps = { label: string; value: string | undefined; onChange: (value: string | undefined) => void };

/** A text filter that takes effect a moment after the last key. */
export function Typed({ label, value, onChange }: TypedProps) {
  const [text, setText] = useState(value ?? '');
  useEffect(() => {
    if (text === (value ?? '')) return;
    const timer = setTimeout(() => onChange(text || undefined), 250);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <Field label={label} size="small">
      <Input size="small" type="search" value={text} onChange={(_, data) => setText(data.value)} />
    </Field>
  );
}
