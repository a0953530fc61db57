// The rows of a lookup table, to be written in. Only those in sight are drawn, so that ten thousand are as quick as ten.
import { Button } from '@fluentui/react-components';
import { type KeyboardEvent, memo, useCallback, useEffect, useId } from 'react';

import type { LookupRow } from '../../api/types';
import { useWindow } from '../../ui/useWindow';
import { ROW_PX } from '../../ui/window';

const COLUMNS = '64px minmax(120px, 1fr) minmax(120px, 1fr) minmax(80px, 1fr) 84px';
const TITLES = ['Row', 'Key', 'Value', 'Finding', 'Change'];

type Props = {
  rows: LookupRow[];
  /** Places of the rows to show, among all of them. */
  shown: number[];
  /** What is wrong with a row, by its place. */
  findings: Map<number, string>;
  /** A row to go to. */
  goal: number | undefined;
  onReached: () => void;
  onChange: (change: (rows: LookupRow[]) => LookupRow[]) => void;
  /** Goes to the row after this place, which may not be there yet. */
  onNext: (at: number) => void;
};

export function RowGrid({ rows, shown, findings, goal, onReached, onChange, onNext }: Props) {
  const name = useId();
  const { height, first, last, top, box, onScroll, reveal } = useWindow(shown.length);
  const write = useCallback(
    (at: number, to: Partial<LookupRow>) => onChange((before) => before.map((row, i) => (i === at ? { ...row, ...to } : row))),
    [onChange],
  );
  const remove = useCallback((at: number) => onChange((before) => before.filter((_, i) => i !== at)), [onChange]);

  const at = goal === undefined ? -1 : shown.indexOf(goal);
  useEffect(() => {
    if (at < 0) return;
    reveal(at);
    const input = document.getElementById(`${name}-${goal}`);
    if (!input) return;
    input.focus();
    onReached();
    // A row out of sight is drawn once it was scrolled to, which moves the window.
  }, [at, goal, name, first, last, reveal, onReached]);

  return (
    <div ref={box} className="grid rows" role="table" aria-label="Rows" aria-rowcount={rows.length + 1} onScroll={onScroll}>
      <div role="rowgroup" className="grid-head">
        <div role="row" aria-rowindex={1} className="grid-row" style={{ gridTemplateColumns: COLUMNS }}>
          {TITLES.map((title) => (
            <div key={title} role="columnheader">
              {title}
            </div>
          ))}
        </div>
      </div>
      {shown.length > 0 && (
        <div role="rowgroup" style={{ height, position: 'relative' }}>
          <div style={{ transform: `translateY(${top}px)` }} role="presentation">
            {shown.slice(first, last).map((place) => {
              const row = rows[place];
              return (
                row && (
                  <RowLine
                    key={place}
                    id={`${name}-${place}`}
                    place={place}
                    row={row}
                    finding={findings.get(place)}
                    onWrite={write}
                    onRemove={remove}
                    onNext={onNext}
                  />
                )
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}

type LineProps = {
  id: string;
  place: number;
  row: LookupRow;
  finding: string | undefined;
  onWrite: (at: number, to: Partial<LookupRow>) => void;
  onRemove: (at: number) => void;
  onNext: (at: number) => void;
};

const RowLine = memo(function RowLine({ id, place, row, finding, onWrite, onRemove, onNext }: LineProps) {
  const number = place + 1;
  const next = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onNext(place);
  };
  const trouble = finding === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-finding` };
  return (
    <div role="row" aria-rowindex={number + 1} className="grid-row" style={{ gridTemplateColumns: COLUMNS, height: ROW_PX }}>
      <div role="cell">{number}</div>
      <div role="cell">
        <input
          id={id}
          aria-label={`Key of row ${number}`}
          value={row.key}
          onChange={(event) => onWrite(place, { key: event.target.value })}
          onKeyDown={next}
          autoComplete="off"
          {...trouble}
        />
      </div>
      <div role="cell">
        <input
          aria-label={`Value of row ${number}`}
          value={row.value}
          onChange={(event) => onWrite(place, { value: event.target.value })}
          onKeyDown={next}
          autoComplete="off"
        />
      </div>
      <div role="cell" id={`${id}-finding`} className="trouble-error" title={finding}>
        {finding}
      </div>
      <div role="cell">
        <Button size="small" aria-label={`Remove row ${number}`} onClick={() => onRemove(place)}>
          Remove
        </Button>
      </div>
    </div>
  );
});
