// What a profile of a template would find in the tenant's own directories, in numbers.
import type { TemplatePreview } from '../../api/types';
import { Table } from '../../ui/Table';
import { count } from '../../util/format';
import { Permissions } from '../CloudSignIn';
import { Findings } from '../profile/Findings';
import { useNames } from '../tenant';

export function PreviewCounts({ preview }: { preview: TemplatePreview }) {
  const name = useNames();
  const where = (row: { directory: string; type: string }) => `${row.type} in ${name(row.directory)}`;
  const attributes = (rows: TemplatePreview['unread']) => rows.map((row) => `${row.attribute} of ${where(row)}`).join(', ');
  return (
    <section className="card stack" aria-label="Preview">
      <h2>What it finds in your directories</h2>
      <Findings diagnostics={preview.diagnostics} />
      {preview.not_imported.length > 0 && (
        <p className="notice">
          {preview.not_imported.map(name).join(' and ')} has had no complete import of what is read of it now. Import it first: nothing is
          created in a directory that was not read, and numbers are those of the last import.
        </p>
      )}
      {preview.unread.length > 0 && (
        <p className="notice">Not imported yet, so that scope and matches may find more later: {attributes(preview.unread)}.</p>
      )}
      {preview.left_out.length > 0 && <p className="muted">Left out, because the directory does not know it: {attributes(preview.left_out)}.</p>}
      <Table
        label="Read"
        rows={preview.sources}
        id={where}
        empty="No counts: the profile has errors."
        columns={[
          { title: 'Read', cell: where },
          { title: 'There', cell: (row) => count(row.present), numeric: true },
          { title: 'In scope', cell: (row) => count(row.in_scope), numeric: true },
          { title: 'Joined already', cell: (row) => count(row.joined), numeric: true },
          { title: 'Ambiguous', cell: (row) => count(row.ambiguous), numeric: true },
          { title: 'In error', cell: (row) => count(row.errors + row.failed), numeric: true },
        ]}
      />
      <Table
        label="Written"
        rows={preview.targets}
        id={where}
        empty="Nothing would be written."
        columns={[
          { title: 'Written', cell: where },
          { title: 'There', cell: (row) => count(row.present), numeric: true },
          { title: 'Matched', cell: (row) => count(row.matched), numeric: true },
          { title: 'Created', cell: (row) => count(row.created), numeric: true },
          { title: 'Changed', cell: (row) => count(row.changed), numeric: true },
          { title: 'Ambiguous', cell: (row) => count(row.ambiguous), numeric: true },
          { title: 'Required value missing', cell: (row) => count(row.missing_required), numeric: true },
          { title: 'Name taken', cell: (row) => count(row.name_taken), numeric: true },
          { title: 'Left alone', cell: (row) => count(row.left_alone), numeric: true },
        ]}
      />
      {preview.permissions.map((one) => (
        <div key={one.directory} className="stack">
          <h3>Permissions in {name(one.directory)}</h3>
          <Permissions permissions={one.permissions} />
        </div>
      ))}
    </section>
  );
}
