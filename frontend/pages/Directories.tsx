// The connected directories.
import { useQuery } from '@tanstack/react-query';

import { directoriesQuery } from '../api/queries';
import type { Directory } from '../api/types';
import { DirectoryHealth } from '../components/DirectoryHealth';
import { LastRun } from '../components/runs';
import { useTenant } from '../components/tenant';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { count } from '../util/format';
import { KINDS } from '../util/kinds';
import { paths } from '../util/paths';

export function Directories() {
  const tenant = useTenant();
  const directories = useQuery(directoriesQuery(tenant));
  return (
    <Screen title="Directories" actions={<AppLink to={paths.connect(tenant)} className="button">Connect a directory</AppLink>}>
      <Loaded query={directories}>{({ items }) => <DirectoryTable tenant={tenant} directories={items} />}</Loaded>
    </Screen>
  );
}

/** What it is a directory of; a folder of files is of none. */
function domain({ kind, settings, identity }: Directory): string {
  if (kind === 'hr-file') return 'none';
  return settings.cloud?.tenant ?? identity?.dns_name ?? identity?.naming_context ?? 'not known yet';
}

export function DirectoryTable({ tenant, directories }: { tenant: string; directories: Directory[] }) {
  const objects = (directory: Directory) => directory.counts.reduce((sum, type) => sum + type.objects, 0);
  return (
    <Table
      label="Directories"
      rows={directories}
      id={(directory) => directory.id}
      empty="No directory is connected yet. Connect the one people come from first."
      columns={[
        { title: 'Name', cell: (d) => <AppLink to={paths.directory(tenant, d.id)}>{d.name}</AppLink> },
        { title: 'Kind', cell: (d) => KINDS[d.kind] },
        { title: 'Domain', cell: domain },
        { title: 'State', cell: (d) => <DirectoryHealth directory={d} /> },
        { title: 'Objects', cell: (d) => count(objects(d)), numeric: true },
        { title: 'Last import', cell: (d) => <LastRun tenant={tenant} run={d.last_import} /> },
      ]}
    />
  );
}
