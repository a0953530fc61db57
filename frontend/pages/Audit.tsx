// The two audit chains of the tenant, newest first.
import { Field, Select } from '@fluentui/react-components';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { auditQuery } from '../api/queries';
import { useTenant } from '../components/tenant';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { short, time } from '../util/format';

const route = getRouteApi('/t/$tenant/audit');

export function Audit() {
  const tenant = useTenant();
  const { chain = 'runner' } = route.useSearch();
  const navigate = route.useNavigate();
  const entries = useInfiniteQuery(auditQuery(tenant, chain));
  return (
    <Screen title="Audit log" about="Every act holds the hash of the one before.">
      <div className="filters">
        <Field label="Acts" size="small">
          <Select
            size="small"
            value={chain}
            onChange={(_, data) => void navigate({ search: { chain: data.value === 'control' ? 'control' : 'runner' } })}
          >
            <option value="runner">Directories, profiles, approvals, exports</option>
            <option value="control">Sign-in, members, lifecycle</option>
          </Select>
        </Field>
      </div>
      <Loaded query={entries}>
        {(data) => (
          <Table
            label="Audit log"
            rows={data.pages.flatMap((page) => page.items)}
            id={(entry) => String(entry.seq)}
            empty="No act yet."
            columns={[
              { title: 'No.', cell: (entry) => entry.seq, numeric: true },
              { title: 'When', cell: (entry) => time(entry.at) },
              { title: 'Who', cell: (entry) => entry.actor },
              { title: 'What', cell: (entry) => entry.action },
              { title: 'On', cell: (entry) => entry.target ?? '' },
              { title: 'Result', cell: (entry) => entry.result },
              { title: 'Hash', cell: (entry) => <code title={entry.hash}>{short(entry.hash)}</code> },
            ]}
          />
        )}
      </Loaded>
      <More query={entries} />
    </Screen>
  );
}
