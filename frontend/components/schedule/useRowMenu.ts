// What can be done with a row of the schedule; each is one call of the API. What a person may not do stays, with the reason.
import { useAct } from '../../api/act';
import { client, ifMatch, read } from '../../api/client';
import type { Schemas } from '../../api/types';
import type { MenuItem } from '../../ui/ContextMenu';
import { useGo } from '../../ui/AppLink';
import { paths, withSearch } from '../../util/paths';
import { useMay, useTenant } from '../tenant';
import { type Row, type ScheduledProfile, titleOf } from './tree';

type Patch = { profile: ScheduledProfile; patch: Schemas['SchedulePatch'] };

/** A cycle over these profiles that joins one that runs. */
const over = (profiles: string[], policy: Schemas['Policy']): Schemas['NewCycle'] => ({
  policy,
  profiles,
  directories: null,
  exports: 'allowed',
  on_busy: 'join',
  wait_s: null,
});

const NO_RIGHT = 'You may not do this in this tenant.';

export function useRowMenu(onEdit: (profile: string) => void) {
  const tenant = useTenant();
  const may = useMay();
  const go = useGo();
  const run = useAct(
    (body: Schemas['NewCycle'], header) => read(client.POST('/v1/tenants/{tenant}/cycles', { params: { path: { tenant }, header }, body })),
    () => undefined,
  );
  const importing = useAct(({ directory, mode }: { directory: string; mode: Schemas['ImportChoice'] }, header) =>
    read(client.POST('/v1/tenants/{tenant}/directories/{directory}/import', { params: { path: { tenant, directory }, header }, body: { mode } })),
  );
  const whatIf = useAct(
    (profile: string, header) => read(client.POST('/v1/tenants/{tenant}/what-ifs', { params: { path: { tenant }, header }, body: { profile } })),
    ({ id }) => go(paths.whatIf(tenant, id)),
  );
  const change = useAct(({ profile, patch }: Patch) =>
    read(
      client.PATCH('/v1/tenants/{tenant}/profiles/{profile}/schedule', {
        params: { path: { tenant, profile: profile.profile }, header: ifMatch(profile.schedule.version) },
        body: patch,
      }),
    ),
  );

  const off = may('run') ? undefined : NO_RIGHT;
  const cycle = (profile: ScheduledProfile, policy: Schemas['Policy']) => run.mutate(over([profile.profile], policy));
  const ofProfile = (profile: ScheduledProfile): MenuItem[] => {
    const { schedule } = profile;
    const set = (patch: Schemas['SchedulePatch']) => change.mutate({ profile, patch });
    const staged = schedule.exports === 'suppress';
    return [
      { text: 'Run now', off, onChoose: () => cycle(profile, 'delta') },
      { text: 'Run now, reading everything', off, onChoose: () => cycle(profile, 'initial') },
      { text: 'Compute a what-if', off, onChoose: () => whatIf.mutate(profile.profile) },
      {
        text: schedule.skip_next ? 'Do not skip the next start' : 'Skip the next start',
        off: off ?? (profile.schedule.upcoming.length === 0 ? 'Nothing starts it by time.' : undefined),
        onChoose: () => set({ skip_next: !schedule.skip_next }),
      },
      {
        text: schedule.enabled ? 'Switch its own starts off' : 'Switch its own starts on',
        off,
        onChoose: () => set({ enabled: !schedule.enabled }),
      },
      {
        text: staged ? 'Allow its exports' : 'Suppress its exports',
        off: staged && !may('approve') ? 'Allowing exports needs the right to approve.' : off,
        onChoose: () => set({ exports: staged ? 'allowed' : 'suppress' }),
      },
      { text: 'Edit the schedule', off, onChoose: () => onEdit(profile.profile) },
      { text: 'Open the profile', onChoose: () => go(paths.profile(tenant, profile.profile)) },
      { text: 'Its runs', onChoose: () => go(withSearch(paths.runs(tenant), { profile: profile.profile })) },
      { text: 'Its messages', onChoose: () => go(withSearch(paths.messages(tenant), { profile: profile.profile })) },
    ];
  };
  const ofJob = (row: Extract<Row, { kind: 'job' }>): MenuItem[] => {
    const { directory, kind } = row.job;
    if (!directory) return ofProfile(row.profile);
    const reads: MenuItem[] = [
      { text: 'Import changes', off, onChoose: () => importing.mutate({ directory, mode: 'delta' }) },
      { text: 'Import everything', off, onChoose: () => importing.mutate({ directory, mode: 'full' }) },
    ];
    return [
      ...(kind === 'import' || kind === 'confirm' ? reads : []),
      { text: 'Run its profile now', off, onChoose: () => cycle(row.profile, 'delta') },
      { text: 'Open the directory', onChoose: () => go(paths.directory(tenant, directory)) },
      { text: 'Its runs', onChoose: () => go(withSearch(paths.runs(tenant), { directory })) },
      { text: 'Its messages', onChoose: () => go(withSearch(paths.messages(tenant), { directory })) },
    ];
  };
  const ofGroup = (profiles: ScheduledProfile[]): MenuItem[] => [
    { text: 'Run all of them now', off, onChoose: () => run.mutate(over(profiles.map((profile) => profile.profile), 'delta')) },
  ];
  return {
    error: run.error ?? importing.error ?? whatIf.error ?? change.error,
    menu: (row: Row) => ({
      label: `Actions of ${titleOf(row)}`,
      items: row.kind === 'group' ? ofGroup(row.profiles) : row.kind === 'profile' ? ofProfile(row.profile) : ofJob(row),
    }),
  };
}
