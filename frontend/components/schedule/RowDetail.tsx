// One row of the schedule in words: where it stands, why, how it went and what comes next.
import { useId } from 'react';

import { AppLink } from '../../ui/AppLink';
import { Facts } from '../../ui/Facts';
import { Table } from '../../ui/Table';
import { duration, time, words } from '../../util/format';
import { paths } from '../../util/paths';
import { RunState } from '../runs';
import { useTenant } from '../tenant';
import { StateBadge } from './State';
import { WhyNot } from './Why';
import { type Job, type Row, type ScheduledProfile, jobTitle, stateOf, titleOf, whyOf } from './tree';

export function RowDetail({ row, jobs }: { row: Row; jobs: Map<string, Job> }) {
  const heading = useId();
  return (
    <div className="stack">
      <h2 id={heading}>{titleOf(row)}</h2>
      {row.kind === 'group' && <p>These profiles can meet in one object, so they take turns: one is synchronised at a time.</p>}
      {row.kind === 'profile' && (
        <>
          <StateBadge state={stateOf(row.profile, jobs)} />
          <WhyNot reasons={whyOf(row)} running={row.profile.running} />
          <Starts profile={row.profile} />
        </>
      )}
      {row.kind === 'job' && (
        <>
          <StateBadge state={row.job.state} />
          <WhyNot reasons={whyOf(row)} running={row.job.state === 'running'} />
          <History job={row.job} />
        </>
      )}
    </div>
  );
}

function Starts({ profile }: { profile: ScheduledProfile }) {
  const { schedule, predicted_ms } = profile;
  return (
    <>
      <Facts
        facts={[
          ['Interval', schedule.effective_interval ?? 'none'],
          ['Times of day', schedule.calendar.at?.join(', ') ?? 'none'],
          ['On changes', profile.on_change ? 'yes' : 'no'],
          ['Exports', schedule.exports === 'suppress' ? 'suppressed' : 'allowed'],
          ['A cycle takes', predicted_ms == null ? 'not known yet' : `about ${duration(predicted_ms)}`],
        ]}
      />
      <h3>Next starts</h3>
      {schedule.upcoming.length === 0 && <p className="empty">None by time.</p>}
      <ol className="plain">
        {schedule.upcoming.map((start) => (
          <li key={start.at}>
            {start.skipped ? <del>{time(start.at)}</del> : time(start.at)}
            {start.skipped && ' is left out'} {start.note && <span className="muted">{start.note}</span>}
          </li>
        ))}
      </ol>
    </>
  );
}

function History({ job }: { job: Job }) {
  const tenant = useTenant();
  return (
    <>
      <Facts
        facts={[
          ['Usually takes', job.usual ? `${duration(job.usual.median_ms)}, nine of ten ${duration(job.usual.p90_ms)}` : 'not known yet'],
          ['Next', job.next ? time(job.next.starts_at) : 'not known'],
          ['Expected end', job.next?.ends_at ? time(job.next.ends_at) : 'not known'],
        ]}
      />
      <h3>Last runs</h3>
      <Table
        label={`Last runs: ${jobTitle(job)}`}
        rows={job.runs.slice(0, 20)}
        id={(run) => run.run}
        empty="It never ran."
        columns={[
          { title: 'Started', cell: (run) => <AppLink to={paths.run(tenant, run.run)}>{time(run.started_at)}</AppLink> },
          { title: 'What', cell: (run) => words(run.kind) },
          { title: 'State', cell: (run) => <RunState run={run} /> },
          {
            title: 'Took',
            numeric: true,
            cell: (run) => (run.ended_at ? duration(new Date(run.ended_at).getTime() - new Date(run.started_at).getTime()) : ''),
          },
        ]}
      />
    </>
  );
}
