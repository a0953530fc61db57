// The latest what-ifs.
import { useQuery } from '@tanstack/react-query';

import { whatIfsQuery } from '../api/queries';
import { useNames, useTenant } from '../components/tenant';
import { WhatIfStateBadge } from '../components/WhatIfSummary';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { count, time } from '../util/format';
import { paths } from '../util/paths';

export function WhatIfs() {
  const tenant = useTenant();
  const name = useNames();
  const whatIfs = useQuery(whatIfsQuery(tenant));
  return (
    <Screen title="What-ifs">
      <Loaded query={whatIfs}>
        {({ items }) => (
          <Table
            label="What-ifs"
            rows={items}
            id={(whatIf) => whatIf.id}
            empty={
              <>
                No what-if yet. <AppLink to={paths.profiles(tenant)}>Compute one from a profile.</AppLink>
              </>
            }
            columns={[
              { title: 'Profile', cell: (w) => <AppLink to={paths.whatIf(tenant, w.id)}>{w.undo_of ? `Undo of an export: ${name(w.profile)}` : name(w.profile)}</AppLink> },
              { title: 'Version', cell: (w) => w.version, numeric: true },
              { title: 'State', cell: (w) => <WhatIfStateBadge state={w.state} /> },
              { title: 'Operations', cell: (w) => count(w.counts.reduce((sum, c) => sum + c.count, 0)), numeric: true },
              { title: 'Computed', cell: (w) => time(w.ready_at ?? w.created_at) },
            ]}
          />
        )}
      </Loaded>
    </Screen>
  );
}
