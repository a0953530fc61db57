// One directory: what it holds, who serves it, what its imports read.
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import { directoryQuery } from '../api/queries';
import type { Directory as DirectoryView, Schemas } from '../api/types';
import { AgentSlots } from '../components/AgentSlots';
import { CloudSignIn } from '../components/CloudSignIn';
import { DirectoryHealth } from '../components/DirectoryHealth';
import { FileFormat } from '../components/FileFormat';
import { LastRun } from '../components/runs';
import { useMay, useNames, useTenant } from '../components/tenant';
import { DirectorySettingsForm } from '../forms/DirectorySettingsForm';
import { AppLink } from '../ui/AppLink';
import { Facts } from '../ui/Facts';
import { Loaded } from '../ui/Loaded';
import { ProblemBar } from '../ui/ProblemBar';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { count } from '../util/format';
import { KINDS } from '../util/kinds';
import { paths, withSearch } from '../util/paths';

export function Directory() {
  const tenant = useTenant();
  const { directory } = useParams({ from: '/t/$tenant/directories/$directory' });
  const query = useQuery(directoryQuery(tenant, directory));
  return (
    <Loaded query={query}>
      {(data) => (
        <Screen title={data.name} about={<DirectoryHealth directory={data} />} actions={<Imports directory={data} />}>
          <Overview directory={data} />
          {data.cloud ? <CloudSignIn directory={data} signIn={data.cloud} /> : <AgentSlots directory={data} />}
          {data.kind === 'hr-file' && <FileFormat key={`file ${data.version}`} directory={data} />}
          <DirectorySettingsForm key={data.version} directory={data} />
        </Screen>
      )}
    </Loaded>
  );
}

/** Where a directory is: a domain by its names, a directory tenant by its ids; a folder by nothing. */
function place({ kind, settings, identity, cloud }: DirectoryView): [string, string][] {
  // Which folder it is stays on the agent's host.
  if (kind === 'hr-file') return [];
  if (settings.cloud) {
    return [
      ['Cloud', cloud?.label ?? settings.cloud.cloud],
      ['Directory tenant', settings.cloud.tenant],
      ['Application', settings.cloud.client_id],
    ];
  }
  return [
    ['Domain', identity?.dns_name ?? 'not known yet'],
    ['Naming context', identity?.naming_context ?? 'not known yet'],
  ];
}

function Imports({ directory }: { directory: DirectoryView }) {
  const tenant = useTenant();
  const may = useMay();
  const start = useAct((mode: Schemas['ImportChoice'], header) =>
    read(
      client.POST('/v1/tenants/{tenant}/directories/{directory}/import', {
        params: { path: { tenant, directory: directory.id }, header },
        body: { mode },
      }),
    ),
  );
  const canRead = directory.kind !== 'hr-file' || Boolean(directory.settings.file);
  const canReach = directory.cloud ? directory.schema_known : directory.agents.connected > 0 && canRead;
  const off = !may('run') || start.isPending || !canReach;
  return (
    <>
      <ProblemBar error={start.error} />
      <Button disabled={off || !directory.baseline} onClick={() => start.mutate('delta')}>
        Import changes
      </Button>
      <Button appearance="primary" disabled={off} onClick={() => start.mutate('full')}>
        Full import
      </Button>
    </>
  );
}

function Overview({ directory }: { directory: DirectoryView }) {
  const tenant = useTenant();
  const name = useNames();
  return (
    <section className="card stack" aria-labelledby="overview">
      <h2 id="overview">Overview</h2>
      <Facts
        facts={[
          ['Kind', KINDS[directory.kind]],
          ...place(directory),
          ['Last import', <LastRun key="import" tenant={tenant} run={directory.last_import} />],
          ['Last export', <LastRun key="export" tenant={tenant} run={directory.last_export} />],
          [
            'Profiles',
            directory.profiles.length === 0
              ? 'none'
              : directory.profiles.map((id) => (
                  <AppLink key={id} to={paths.profile(tenant, id)}>
                    {name(id)}
                  </AppLink>
                )),
          ],
        ]}
      />
      <Table
        label="Objects by type"
        rows={directory.counts}
        id={(type) => type.type}
        empty="Nothing has been imported yet."
        columns={[
          {
            title: 'Type',
            cell: (type) => (
              <AppLink to={withSearch(paths.objects(tenant), { directory: directory.id, type: type.type })}>{type.type}</AppLink>
            ),
          },
          { title: 'Objects', cell: (type) => count(type.objects), numeric: true },
          { title: 'Linked', cell: (type) => count(type.linked), numeric: true },
        ]}
      />
    </section>
  );
}
