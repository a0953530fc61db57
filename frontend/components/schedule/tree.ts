// The schedule as rows of a tree: groups of profiles that take turns, profiles, and the jobs of their cycles. A job that
// several profiles need stands under the first of them and is referred to by the others.
import type { Schemas } from '../../api/types';

export type Scheduler = Schemas['Scheduler'];
export type ScheduledProfile = Schemas['ScheduledProfile'];
export type Job = Schemas['Job'];
export type Reason = Schemas['Reason'];

type Place = { id: string; level: number; parent: string | undefined };
export type GroupRow = Place & { kind: 'group'; profiles: ScheduledProfile[] };
export type ProfileRow = Place & { kind: 'profile'; profile: ScheduledProfile };
export type JobRow = Place & { kind: 'job'; job: Job; profile: ScheduledProfile; above: boolean };
export type Row = GroupRow | ProfileRow | JobRow;

export type State = Schemas['JobState'];

/** Every row, the closed ones too, in the order of the screen. */
export function rowsOf(scheduler: Scheduler): Row[] {
  const jobs = new Map(scheduler.jobs.map((job) => [job.id, job]));
  const seen = new Set<string>();
  const rows: Row[] = [];
  for (const profiles of groupsOf(scheduler)) {
    const alone = profiles.length === 1;
    const group = alone ? undefined : `group.${profiles[0]?.profile}`;
    if (group) rows.push({ kind: 'group', id: group, level: 1, parent: undefined, profiles });
    for (const profile of profiles) {
      const level = alone ? 1 : 2;
      rows.push({ kind: 'profile', id: profile.profile, level, parent: group, profile });
      for (const id of profile.jobs) {
        const job = jobs.get(id);
        if (!job) continue;
        const above = seen.has(id);
        rows.push({ kind: 'job', id: `${profile.profile} ${id}`, level: level + 1, parent: profile.profile, job, profile, above });
        seen.add(id);
      }
    }
  }
  return rows;
}

function groupsOf(scheduler: Scheduler): ScheduledProfile[][] {
  const groups = new Map<number, ScheduledProfile[]>();
  for (const profile of scheduler.profiles) groups.set(profile.group, [...(groups.get(profile.group) ?? []), profile]);
  return [...groups.values()];
}

/** Rows whose ancestors are all open. */
export function shownOf(rows: Row[], closed: ReadonlySet<string>): Row[] {
  const hidden = new Set<string>();
  return rows.filter((row) => {
    const gone = row.parent !== undefined && (hidden.has(row.parent) || closed.has(row.parent));
    if (gone) hidden.add(row.id);
    return !gone;
  });
}

const jobsOf = (profile: ScheduledProfile, jobs: Map<string, Job>) => profile.jobs.flatMap((id) => jobs.get(id) ?? []);

/** Where a profile stands: as the most telling of its jobs does. */
export function stateOf(profile: ScheduledProfile, jobs: Map<string, Job>): State {
  const states = jobsOf(profile, jobs).map((job) => job.state);
  if (profile.running) return 'running';
  if (profile.why_not.some((reason) => reason.blocks) || states.includes('blocked')) return 'blocked';
  return states.includes('waiting') ? 'waiting' : 'idle';
}

/** Profiles in a state or with a text, each with what stands above and below it. */
export function filtered(rows: Row[], jobs: Map<string, Job>, state: State | undefined, text: string | undefined): Row[] {
  const wanted = text?.trim().toLocaleLowerCase();
  const fits = (profile: ScheduledProfile) => {
    const names = [profile.name, ...jobsOf(profile, jobs).map((job) => job.name)];
    return (!state || stateOf(profile, jobs) === state) && (!wanted || names.some((name) => name.toLocaleLowerCase().includes(wanted)));
  };
  return rows.filter((row) => (row.kind === 'group' ? row.profiles.some(fits) : fits(row.profile)));
}

const KINDS: Record<Schemas['JobKind'], (name: string) => string> = {
  import: (name) => `Import ${name}`,
  sync: () => 'Synchronise',
  export: (name) => `Export ${name}`,
  confirm: (name) => `Confirm ${name}`,
};

export const jobTitle = (job: Job) => KINDS[job.kind](job.name);

export function titleOf(row: Row): string {
  if (row.kind === 'group') return row.profiles.map((profile) => profile.name).join(', ');
  return row.kind === 'profile' ? row.profile.name : jobTitle(row.job);
}

/** Why a row does not run: what waits for a person first. */
export function whyOf(row: Row): Reason[] {
  if (row.kind === 'group') return [];
  const why = row.kind === 'profile' ? row.profile.why_not : row.job.why_not;
  return [...why].sort((a, b) => Number(b.blocks) - Number(a.blocks));
}
