// Why something does not run: every condition with a link to where it is changed.
import { AppLink } from '../../ui/AppLink';
import { State } from '../../ui/State';
import { paths, withSearch } from '../../util/paths';
import { useTenant } from '../tenant';
import type { Reason } from './tree';

/** Where a reason is changed or looked into; the most telling of what it names. */
export function placeOf(tenant: string, reason: Reason): { to: string; name: string } | undefined {
  const { approval, run, profile, directory, cycle } = reason.args ?? {};
  if (approval) return { to: paths.approval(tenant, approval), name: 'Open the list' };
  if (run) return { to: paths.run(tenant, run), name: 'Open the run' };
  if (reason.code === 'needs_review' && profile) return { to: paths.profile(tenant, profile), name: 'Compute a what-if' };
  if (directory) return { to: paths.directory(tenant, directory), name: 'Open the directory' };
  if (profile) return { to: paths.profile(tenant, profile), name: 'Open the profile' };
  return cycle ? { to: withSearch(paths.runs(tenant), { cycle }), name: 'Runs of the cycle' } : undefined;
}

export function WhyNot({ reasons, running }: { reasons: Reason[]; running?: boolean }) {
  const tenant = useTenant();
  if (reasons.length === 0) return <p className="empty">{running ? 'It runs.' : 'Nothing stands in its way.'}</p>;
  return (
    <ul className="reasons" aria-label="Why it does not run now">
      {reasons.map((reason) => {
        const place = placeOf(tenant, reason);
        return (
          <li key={`${reason.code} ${Object.values(reason.args ?? {}).join(' ')}`}>
            <State tone={reason.blocks ? 'bad' : 'wait'} text={reason.blocks ? 'Needs you' : 'Passes by itself'} />
            <span>
              {reason.text} {place && <AppLink to={place.to}>{place.name}</AppLink>} <code>{reason.code}</code>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
