// Notifications: who is told, what waits, and a test.
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import { notificationsQuery } from '../api/queries';
import type { Notifications as Shown } from '../api/types';
import { useMay, useTenant } from '../components/tenant';
import { NotificationsForm } from '../forms/NotificationsForm';
import { Loaded } from '../ui/Loaded';
import { ProblemBar } from '../ui/ProblemBar';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { time } from '../util/format';

export function Notifications() {
  const tenant = useTenant();
  const notifications = useQuery(notificationsQuery(tenant));
  return (
    <Screen title="Notifications">
      <p className="muted">Each cause is told once: when it begins, when it gets worse, and when it ends.</p>
      <Loaded query={notifications}>
        {(shown) => (
          <>
            <NotificationsForm notifications={shown} />
            <Waiting shown={shown} />
            <Test shown={shown} />
          </>
        )}
      </Loaded>
    </Screen>
  );
}

export function Waiting({ shown }: { shown: Shown }) {
  return (
    <section className="card stack" aria-labelledby="waiting">
      <h2 id="waiting">What waits</h2>
      <p>
        {shown.waiting === 0 ? 'Nothing waits to be told.' : `${shown.waiting} to be told`}
        {shown.waiting > 0 && shown.waiting_until ? ` at ${time(shown.waiting_until)}.` : ''}
      </p>
      <Table
        label="Notifications that were not taken yet"
        rows={shown.pending}
        id={(pending) => pending.id}
        empty="Everything was taken."
        columns={[
          { title: 'To', cell: (pending) => pending.to },
          { title: 'Made', cell: (pending) => time(pending.made_at) },
          { title: 'Tries', cell: (pending) => String(pending.attempts) },
          { title: 'Next try', cell: (pending) => time(pending.next_try_at) },
          { title: 'Why not', cell: (pending) => pending.problem ?? '' },
        ]}
      />
    </section>
  );
}

function Test({ shown }: { shown: Shown }) {
  const tenant = useTenant();
  const may = useMay();
  const test = useAct(() => read(client.POST('/v1/tenants/{tenant}/notifications/test', { params: { path: { tenant } } })));
  const nobody = shown.mail.length + shown.webhooks.length === 0;
  return (
    <section className="card stack" aria-labelledby="test">
      <h2 id="test">Try it out</h2>
      <div className="actions">
        <Button disabled={!may('configure') || nobody || test.isPending} onClick={() => test.mutate(undefined)}>
          Send a test to everybody
        </Button>
      </div>
      <ul className="plain" aria-live="polite">
        {test.data?.results.map((result) => (
          <li key={result.to}>
            {result.to}: {result.delivered ? 'taken.' : result.problem}
          </li>
        ))}
      </ul>
      <ProblemBar error={test.error} />
    </section>
  );
}
