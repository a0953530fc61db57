// The onboarding checklist: the server ticks it, each open step leads to where it is done.
import type { Schemas } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { paths } from '../util/paths';

type Step = Schemas['ChecklistStep'];

const WHERE: Record<string, (tenant: string, done: boolean) => string> = {
  directory: (tenant, done) => (done ? paths.directories(tenant) : paths.connect(tenant)),
  agent: paths.directories,
  credential: paths.directories,
  import: paths.directories,
  profile: (tenant, done) => (done ? paths.profiles(tenant) : paths.templates(tenant)),
  'what-if': paths.profiles,
  approval: paths.whatIfs,
  export: paths.runs,
  confirmed: paths.runs,
};

export function Checklist({ tenant, steps }: { tenant: string; steps: Step[] }) {
  return (
    <ol className="checklist">
      {steps.map((step) => (
        <li key={step.id} className={step.done ? 'done' : undefined}>
          <span className="tick" role="img" aria-label={step.done ? 'Done' : 'Open'}>
            {step.done ? '✓' : '○'}
          </span>
          <span>
            <AppLink to={(WHERE[step.id] ?? paths.home)(tenant, step.done)}>{step.title}</AppLink>
            <span className="muted block">{step.evidence}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
