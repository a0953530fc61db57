// Nobody gets past here without a session; who has none sees the sign-in page at the same address.
import { Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';

import { sessionQuery } from '../api/queries';
import { SignIn } from '../pages/SignIn';
import { ProblemBar } from '../ui/ProblemBar';

export function Gate() {
  const session = useQuery(sessionQuery);
  const here = useRouterState({ select: (state) => state.location.href });
  if (!session.data) {
    return (
      <main className="alone">
        <h1>Syncline</h1>
        {session.error ? <ProblemBar error={session.error} /> : <Spinner label="Loading" />}
      </main>
    );
  }
  return session.data.signed_in ? <Outlet /> : <SignIn returnTo={here} />;
}
