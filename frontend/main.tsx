// Starts the console.
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { keys } from './api/keys';
import { ApiProblem } from './api/problem';
import { router } from './routes';
import './app.css';
import { Theme } from './ui/theme';

// A session that ended shows the sign-in page, wherever it was noticed.
function noticeSignOut(error: unknown) {
  if (error instanceof ApiProblem && error.status === 401) queries.setQueryData(keys.session, { signed_in: false });
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignOut }),
  mutationCache: new MutationCache({ onError: noticeSignOut }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 3 && !(error instanceof ApiProblem && error.status < 500),
      staleTime: 1000,
    },
  },
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Theme>
        <RouterProvider router={router} />
      </Theme>
    </QueryClientProvider>
  </StrictMode>,
);
