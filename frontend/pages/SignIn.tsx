// Sign-in: one button that leads to the identity provider and back to where one wanted to go.
import { Button } from '@fluentui/react-components';
import { useEffect } from 'react';

import { paths } from '../util/paths';

export function SignIn({ returnTo }: { returnTo: string }) {
  useEffect(() => {
    document.title = 'Sign in · Syncline';
  }, []);
  return (
    <main className="alone">
      <div className="card stack">
        <h1>Syncline</h1>
        <p>Keeps directories in step. Nothing is written before a person approved it.</p>
        <Button as="a" appearance="primary" size="large" href={paths.signIn(returnTo)}>
          Sign in with your organisation
        </Button>
        <p className="muted">New here? Sign in with your work account; signing up takes one step.</p>
      </div>
    </main>
  );
}
