// Sign-up: one form; the tenant's own screen then shows how far it is.
import { useEffect } from 'react';

import { SignOut } from '../components/Shell';
import { SignUpForm } from '../forms/SignUpForm';

export function SignUp() {
  useEffect(() => {
    document.title = 'Sign up · Syncline';
  }, []);
  return (
    <main className="alone">
      <div className="card stack">
        <h1>Create your tenant</h1>
        <p>It gets its own database, keys and process. You become its owner.</p>
        <SignUpForm />
        <SignOut />
      </div>
    </main>
  );
}
