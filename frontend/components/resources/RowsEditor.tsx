// The rows of a lookup table with what is done with many of them: find, paste, copy.
import { Button, Field, Input } from '@fluentui/react-components';
import { useCallback, useMemo, useState } from 'react';

import type { Diagnostic, LookupRow, LookupTable } from '../../api/types';
import { plural } from '../../util/format';
import { rowsText } from '../../util/rows';
import { Findings, sentence } from '../profile/Findings';
import { ImportRows } from './ImportRows';
import { RowGrid } from './RowGrid';

type Props = { document: LookupTable; diagnostics: Diagnostic[]; onChange: (change: (before: LookupTable) => LookupTable) => void };

/** The row that a finding is about. */
const rowOf = (at: string) => Number(/^\/rows\/(\d+)/.exec(at)?.[1] ?? NaN);

export function RowsEditor({ document, diagnostics, onChange }: Props) {
  const { rows } = document;
  const [find, setFind] = useState('');
  const [goal, setGoal] = useState<number>();
  const [importing, setImporting] = useState(false);
  const [copied, setCopied] = useState<LookupRow[]>();
  const shown = useMemo(() => placesOf(rows, find), [rows, find]);
  const ofRows = useMemo(() => diagnostics.filter((found) => !Number.isNaN(rowOf(found.at))), [diagnostics]);
  const findings = useMemo(() => new Map(ofRows.map((found) => [rowOf(found.at), sentence(found.message)])), [ofRows]);

  const change = useCallback(
    (next: (rows: LookupRow[]) => LookupRow[]) => onChange((before) => ({ ...before, rows: next(before.rows) })),
    [onChange],
  );
  const go = (row: number) => {
    setFind('');
    setGoal(row);
  };
  const next = useCallback(
    (at: number) => {
      change((before) => (at + 1 < before.length ? before : [...before, { key: '', value: '' }]));
      setFind('');
      setGoal(at + 1);
    },
    [change],
  );
  const reached = useCallback(() => setGoal(undefined), []);
  const copy = () => void navigator.clipboard.writeText(rowsText(rows)).then(() => setCopied(rows));

  return (
    <section className="card stack" aria-labelledby="rows">
      <div className="head">
        <h2 id="rows">{plural(rows.length, 'row')}</h2>
        <Button onClick={() => next(rows.length - 1)}>Add a row</Button>
        <Button onClick={() => setImporting(true)}>Import rows</Button>
        <Button disabled={rows.length === 0} onClick={copy}>
          {copied === rows ? 'Copied' : 'Copy all rows'}
        </Button>
      </div>
      <Field label="Find in keys and values" size="small" className="narrow" hint={find && `${plural(shown.length, 'row')} found`}>
        <Input size="small" type="search" value={find} onChange={(_, data) => setFind(data.value)} autoComplete="off" />
      </Field>
      <Findings diagnostics={ofRows} onOpen={(at) => go(rowOf(at))} />
      <RowGrid rows={rows} shown={shown} findings={findings} goal={goal} onReached={reached} onChange={change} onNext={next} />
      {importing && <ImportRows rows={rows} onRows={(all) => change(() => all)} onClose={() => setImporting(false)} />}
    </section>
  );
}

/** Places of the rows that have a text in them. */
function placesOf(rows: LookupRow[], text: string): number[] {
  const wanted = text.toLowerCase();
  return rows.flatMap((row, i) => (row.key.toLowerCase().includes(wanted) || row.value.toLowerCase().includes(wanted) ? [i] : []));
}
