// Who belongs to the tenant, with which role.
import { useQuery } from '@tanstack/react-query';

import { membersQuery } from '../api/queries';
import { useTenant } from '../components/tenant';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { time, words } from '../util/format';

export function Members() {
  const tenant = useTenant();
  const members = useQuery(membersQuery(tenant));
  return (
    <Screen title="Members">
      <Loaded query={members}>
        {({ items }) => (
          <Table
            label="Members"
            rows={items}
            id={(member) => member.id}
            empty="Nobody."
            columns={[
              { title: 'Name', cell: (member) => member.display_name || 'has not signed in yet' },
              { title: 'Kind', cell: (member) => words(member.kind) },
              { title: 'Role', cell: (member) => words(member.role) },
              { title: 'May', cell: (member) => member.rights.map((right) => right.replaceAll('-', ' ')).join(', ') },
              { title: 'Since', cell: (member) => time(member.added_at) },
            ]}
          />
        )}
      </Loaded>
    </Screen>
  );
}
