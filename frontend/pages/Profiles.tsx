// The sync profiles with what each may send.
import { useQuery } from '@tanstack/react-query';

import { profilesQuery } from '../api/queries';
import type { ProfileSummary } from '../api/types';
import { ReviewBadge } from '../components/ReviewBadge';
import { useTenant } from '../components/tenant';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { count, time } from '../util/format';
import { paths, withSearch } from '../util/paths';

export function Profiles() {
  const tenant = useTenant();
  const profiles = useQuery(profilesQuery(tenant));
  return (
    <Screen
      title="Profiles"
      actions={
        <>
          <AppLink to={paths.templates(tenant)} className="button">
            Start from a template
          </AppLink>
          <AppLink to={paths.drafts(tenant)} className="button">
            Come from another product
          </AppLink>
          <AppLink to={paths.newProfile(tenant)} className="button">
            Create a profile
          </AppLink>
        </>
      }
    >
      <Loaded query={profiles}>{({ items }) => <ProfileTable tenant={tenant} profiles={items} />}</Loaded>
    </Screen>
  );
}

export function ProfileTable({ tenant, profiles }: { tenant: string; profiles: ProfileSummary[] }) {
  return (
    <Table
      label="Profiles"
      rows={profiles}
      id={(profile) => profile.id}
      empty="No profile yet. A profile says which objects flow where, and how."
      columns={[
        { title: 'Name', cell: (p) => <AppLink to={paths.profile(tenant, p.id)}>{p.name}</AppLink> },
        { title: 'State', cell: (p) => <ReviewBadge state={p.state} /> },
        { title: 'Version', cell: (p) => p.version, numeric: true },
        { title: 'Pending', cell: (p) => count(p.pending), numeric: true },
        {
          title: 'In error',
          cell: (p) => <AppLink to={withSearch(paths.messages(tenant), { profile: p.id, severity: 'error' })}>{count(p.errors)}</AppLink>,
          numeric: true,
        },
        { title: 'Synchronised', cell: (p) => time(p.synced_at) },
        { title: 'What-if', cell: (p) => (p.what_if ? <AppLink to={paths.whatIf(tenant, p.what_if)}>Open</AppLink> : 'none') },
      ]}
    />
  );
}
