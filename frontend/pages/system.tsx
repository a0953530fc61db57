// What is shown when there is no screen to show.
import { Button } from '@fluentui/react-components';

import { AppLink } from '../ui/AppLink';
import { ProblemBar } from '../ui/ProblemBar';
import { paths } from '../util/paths';

export function NotFound() {
  return (
    <main className="alone">
      <h1>There is nothing here</h1>
      <p>The address is wrong, or the thing was deleted.</p>
      <AppLink to={paths.start}>Go to the start</AppLink>
    </main>
  );
}

/** An old tab after a new release asks for code that is gone; loading again brings the new one. */
export function LoadFailed({ error }: { error: unknown }) {
  return (
    <main className="alone">
      <h1>This screen did not open</h1>
      <ProblemBar error={error} />
      <Button onClick={() => window.location.reload()}>Load again</Button>
    </main>
  );
}
