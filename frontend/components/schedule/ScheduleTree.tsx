// The tree of the schedule beside the row that is open: keys walk it, open and close it, and ask for its menu.
import { useMemo, useState } from 'react';

import { AppLink } from '../../ui/AppLink';
import { Grid, type GridColumn } from '../../ui/Grid';
import { ProblemBar } from '../../ui/ProblemBar';
import { count, plural, time } from '../../util/format';
import { paths, withSearch } from '../../util/paths';
import { useTenant } from '../tenant';
import { Track } from './Track';
import { RowDetail } from './RowDetail';
import { StateBadge } from './State';
import { type Window, type Zoom, fromNow, windowOf, zoomed } from './track';
import { type Job, type Row, type Scheduler, type State, filtered, rowsOf, shownOf, stateOf, titleOf, whyOf } from './tree';
import { useRowMenu } from './useRowMenu';

type Props = {
  scheduler: Scheduler;
  zoom: Zoom;
  state: State | undefined;
  text: string | undefined;
  focus: string | undefined;
  onFocus: (row: string) => void;
  onZoom: (zoom: Zoom) => void;
  onEdit: (profile: string) => void;
};

export function ScheduleTree({ scheduler, zoom, state, text, focus, onFocus, onZoom, onEdit }: Props) {
  const tenant = useTenant();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const { menu, error } = useRowMenu(onEdit);
  const all = useMemo(() => rowsOf(scheduler), [scheduler]);
  const jobs = useMemo(() => new Map(scheduler.jobs.map((job) => [job.id, job])), [scheduler]);
  const rows = shownOf(filtered(all, jobs, state, text), closed);
  const open = all.find((row) => row.id === focus);
  const window = windowOf(scheduler.now, zoom);
  const onOpen = (row: Row, isOpen: boolean) => {
    const next = new Set(closed);
    if (isOpen) next.delete(row.id);
    else next.add(row.id);
    setClosed(next);
  };
  return (
    <div className="operations">
      <ProblemBar error={error} />
      <p className="muted" role="status">
        {plural(rows.length, 'row')}
      </p>
      <div className="split">
        <Grid
          label="Schedule"
          columns={columns({ tenant, jobs, now: scheduler.now, window })}
          total={rows.length}
          rows={rows}
          more={false}
          onMore={() => undefined}
          id={(row) => row.id}
          active={focus}
          onActive={(row) => onFocus(row.id)}
          tree={{ level: (row) => row.level, open: (row) => (row.kind === 'job' ? undefined : !closed.has(row.id)), onOpen }}
          menu={menu}
          onKey={(key) => {
            if (key === '+') onZoom(zoomed(zoom, -1));
            if (key === '-') onZoom(zoomed(zoom, 1));
          }}
        />
        {/* It scrolls, so it takes the focus. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <section className="inspector" aria-label="Row" aria-live="polite" tabIndex={0}>
          {open ? <RowDetail row={open} jobs={jobs} /> : <p className="empty">Choose a row to see why it does not run, and what comes next.</p>}
        </section>
      </div>
    </div>
  );
}

type Shown = { tenant: string; jobs: Map<string, Job>; now: string; window: Window };

function columns({ tenant, jobs, now, window }: Shown): GridColumn<Row>[] {
  return [
    { title: 'Job', width: 'minmax(180px, 2fr)', cell: (row) => <Title row={row} /> },
    { title: 'State', width: '104px', cell: (row) => <Standing row={row} jobs={jobs} /> },
    { title: 'Why not now', width: 'minmax(120px, 2fr)', cell: (row) => <Why row={row} now={now} /> },
    { title: 'Warn', width: '52px', cell: (row) => <Counted tenant={tenant} row={row} severity="warning" /> },
    { title: 'Err', width: '52px', cell: (row) => <Counted tenant={tenant} row={row} severity="error" /> },
    { title: 'Runs', width: 'minmax(160px, 3fr)', cell: (row) => row.kind === 'job' && !row.above && <Track job={row.job} now={now} window={window} /> },
    { title: 'Actions', width: '40px', cell: (row) => <More row={row} /> },
  ];
}

function Title({ row }: { row: Row }) {
  const above = row.kind === 'job' && row.above;
  return (
    <span className={`tree-${row.level}`}>
      {titleOf(row)} {row.kind === 'group' && <span className="muted">take turns</span>}
      {above && <span className="muted">with above</span>}
    </span>
  );
}

function Standing({ row, jobs }: { row: Row; jobs: Map<string, Job> }) {
  if (row.kind === 'group') return null;
  return <StateBadge state={row.kind === 'job' ? row.job.state : stateOf(row.profile, jobs)} />;
}

/** What comes by time is told by its distance; everything else by its reason. */
function Why({ row, now }: { row: Row; now: string }) {
  const [first] = whyOf(row);
  if (row.kind === 'group' || !first) return null;
  const at = first.args?.at;
  if (first.code === 'not_due' && at) return <span title={time(at)}>{fromNow(at, now)}</span>;
  return <span title={first.text}>{first.text}</span>;
}

/** Entries of the message log that are of the last run, in the same filter as the log that the number leads to. */
function Counted({ tenant, row, severity }: { tenant: string; row: Row; severity: 'warning' | 'error' }) {
  if (row.kind !== 'job' || row.above) return null;
  const n = severity === 'error' ? row.job.errors : row.job.messages;
  const run = row.job.runs[0]?.run;
  const what = severity === 'error' ? 'error' : 'warning or error';
  if (n === 0 || !run) return <>{count(n)}</>;
  return (
    <AppLink to={withSearch(paths.messages(tenant), { run, severity })} aria-label={`${plural(n, what, severity === 'error' ? 'errors' : 'warnings and errors')} of ${titleOf(row)}`}>
      {count(n)}
    </AppLink>
  );
}

/** The same menu for who has neither a second button nor the keys in mind. */
function More({ row }: { row: Row }) {
  return (
    <button
      type="button"
      className="more"
      tabIndex={-1}
      aria-label={`Actions of ${titleOf(row)}`}
      onClick={(event) => {
        const { left: clientX, bottom: clientY } = event.currentTarget.getBoundingClientRect();
        event.currentTarget.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX, clientY }));
      }}
    >
      …
    </button>
  );
}
