// What an export sent, in its order: to whom, what allowed it, and how it ended.
import { useInfiniteQuery } from '@tanstack/react-query';

import { runOperationsQuery } from '../api/queries';
import type { Run, SentOperation } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { Table } from '../ui/Table';
import { time, words } from '../util/format';
import { paths } from '../util/paths';
import { UndoExport } from './UndoExport';
import { ChangeLine, Kind, called } from './operations';
import { useTenant } from './tenant';

const ALLOWED: Record<string, string> = { plan: 'Approved plan', guard: 'Approved list', live: 'Live profile' };

export function SentOperations({ run }: { run: Run }) {
  const tenant = useTenant();
  const query = useInfiniteQuery(runOperationsQuery(tenant, run.id, !run.status));
  return (
    <section className="card stack" aria-labelledby="sent">
      <h2 id="sent">What it sent</h2>
      {run.status && <UndoExport run={run} />}
      <Loaded query={query}>
        {(found) => <SentTable tenant={tenant} operations={found.pages.flatMap((page) => page.items)} />}
      </Loaded>
      <More query={query} />
    </section>
  );
}

export function SentTable({ tenant, operations }: { tenant: string; operations: SentOperation[] }) {
  return (
    <Table
      label="Sent operations"
      rows={operations}
      id={(row) => row.hash}
      empty="Nothing was sent."
      columns={[
        { title: 'Operation', cell: (row) => <Kind kind={row.kind} /> },
        { title: 'Object', cell: (row) => <AppLink to={paths.object(tenant, row.object)}>{called(row)}</AppLink> },
        { title: 'Change', cell: (row) => <ChangeLine operation={row} /> },
        { title: 'Allowed by', cell: (row) => <AppLink to={paths.approval(tenant, row.approval)}>{ALLOWED[row.released_by] ?? row.released_by}</AppLink> },
        { title: 'Sent', cell: (row) => time(row.sent_at) },
        { title: 'Outcome', cell: (row) => (row.outcome ? words(row.outcome) : 'Being looked up') },
      ]}
    />
  );
}
