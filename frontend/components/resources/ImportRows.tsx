// Rows from a spreadsheet or a CSV file, pasted as text. What would come of them is said before anything is changed.
import { Checkbox, Field, Select, Textarea } from '@fluentui/react-components';
import { type ClipboardEvent, useMemo, useState } from 'react';

import type { LookupRow } from '../../api/types';
import { Confirm } from '../../ui/Confirm';
import { count, plural } from '../../util/format';
import { type Parsed, parseRows } from '../../util/rows';

type Props = { rows: LookupRow[]; onRows: (rows: LookupRow[]) => void; onClose: () => void };

const LINES_TOLD = 10;

export function ImportRows({ rows, onRows, onClose }: Props) {
  const [text, setText] = useState('');
  const [heading, setHeading] = useState(false);
  const [keep, setKeep] = useState(false);
  const parsed = useMemo(() => parseRows(text, heading), [text, heading]);
  const take = () => {
    onRows(keep ? [...rows, ...parsed.rows] : parsed.rows);
    onClose();
  };
  // Browsers insert thousands of lines one by one, which takes minutes.
  const paste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    event.preventDefault();
    const { selectionStart, selectionEnd } = event.currentTarget;
    setText(text.slice(0, selectionStart) + event.clipboardData.getData('text') + text.slice(selectionEnd));
  };
  return (
    <Confirm
      title="Import rows"
      yes={keep ? 'Append the rows' : 'Replace the rows'}
      disabled={parsed.rows.length === 0}
      onYes={take}
      onClose={onClose}
    >
      <Field label="Keys and values" hint="Two columns of a spreadsheet, or lines with a comma or semicolon between key and value">
        <Textarea value={text} onChange={(_, data) => setText(data.value)} onPaste={paste} rows={8} />
      </Field>
      <Checkbox label="The first line is a heading" checked={heading} onChange={(_, data) => setHeading(data.checked === true)} />
      <Field label="Rows that are there">
        <Select value={keep ? 'keep' : 'replace'} onChange={(_, data) => setKeep(data.value === 'keep')}>
          <option value="replace">Replace them</option>
          <option value="keep">Keep them and append</option>
        </Select>
      </Field>
      <p role="status">{importSentence(parsed, rows.length, keep)}</p>
    </Confirm>
  );
}

/** What an import does, in words. */
export function importSentence({ rows, odd }: Parsed, before: number, keep: boolean): string {
  const [first] = rows;
  if (!first) return odd.length === 0 ? 'Nothing to import yet.' : `No row can be read. ${left(odd)}`;
  const does = keep
    ? `${plural(rows.length, 'row')} after the ${count(before)} that ${before === 1 ? 'is' : 'are'} there`
    : `${plural(rows.length, 'row')} in place of ${count(before)}`;
  return `${does}; the first gives “${first.value}” for “${first.key}”. ${left(odd)}`.trim();
}

function left(odd: number[]): string {
  if (odd.length === 0) return '';
  const named = odd.slice(0, LINES_TOLD).map(count).join(', ') + (odd.length > LINES_TOLD ? ' …' : '');
  return odd.length === 1
    ? `Line ${named} does not have two columns and is left out.`
    : `${count(odd.length)} lines do not have two columns and are left out: ${named}.`;
}
