// Renders a component as the console would: in a tenant, with what the server said already there.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider, createMemoryHistory, createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';

import { keys } from '../api/keys';
import type { Directory } from '../api/types';
import { Theme } from '../ui/theme';
import * as recorded from './recorded';

export const TENANT = 'ten_1';

/** What else the server said, by its key. */
type Known = [readonly unknown[], unknown][];

export async function show(component: ReactNode, directories: Directory[] = [recorded.directory], known: Known = []) {
  const root = createRootRoute();
  const tenant = createRoute({ getParentRoute: () => root, path: '/t/$tenant', component: () => <main>{component}</main> });
  const router = createRouter({ routeTree: root.addChildren([tenant]), history: createMemoryHistory({ initialEntries: [`/t/${TENANT}`] }) });
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
  queries.setQueryData(keys.directories(TENANT), { items: directories });
  queries.setQueryData(keys.profiles(TENANT), { items: [recorded.profile] });
  for (const [key, said] of known) queries.setQueryData(key, said);
  const shown = render(
    <QueryClientProvider client={queries}>
      <Theme>
        <RouterProvider router={router as never} />
      </Theme>
    </QueryClientProvider>,
  );
  await screen.findByRole('main');
  return { ...shown, router };
}
