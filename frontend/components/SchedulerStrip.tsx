// What runs, and the two switches: pause steps, hold every export.
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import { approvalsQuery, schedulerQuery } from '../api/queries';
import { AppLink } from '../ui/AppLink';
import { State } from '../ui/State';
import { plural } from '../util/format';
import { paths } from '../util/paths';
import { useMay, useTenant } from './tenant';

export function SchedulerStrip() {
  const tenant = useTenant();
  const may = useMay();
  const scheduler = useQuery(schedulerQuery(tenant));
  const waiting = useQuery(approvalsQuery(tenant, { state: 'requested' }));
  const path = { params: { path: { tenant } } };
  const pause = useAct((on: boolean) =>
    read(on ? client.POST('/v1/tenants/{tenant}/scheduler/pause', path) : client.POST('/v1/tenants/{tenant}/scheduler/resume', path)),
  );
  const hold = useAct((on: boolean) =>
    read(on ? client.POST('/v1/tenants/{tenant}/exports/hold', path) : client.POST('/v1/tenants/{tenant}/exports/release', path)),
  );
  if (!scheduler.data) return null;
  const { paused, exports_held, profiles } = scheduler.data;
  const running = profiles.filter((profile) => profile.running).length;
  const held = waiting.data?.items.length ?? 0;
  return (
    <div className="strip" role="group" aria-label="Scheduler">
      <AppLink to={paths.schedule(tenant)}>{running} running</AppLink>
      <AppLink to={paths.approvals(tenant)}>{plural(held, 'list')} held</AppLink>
      {paused && <State tone="wait" text="Paused" />}
      {exports_held && <State tone="bad" text="All exports held" />}
      <Button size="small" disabled={!may('run') || pause.isPending} onClick={() => pause.mutate(!paused)}>
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <Button size="small" disabled={!may(exports_held ? 'approve' : 'run') || hold.isPending} onClick={() => hold.mutate(!exports_held)}>
        {exports_held ? 'Release exports' : 'Hold all exports'}
      </Button>
    </div>
  );
}
