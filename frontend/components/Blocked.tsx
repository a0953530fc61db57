// Why the latest cycle did not send everything, in words.
import type { Cycle } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { paths } from '../util/paths';
import { useNames, useTenant } from './tenant';

export function Blocked({ cycle }: { cycle: Cycle }) {
  const tenant = useTenant();
  const name = useNames();
  if (cycle.blocked_by.length === 0) return null;
  return (
    <div className="notice">
      <ul className="plain">
        {cycle.blocked_by.map((reason) => (
          <li key={`${reason.profile} ${reason.code}`}>
            <AppLink to={paths.profile(tenant, reason.profile)}>{name(reason.profile)}</AppLink>: {reason.text} <code>{reason.code}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
