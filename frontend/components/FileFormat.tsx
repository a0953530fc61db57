// How the files of an HR folder are read: what the newest one looks like, and the format that a person confirms.
import { Button, Field, Input, Select } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, ifMatch, read } from '../api/client';
import type { Directory, Schemas } from '../api/types';
import { ProblemBar } from '../ui/ProblemBar';
import { State } from '../ui/State';
import { Table } from '../ui/Table';
import { count, words } from '../util/format';
import { useMay, useTenant } from './tenant';

type Format = Schemas['FileFormat'];
type Inspection = Schemas['FileInspection'];
type Content = Schemas['Content'];

export function FileFormat({ directory }: { directory: Directory }) {
  const tenant = useTenant();
  const may = useMay();
  const confirmed = directory.settings.file;
  const [format, setFormat] = useState<Format | undefined>(confirmed ?? undefined);
  const inspect = useAct(
    (draft: Format | undefined) =>
      read(
        client.POST('/v1/tenants/{tenant}/directories/{directory}/inspect', {
          params: { path: { tenant, directory: directory.id } },
          body: { draft },
        }),
      ),
    (found, draft) => setFormat(draft ?? found.proposal),
  );
  const confirm = useAct((file: Format) =>
    read(
      client.PATCH('/v1/tenants/{tenant}/directories/{directory}', {
        params: { path: { tenant, directory: directory.id }, header: ifMatch(directory.version) },
        body: { settings: { ...directory.settings, file } },
      }),
    ),
  );
  const off = !may('configure') || inspect.isPending || confirm.isPending;
  return (
    <section className="card stack" aria-labelledby="file">
      <div className="head">
        <h2 id="file">File</h2>
        <State tone={confirmed ? 'good' : 'wait'} text={confirmed ? 'Format confirmed' : 'Nothing is read before a format is confirmed'} />
        <Button disabled={off} onClick={() => inspect.mutate(format)}>
          Look at the newest file
        </Button>
        <Button disabled={off || !inspect.data} onClick={() => inspect.mutate(undefined)}>
          Detect afresh
        </Button>
      </div>
      <ProblemBar error={inspect.error ?? confirm.error} />
      {inspect.data && <Found inspection={inspect.data} />}
      {format && <Dialect format={format} onChange={setFormat} />}
      {format && <Columns format={format} sample={inspect.data} onChange={setFormat} />}
      {format && (
        <div className="actions">
          <Button appearance="primary" disabled={off || format.key === ''} onClick={() => confirm.mutate(format)}>
            Confirm this format
          </Button>
        </div>
      )}
    </section>
  );
}

/** What was seen, from what it was concluded, and what is wrong. */
export function Found({ inspection }: { inspection: Inspection }) {
  return (
    <>
      <p>
        {inspection.file}: {count(inspection.rows)} rows, {count(inspection.objects)} of them would be read.
      </p>
      <Table
        label="Detected"
        rows={inspection.evidence}
        id={(evidence) => evidence.about}
        empty="Nothing was detected."
        columns={[
          { title: 'What', cell: (evidence) => words(evidence.about) },
          { title: 'Found', cell: (evidence) => evidence.found },
          { title: 'Because', cell: (evidence) => evidence.because },
        ]}
      />
      <Table
        label="Problems"
        rows={inspection.problems.map((problem, i) => ({ ...problem, id: `${i}` }))}
        id={(problem) => problem.id}
        empty="No row has a problem."
        columns={[
          { title: 'Line', cell: (problem) => problem.line ?? '', numeric: true },
          { title: 'Problem', cell: (problem) => problem.message },
          { title: 'What to do', cell: (problem) => problem.next_step },
          { title: 'Refuses', cell: (problem) => (problem.refuses_file ? 'the file' : 'its row') },
        ]}
      />
      {inspection.problems_total > inspection.problems.length && (
        <p className="muted">and {count(inspection.problems_total - inspection.problems.length)} more</p>
      )}
    </>
  );
}

const CONTENT: Record<Content['kind'], string> = {
  text: 'Text',
  multi: 'Several texts',
  reference: 'Key of another row',
  date: 'Date',
  ignored: 'Not read',
};

function contentOf(kind: Content['kind']): Content {
  switch (kind) {
    case 'multi':
      return { kind, separator: '|' };
    case 'date':
      return { kind, format: 'yyyy-MM-dd' };
    case 'text':
    case 'reference':
    case 'ignored':
      return { kind };
  }
}

const ENCODINGS: Record<Schemas['TextEncoding'], string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16, little-endian',
  'utf-16be': 'UTF-16, big-endian',
  'windows-1250': 'Windows-1250, Central European',
  'windows-1251': 'Windows-1251, Cyrillic',
  'windows-1252': 'Windows-1252, Western European',
  'windows-1253': 'Windows-1253, Greek',
  'windows-1254': 'Windows-1254, Turkish',
  'windows-1257': 'Windows-1257, Baltic',
  'iso-8859-2': 'ISO 8859-2, Central European',
  'iso-8859-15': 'ISO 8859-15, Western European',
};
const DELIMITERS: Record<string, string> = { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab', '|': 'Vertical bar' };

/** How bytes become text, and text cells. */
function Dialect({ format, onChange }: { format: Format; onChange: (format: Format) => void }) {
  const { dialect } = format;
  return (
    <div className="fields">
      <Field label="Encoding">
        <Select value={format.encoding} onChange={(_, data) => onChange({ ...format, encoding: data.value as Format['encoding'] })}>
          {Object.entries(ENCODINGS).map(([encoding, text]) => (
            <option key={encoding} value={encoding}>
              {text}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Between two cells">
        <Select value={dialect.delimiter} onChange={(_, data) => onChange({ ...format, dialect: { ...dialect, delimiter: data.value } })}>
          {Object.entries(DELIMITERS).map(([delimiter, text]) => (
            <option key={delimiter} value={delimiter}>
              {text}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="First row">
        <Select
          value={dialect.header ? 'names' : 'values'}
          onChange={(_, data) => onChange({ ...format, dialect: { ...dialect, header: data.value === 'names' } })}
        >
          <option value="names">Names the columns</option>
          <option value="values">Holds values</option>
        </Select>
      </Field>
      <Field label="Last row">
        <Select
          value={format.ends_with_newline ? 'ended' : 'open'}
          onChange={(_, data) => onChange({ ...format, ends_with_newline: data.value === 'ended' })}
        >
          <option value="ended">Ends its line; a file without that is cut off</option>
          <option value="open">May end without a line end</option>
        </Select>
      </Field>
    </div>
  );
}

type ColumnsProps = { format: Format; sample?: Inspection; onChange: (format: Format) => void };

function Columns({ format, sample, onChange }: ColumnsProps) {
  const change = (header: string, part: Partial<Format['columns'][number]>) =>
    onChange({ ...format, columns: format.columns.map((one) => (one.header === header ? { ...one, ...part } : one)) });
  const example = (header: string) => {
    const at = sample?.header.indexOf(header) ?? -1;
    return at < 0 ? '' : (sample?.sample[0]?.[at] ?? '');
  };
  return (
    <>
      <Field label="Key: the column that tells one row from another">
        <Select value={format.key} onChange={(_, data) => onChange({ ...format, key: data.value })}>
          <option value="">Choose one</option>
          {format.columns.map((column) => (
            <option key={column.header} value={column.header}>
              {column.header}
            </option>
          ))}
        </Select>
      </Field>
      <Table
        label="Columns"
        rows={format.columns}
        id={(column) => column.header}
        empty="The file has no column."
        columns={[
          { title: 'Column', cell: (column) => column.header },
          { title: 'First row', cell: (column) => example(column.header) },
          {
            title: 'Attribute',
            cell: (column) => (
              <Input
                aria-label={`Attribute of ${column.header}`}
                value={column.attribute}
                onChange={(_, data) => change(column.header, { attribute: data.value })}
              />
            ),
          },
          {
            title: 'Holds',
            cell: (column) => (
              <Select
                aria-label={`What ${column.header} holds`}
                value={column.content?.kind ?? 'text'}
                onChange={(_, data) => change(column.header, { content: contentOf(data.value as Content['kind']) })}
              >
                {Object.entries(CONTENT).map(([kind, text]) => (
                  <option key={kind} value={kind}>
                    {text}
                  </option>
                ))}
              </Select>
            ),
          },
          { title: 'How', cell: (column) => <How column={column} onChange={(content) => change(column.header, { content })} /> },
        ]}
      />
    </>
  );
}

/** What a kind of content needs to be told beside. */
function How({ column, onChange }: { column: Format['columns'][number]; onChange: (content: Content) => void }) {
  const content = column.content;
  if (content?.kind === 'multi') {
    return (
      <Input
        aria-label={`Separator in ${column.header}`}
        value={content.separator}
        onChange={(_, data) => onChange({ ...content, separator: data.value })}
      />
    );
  }
  if (content?.kind === 'date') {
    return (
      <Input
        aria-label={`How dates are written in ${column.header}`}
        value={content.format}
        onChange={(_, data) => onChange({ ...content, format: data.value })}
      />
    );
  }
  return null;
}
