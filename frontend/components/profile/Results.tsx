// What the open expression gives on real objects, computed by the server as a run would.
import { Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';

import { previewQuery } from '../../api/queries';
import type { Previewed, Profile } from '../../api/types';
import { AppLink } from '../../ui/AppLink';
import { ProblemBar } from '../../ui/ProblemBar';
import { Table } from '../../ui/Table';
import { count, words } from '../../util/format';
import { paths } from '../../util/paths';
import { useTenant } from '../tenant';

export function Results({ profile, document, at }: { profile: string; document: Profile; at: string }) {
  const tenant = useTenant();
  const preview = useQuery(previewQuery(tenant, profile, document, at));
  if (preview.error) return <ProblemBar error={preview.error} />;
  if (!preview.data) return <Spinner size="tiny" label="Trying it on real objects" />;
  return (
    <div aria-busy={preview.isPlaceholderData}>
      <ResultTable tenant={tenant} preview={preview.data} />
    </div>
  );
}

export function ResultTable({ tenant, preview }: { tenant: string; preview: Previewed }) {
  if (preview.diagnostics.some((found) => found.severity === 'error')) return <p className="muted">No result while the profile has errors.</p>;
  return (
    <div className="stack">
      <h3>
        Results on {count(preview.rows.length)} of {count(preview.population)} objects
      </h3>
      <Table
        label="Results on real objects"
        rows={preview.rows}
        id={(row) => row.object ?? row.name}
        empty="There is no object to try it on yet. Import the directory first."
        columns={[
          { title: 'Object', cell: (row) => (row.object ? <AppLink to={paths.object(tenant, row.object)}>{row.name}</AppLink> : row.name) },
          { title: 'Result', cell: (row) => <Result row={row} /> },
        ]}
      />
    </div>
  );
}

function Result({ row }: { row: Previewed['rows'][number] }) {
  if (row.outcome === 'error') return <del>{row.error}</del>;
  if (row.values.length === 0) return <span className="muted">{words(row.outcome)}</span>;
  return (
    <>
      {row.values.map((value, i) => (
        <ins key={`${i} ${value}`} className="block break">
          {value}
        </ins>
      ))}
    </>
  );
}
