// One approval: what it binds or what a guard holds, operation by operation; a held list is
// approved exactly as shown, or rejected.
import { Button, Checkbox, Field, Textarea } from '@fluentui/react-components';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import { approvalOperationsQuery, approvalQuery } from '../api/queries';
import type { Approval as ApprovalView } from '../api/types';
import { ApprovalStateBadge } from '../components/ApprovalState';
import { type OperationSearch, OperationsView } from '../components/OperationsView';
import { useMay, useNames, useTenant } from '../components/tenant';
import { AppLink } from '../ui/AppLink';
import { Confirm } from '../ui/Confirm';
import { Facts } from '../ui/Facts';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { count, plural, short, time, words } from '../util/format';
import { paths } from '../util/paths';

const route = getRouteApi('/t/$tenant/approvals/$approval');

export function Approval() {
  const tenant = useTenant();
  const { approval } = route.useParams();
  const query = useQuery(approvalQuery(tenant, approval));
  return <Loaded query={query}>{(data) => <List approval={data} />}</Loaded>;
}

function List({ approval }: { approval: ApprovalView }) {
  const tenant = useTenant();
  const name = useNames();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const onSearch = useCallback(
    (change: Partial<OperationSearch>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const { open, ...filter } = search;
  const query = useInfiniteQuery(approvalOperationsQuery(tenant, approval.id, filter));
  const types = new Set(query.data?.pages.flatMap((page) => page.items.map((operation) => operation.type)));
  const filtered = Object.values(filter).some((value) => value !== undefined);
  return (
    <Screen
      fill
      title={`${words(approval.kind)}: ${name(approval.directory ?? approval.profile)}`}
      about={<ApprovalStateBadge state={approval.state} />}
      actions={<Decision approval={approval} />}
    >
      {approval.text && <div className="notice">{approval.text}</div>}
      <Facts
        facts={[
          ['Operations', count(approval.operations)],
          ['Sent', count(approval.sent)],
          ['List', <code key="hash">{short(approval.plan_hash)}</code>],
          ['Asked for', time(approval.created_at)],
          ['Decided', approval.decided_at ? `${time(approval.decided_at)} by ${approval.decided_by ?? ''}` : 'not yet'],
          ...(approval.note ? ([['Note', approval.note]] as [string, string][]) : []),
          ...(approval.what_if
            ? ([['What-if', <AppLink key="what-if" to={paths.whatIf(tenant, approval.what_if)}>Open</AppLink>]] as [string, React.ReactNode][])
            : []),
        ]}
      />
      <OperationsView
        search={search}
        onSearch={onSearch}
        types={[...types]}
        counted={filtered ? undefined : approval.operations}
        query={query}
      />
    </Screen>
  );
}

function Decision({ approval }: { approval: ApprovalView }) {
  const tenant = useTenant();
  const may = useMay();
  const [asking, setAsking] = useState<'approve' | 'reject'>();
  const [note, setNote] = useState('');
  const [now, setNow] = useState(true);
  const close = () => setAsking(undefined);
  const path = { tenant, approval: approval.id };
  const approve = useAct(
    () =>
      read(
        client.POST('/v1/tenants/{tenant}/approvals/{approval}/approve', {
          params: { path },
          body: { plan_hash: approval.plan_hash, note: note.trim() || null, export_now: now },
        }),
      ),
    close,
  );
  const reject = useAct(
    () => read(client.POST('/v1/tenants/{tenant}/approvals/{approval}/reject', { params: { path }, body: { note: note.trim() || null } })),
    close,
  );
  if (approval.state !== 'requested') return null;
  const noteField = (
    <Field label="Note for the record">
      <Textarea value={note} onChange={(_, data) => setNote(data.value)} />
    </Field>
  );
  return (
    <>
      <Button disabled={!may('approve')} onClick={() => setAsking('reject')}>
        Reject
      </Button>
      <Button appearance="primary" disabled={!may('approve')} onClick={() => setAsking('approve')}>
        Approve exactly this list
      </Button>
      {asking === 'approve' && (
        <Confirm
          title={`Approve ${plural(approval.operations, 'operation')}?`}
          yes="Approve"
          busy={approve.isPending}
          error={approve.error}
          onYes={() => approve.mutate(undefined)}
          onClose={close}
        >
          <p>The guard stays on. Exactly the operations of this list go.</p>
          {noteField}
          <Checkbox checked={now} onChange={(_, data) => setNow(data.checked === true)} label="Export now" />
        </Confirm>
      )}
      {asking === 'reject' && (
        <Confirm
          title="Reject this list?"
          yes="Reject"
          busy={reject.isPending}
          error={reject.error}
          onYes={() => reject.mutate(undefined)}
          onClose={close}
        >
          <p>Nothing of it is sent.</p>
          {noteField}
        </Confirm>
      )}
    </>
  );
}
