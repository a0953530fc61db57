// Approvals of plans and lists that a guard holds, open ones first.
import { useQuery } from '@tanstack/react-query';

import { approvalsQuery } from '../api/queries';
import { ApprovalStateBadge } from '../components/ApprovalState';
import { useNames, useTenant } from '../components/tenant';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { count, time, words } from '../util/format';
import { paths } from '../util/paths';

export function Approvals() {
  const tenant = useTenant();
  const name = useNames();
  const approvals = useQuery(approvalsQuery(tenant, {}));
  return (
    <Screen title="Approvals">
      <Loaded query={approvals}>
        {({ items }) => (
          <Table
            label="Approvals"
            rows={items}
            id={(approval) => approval.id}
            empty="No plan was approved yet and no guard holds anything."
            columns={[
              { title: 'What', cell: (a) => <AppLink to={paths.approval(tenant, a.id)}>{words(a.kind)}</AppLink> },
              { title: 'For', cell: (a) => [name(a.profile), name(a.directory)].filter(Boolean).join(', ') },
              { title: 'State', cell: (a) => <ApprovalStateBadge state={a.state} /> },
              { title: 'Operations', cell: (a) => count(a.operations), numeric: true },
              { title: 'Sent', cell: (a) => count(a.sent), numeric: true },
              { title: 'Asked for', cell: (a) => time(a.created_at) },
              { title: 'Decided by', cell: (a) => a.decided_by ?? '' },
            ]}
          />
        )}
      </Loaded>
    </Screen>
  );
}
