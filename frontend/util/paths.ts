// Every address of the console, in one place.

const tenantPath = (tenant: string, ...rest: string[]) => ['/t', tenant, ...rest].map((part, i) => (i ? encodeURIComponent(part) : part)).join('/');

/** A path with its search parameters; empty ones are left out. */
export function withSearch(path: string, search: Record<string, string | boolean | undefined>): string {
  const query = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
  if (query.length === 0) return path;
  return `${path}?${new URLSearchParams(query.map(([name, value]) => [name, String(value)])).toString()}`;
}

export const paths = {
  start: '/',
  signUp: '/sign-up',
  signIn: (returnTo: string) => `/auth/sign-in?return_to=${encodeURIComponent(returnTo)}`,
  home: (t: string) => tenantPath(t),
  schedule: (t: string) => tenantPath(t, 'schedule'),
  directories: (t: string) => tenantPath(t, 'directories'),
  connect: (t: string) => tenantPath(t, 'directories', 'connect'),
  directory: (t: string, id: string) => tenantPath(t, 'directories', id),
  profiles: (t: string) => tenantPath(t, 'profiles'),
  newProfile: (t: string) => tenantPath(t, 'profiles', 'new'),
  profile: (t: string, id: string) => tenantPath(t, 'profiles', id),
  resources: (t: string) => tenantPath(t, 'tables'),
  newResource: (t: string, kind: 'table' | 'expression') => withSearch(tenantPath(t, 'tables', 'new'), { kind }),
  resource: (t: string, id: string) => tenantPath(t, 'tables', id),
  templates: (t: string) => tenantPath(t, 'templates'),
  template: (t: string, id: string) => tenantPath(t, 'templates', id),
  drafts: (t: string) => tenantPath(t, 'drafts'),
  whatIfs: (t: string) => tenantPath(t, 'what-ifs'),
  whatIf: (t: string, id: string) => tenantPath(t, 'what-ifs', id),
  approvals: (t: string) => tenantPath(t, 'approvals'),
  approval: (t: string, id: string) => tenantPath(t, 'approvals', id),
  runs: (t: string) => tenantPath(t, 'runs'),
  run: (t: string, id: string) => tenantPath(t, 'runs', id),
  messages: (t: string) => tenantPath(t, 'messages'),
  objects: (t: string) => tenantPath(t, 'objects'),
  object: (t: string, id: string) => tenantPath(t, 'objects', id),
  passwords: (t: string) => tenantPath(t, 'passwords'),
  usage: (t: string) => tenantPath(t, 'usage'),
  notifications: (t: string) => tenantPath(t, 'notifications'),
  members: (t: string) => tenantPath(t, 'members'),
  audit: (t: string) => tenantPath(t, 'audit'),
};
