// The map of the product: every screen with its address and what of its state stands in it.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';

import { Gate } from './components/Gate';
import { Shell } from './components/Shell';
import { Start } from './pages/Start';
import { LoadFailed, NotFound } from './pages/system';

type Search = Record<string, unknown>;
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const oneOf = <T extends string>(value: unknown, ...known: T[]) => known.find((name) => name === value);

const root = createRootRoute({ component: Gate, notFoundComponent: NotFound, errorComponent: LoadFailed });
const start = createRoute({ getParentRoute: () => root, path: '/', component: Start });
const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  component: lazyRouteComponent(() => import('./pages/SignUp'), 'SignUp'),
});
const tenant = createRoute({ getParentRoute: () => root, path: '/t/$tenant', component: Shell });

const home = createRoute({
  getParentRoute: () => tenant,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/Home'), 'Home'),
});
const schedule = createRoute({
  getParentRoute: () => tenant,
  path: '/schedule',
  validateSearch: (search: Search) => ({
    focus: text(search.focus),
    state: oneOf(search.state, 'running', 'waiting', 'blocked', 'idle'),
    text: text(search.text),
    zoom: oneOf(search.zoom, '1h', '6h', 'day', 'week'),
    edit: text(search.edit),
  }),
  component: lazyRouteComponent(() => import('./pages/Schedule'), 'Schedule'),
});
const directories = createRoute({
  getParentRoute: () => tenant,
  path: '/directories',
  component: lazyRouteComponent(() => import('./pages/Directories'), 'Directories'),
});
const connect = createRoute({
  getParentRoute: () => tenant,
  path: '/directories/connect',
  component: lazyRouteComponent(() => import('./pages/Connect'), 'Connect'),
});
const directory = createRoute({
  getParentRoute: () => tenant,
  path: '/directories/$directory',
  component: lazyRouteComponent(() => import('./pages/Directory'), 'Directory'),
});
const profiles = createRoute({
  getParentRoute: () => tenant,
  path: '/profiles',
  component: lazyRouteComponent(() => import('./pages/Profiles'), 'Profiles'),
});
const newProfile = createRoute({
  getParentRoute: () => tenant,
  path: '/profiles/new',
  component: lazyRouteComponent(() => import('./pages/NewProfile'), 'NewProfile'),
});
const profile = createRoute({
  getParentRoute: () => tenant,
  path: '/profiles/$profile',
  validateSearch: (search: Search): { part?: string; at?: string } => ({ part: text(search.part), at: text(search.at) }),
  component: lazyRouteComponent(() => import('./pages/Profile'), 'Profile'),
});
const resources = createRoute({
  getParentRoute: () => tenant,
  path: '/tables',
  component: lazyRouteComponent(() => import('./pages/Resources'), 'Resources'),
});
const newResource = createRoute({
  getParentRoute: () => tenant,
  path: '/tables/new',
  validateSearch: (search: Search) => ({ kind: oneOf(search.kind, 'table', 'expression') }),
  component: lazyRouteComponent(() => import('./pages/NewResource'), 'NewResource'),
});
const resource = createRoute({
  getParentRoute: () => tenant,
  path: '/tables/$resource',
  component: lazyRouteComponent(() => import('./pages/Resource'), 'Resource'),
});
const templates = createRoute({
  getParentRoute: () => tenant,
  path: '/templates',
  validateSearch: (search: Search): { source?: string; target?: string; purpose?: string } => ({
    source: text(search.source),
    target: text(search.target),
    purpose: text(search.purpose),
  }),
  component: lazyRouteComponent(() => import('./pages/Templates'), 'Templates'),
});
const template = createRoute({
  getParentRoute: () => tenant,
  path: '/templates/$template',
  component: lazyRouteComponent(() => import('./pages/Template'), 'Template'),
});
const drafts = createRoute({
  getParentRoute: () => tenant,
  path: '/drafts',
  component: lazyRouteComponent(() => import('./pages/Drafts'), 'Drafts'),
});
const whatIfs = createRoute({
  getParentRoute: () => tenant,
  path: '/what-ifs',
  component: lazyRouteComponent(() => import('./pages/WhatIfs'), 'WhatIfs'),
});

/** Filter of a plan's operations and the one that is open. */
const operations = (search: Search): { kind?: string; type?: string; attribute?: string; text?: string; open?: string } => ({
  kind: text(search.kind),
  type: text(search.type),
  attribute: text(search.attribute),
  text: text(search.text),
  open: text(search.open),
});
/** The same of a what-if, whose operations read as patterns. */
const patterns = (search: Search): ReturnType<typeof operations> & { pattern?: string; new?: boolean } => ({
  ...operations(search),
  pattern: text(search.pattern),
  new: search.new === true ? true : undefined,
});
const whatIf = createRoute({
  getParentRoute: () => tenant,
  path: '/what-ifs/$whatIf',
  validateSearch: patterns,
  component: lazyRouteComponent(() => import('./pages/WhatIf'), 'WhatIf'),
});
const approvals = createRoute({
  getParentRoute: () => tenant,
  path: '/approvals',
  component: lazyRouteComponent(() => import('./pages/Approvals'), 'Approvals'),
});
const approval = createRoute({
  getParentRoute: () => tenant,
  path: '/approvals/$approval',
  validateSearch: operations,
  component: lazyRouteComponent(() => import('./pages/Approval'), 'Approval'),
});
const runs = createRoute({
  getParentRoute: () => tenant,
  path: '/runs',
  validateSearch: (search: Search): { directory?: string; profile?: string; cycle?: string } => ({
    directory: text(search.directory),
    profile: text(search.profile),
    cycle: text(search.cycle),
  }),
  component: lazyRouteComponent(() => import('./pages/Runs'), 'Runs'),
});
const run = createRoute({
  getParentRoute: () => tenant,
  path: '/runs/$run',
  component: lazyRouteComponent(() => import('./pages/Run'), 'Run'),
});
const messages = createRoute({
  getParentRoute: () => tenant,
  path: '/messages',
  validateSearch: (search: Search) => ({
    severity: oneOf(search.severity, 'info', 'warning', 'error'),
    class: oneOf(search.class, 'transient', 'data', 'config', 'permission', 'guard', 'conflict', 'engine'),
    code: text(search.code),
    directory: text(search.directory),
    profile: text(search.profile),
    run: text(search.run),
    object: text(search.object),
    closed: search.closed === true || undefined,
    open: text(search.open),
  }),
  component: lazyRouteComponent(() => import('./pages/Messages'), 'Messages'),
});
const objects = createRoute({
  getParentRoute: () => tenant,
  path: '/objects',
  validateSearch: (search: Search): { directory?: string; type?: string; query?: string } => ({
    directory: text(search.directory),
    type: text(search.type),
    query: text(search.query),
  }),
  component: lazyRouteComponent(() => import('./pages/Objects'), 'Objects'),
});
const object = createRoute({
  getParentRoute: () => tenant,
  path: '/objects/$object',
  component: lazyRouteComponent(() => import('./pages/Object'), 'ObjectPage'),
});
const passwords = createRoute({
  getParentRoute: () => tenant,
  path: '/passwords',
  component: lazyRouteComponent(() => import('./pages/Passwords'), 'Passwords'),
});
const usage = createRoute({
  getParentRoute: () => tenant,
  path: '/usage',
  component: lazyRouteComponent(() => import('./pages/Usage'), 'Usage'),
});
const members = createRoute({
  getParentRoute: () => tenant,
  path: '/members',
  component: lazyRouteComponent(() => import('./pages/Members'), 'Members'),
});
const notifications = createRoute({
  getParentRoute: () => tenant,
  path: '/notifications',
  component: lazyRouteComponent(() => import('./pages/Notifications'), 'Notifications'),
});
const audit = createRoute({
  getParentRoute: () => tenant,
  path: '/audit',
  validateSearch: (search: Search) => ({ chain: oneOf(search.chain, 'control', 'runner') }),
  component: lazyRouteComponent(() => import('./pages/Audit'), 'Audit'),
});

const tree = root.addChildren([
  start,
  signUp,
  tenant.addChildren([
    home,
    schedule,
    directories,
    connect,
    directory,
    profiles,
    newProfile,
    profile,
    resources,
    newResource,
    resource,
    templates,
    template,
    drafts,
    whatIfs,
    whatIf,
    approvals,
    approval,
    runs,
    run,
    messages,
    objects,
    object,
    passwords,
    usage,
    members,
    notifications,
    audit,
  ]),
]);

export const router = createRouter({ routeTree: tree });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
