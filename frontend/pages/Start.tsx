// Where somebody lands: straight in a single tenant, a choice among several, sign-up with none.
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';

import { meQuery } from '../api/queries';
import { SignOut } from '../components/Shell';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { words } from '../util/format';
import { paths } from '../util/paths';

export function Start() {
  const me = useQuery(meQuery);
  return (
    <Loaded query={me}>
      {({ memberships }) => {
        const [only, ...others] = memberships;
        if (!only) return <Navigate to="/sign-up" replace />;
        if (others.length === 0) return <Navigate to="/t/$tenant" params={{ tenant: only.tenant }} replace />;
        return (
          <main className="alone">
            <div className="card stack">
              <h1>Choose a tenant</h1>
              <ul className="plain">
                {memberships.map((membership) => (
                  <li key={membership.tenant}>
                    <AppLink to={paths.home(membership.tenant)}>{membership.name}</AppLink>{' '}
                    <span className="muted">{words(membership.role)}</span>
                  </li>
                ))}
              </ul>
              <div className="actions">
                <AppLink to={paths.signUp}>Create another tenant</AppLink>
                <SignOut />
              </div>
            </div>
          </main>
        );
      }}
    </Loaded>
  );
}
