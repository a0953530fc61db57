// What runs, what comes and why something does not: the schedule as it follows from the profiles. Filter, zoom and the open
// row stand in the address.
import { Button, Field, Input } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { schedulerQuery } from '../api/queries';
import { Choice } from '../components/OperationsView';
import { ScheduleTree } from '../components/schedule/ScheduleTree';
import { STATE_NAMES } from '../components/schedule/State';
import { ZOOM_NAMES, type Zoom } from '../components/schedule/track';
import type { Scheduler, State } from '../components/schedule/tree';
import { useTenant } from '../components/tenant';
import { ScheduleForm } from '../forms/ScheduleForm';
import { TimesForm } from '../forms/TimesForm';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { plural, time } from '../util/format';
import { paths } from '../util/paths';

const route = getRouteApi('/t/$tenant/schedule');

export function Schedule() {
  const tenant = useTenant();
  const { zoom = '6h', ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const scheduler = useQuery(schedulerQuery(tenant));
  const set = (change: Partial<typeof search & { zoom: Zoom }>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const edited = scheduler.data?.profiles.find((profile) => profile.profile === search.edit);
  return (
    <Screen fill title="Schedule" about={scheduler.data && <Summary scheduler={scheduler.data} />}>
      <div className="filters">
        <Choice label="State" value={search.state} options={STATE_NAMES} onChange={(state) => set({ state: state as State | undefined })} />
        <Field label="Profile or directory" size="small">
          <Input size="small" value={search.text ?? ''} onChange={(_, data) => set({ text: data.value || undefined })} />
        </Field>
        <div role="group" aria-label="Time shown" className="actions">
          {ZOOM_NAMES.map((one) => (
            <Button key={one} size="small" appearance="outline" aria-pressed={one === zoom} onClick={() => set({ zoom: one })}>
              {one}
            </Button>
          ))}
        </div>
      </div>
      <Loaded query={scheduler}>
        {(data) => (
          <>
            {data.profiles.length === 0 ? (
              <p className="empty">
                No profile is on the schedule yet. <AppLink to={paths.newProfile(tenant)}>Make a profile</AppLink>
              </p>
            ) : (
              <ScheduleTree
                scheduler={data}
                zoom={zoom}
                state={search.state}
                text={search.text}
                focus={search.focus}
                onFocus={(focus) => set({ focus })}
                onZoom={(next) => set({ zoom: next })}
                onEdit={(edit) => set({ edit })}
              />
            )}
            <TimesForm key={data.version} scheduler={data} />
          </>
        )}
      </Loaded>
      {edited && <ScheduleForm profile={edited} timeZone={scheduler.data?.time_zone ?? 'UTC'} onClose={() => set({ edit: undefined })} />}
    </Screen>
  );
}

function Summary({ scheduler }: { scheduler: Scheduler }) {
  const running = scheduler.jobs.filter((job) => job.state === 'running').length;
  const blocked = scheduler.jobs.filter((job) => job.state === 'blocked').length;
  const next = scheduler.next_cycle_at ? `next by time ${time(scheduler.next_cycle_at)}` : 'nothing by time';
  return (
    <>
      {plural(scheduler.profiles.length, 'profile')} · {plural(running, 'job')} running · {plural(blocked, 'job')} waiting for a person · {next} ·{' '}
      {scheduler.time_zone}
    </>
  );
}
