// How runs are told: kind, state in words, and the latest one of a directory.
import type { Schemas } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { State, type Tone } from '../ui/State';
import { time, words } from '../util/format';
import { paths } from '../util/paths';

type Status = Schemas['RunStatus'];

/** How a run's end is shown: only the plain successes are green. */
export function toneOf(status: Status): Tone {
  if (status === 'success' || status === 'success-no-changes') return 'good';
  return status.startsWith('completed') || status === 'stopped-approval' ? 'wait' : 'bad';
}

type Told = { status?: Status | null; progress?: Schemas['Progress'] | null };

export function RunState({ run }: { run: Told }) {
  if (run.status) return <State tone={toneOf(run.status)} name={run.status} />;
  return <State tone="plain" name={run.progress ?? 'queued'} />;
}

export function LastRun({ tenant, run }: { tenant: string; run: Schemas['LastRun'] | null | undefined }) {
  if (!run) return <>never</>;
  return (
    <>
      <AppLink to={paths.run(tenant, run.run)}>{time(run.started_at)}</AppLink> <RunState run={run} />
      <span className="visually-hidden">{words(run.kind)}</span>
    </>
  );
}
