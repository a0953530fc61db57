// The typed client. Invariants: every change carries the session's anti-forgery token; every
// refusal becomes an ApiProblem; nobody else in the console calls fetch.
import createClient, { type Middleware } from 'openapi-fetch';

import type { paths } from './__generated__/schema';
import { ApiProblem, problemOf } from './problem';
import type { Page, SessionView } from './types';

let csrf: string | undefined;

const antiForgery: Middleware = {
  onRequest({ request }) {
    if (csrf && request.method !== 'GET') request.headers.set('Syncline-Csrf', csrf);
    return request;
  },
};

export const client = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  fetch: (request) => window.fetch(request),
});
client.use(antiForgery);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of an answer, or its refusal as an error. */
export async function read<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new ApiProblem(problemOf(response.status, error));
  return data as T;
}

/** The same for a list, whose items the document does not tell apart. */
export async function readPage<T>(answer: Promise<Answer<unknown>>): Promise<Page<T>> {
  return (await read(answer)) as Page<T>;
}

/** Whether this browser is signed in; also fetches the token for changes. */
export async function fetchSession(): Promise<SessionView> {
  const session = await read(client.GET('/auth/session'));
  csrf = session.csrf ?? undefined;
  return session;
}

/** The header by which a change names the version it was made on. */
export const ifMatch = (version: number) => ({ 'If-Match': `"v${version}"` });
