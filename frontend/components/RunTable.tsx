// Runs in a table: what, on what, how it ended, how long it took.
import type { Run } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { Table } from '../ui/Table';
import { count, duration, time, words } from '../util/format';
import { paths } from '../util/paths';
import { RunState } from './runs';
import { useNames } from './tenant';

export function took(run: Run): string {
  if (!run.ended_at) return '';
  return duration(new Date(run.ended_at).getTime() - new Date(run.started_at).getTime());
}

export const counted = (run: Run) =>
  Object.entries(run.counts)
    .filter(([, n]) => n !== 0)
    .map(([name, n]) => `${count(n)} ${name.replaceAll('_', ' ')}`)
    .join(', ');

export function RunTable({ tenant, runs }: { tenant: string; runs: Run[] }) {
  const name = useNames();
  return (
    <Table
      label="Runs"
      rows={runs}
      id={(run) => run.id}
      empty="Nothing has run yet."
      columns={[
        { title: 'Run', cell: (run) => <AppLink to={paths.run(tenant, run.id)}>{words(run.kind)}</AppLink> },
        { title: 'Of', cell: (run) => name(run.directory ?? run.profile) },
        { title: 'State', cell: (run) => <RunState run={run} /> },
        { title: 'Counts', cell: counted },
        { title: 'Started', cell: (run) => time(run.started_at) },
        { title: 'Took', cell: took, numeric: true },
      ]}
    />
  );
}
