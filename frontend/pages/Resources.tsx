// The lookup tables and named expressions of the tenant, and the profiles that use them.
import { useQuery } from '@tanstack/react-query';

import { resourcesQuery } from '../api/queries';
import type { RuleResourceSummary } from '../api/types';
import { KINDS } from '../components/resources/draft';
import { useTenant } from '../components/tenant';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { plural, time } from '../util/format';
import { paths } from '../util/paths';

export function Resources() {
  const tenant = useTenant();
  const resources = useQuery(resourcesQuery(tenant));
  return (
    <Screen
      title="Tables & expressions"
      about="What expressions of all profiles may use besides the object. A change asks for review of every profile that does something else by it."
      actions={
        <>
          <AppLink to={paths.newResource(tenant, 'table')} className="button">
            New table
          </AppLink>
          <AppLink to={paths.newResource(tenant, 'expression')} className="button">
            New named expression
          </AppLink>
        </>
      }
    >
      <Loaded query={resources}>{({ items }) => <ResourceTable tenant={tenant} resources={items} />}</Loaded>
    </Screen>
  );
}

export function ResourceTable({ tenant, resources }: { tenant: string; resources: RuleResourceSummary[] }) {
  return (
    <Table
      label="Tables and named expressions"
      rows={resources}
      id={(resource) => resource.id}
      empty="None yet. A table gives a value for a key, a named expression is called like a function."
      columns={[
        { title: 'Name', cell: (r) => <AppLink to={paths.resource(tenant, r.id)}>{r.name}</AppLink> },
        { title: 'Kind', cell: (r) => KINDS[r.kind] },
        { title: 'Content', cell: (r) => (r.kind === 'table' ? plural(r.rows ?? 0, 'row') : <code className="break">{r.signature}</code>) },
        { title: 'What it is for', cell: (r) => r.description },
        { title: 'Used by', cell: (r) => <UsedBy tenant={tenant} profiles={r.used_by} /> },
        { title: 'Saved', cell: (r) => `${time(r.saved_at)} by ${r.saved_by}` },
      ]}
    />
  );
}

function UsedBy({ tenant, profiles }: { tenant: string; profiles: RuleResourceSummary['used_by'] }) {
  if (profiles.length === 0) return <span className="muted">none</span>;
  return profiles.map((profile) => (
    <AppLink key={profile.id} to={paths.profile(tenant, profile.id)} className="block">
      {profile.name}
    </AppLink>
  ));
}
