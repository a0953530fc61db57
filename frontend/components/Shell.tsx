// Header, navigation and the screen. The strip in the header shows what is scheduled and stops it.
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import { meQuery, tenantQuery } from '../api/queries';
import { AppLink } from '../ui/AppLink';
import { paths } from '../util/paths';
import { SchedulerStrip } from './SchedulerStrip';
import { Provisioning } from './Provisioning';
import { useTenant } from './tenant';

const sections = (tenant: string) => [
  {
    title: 'Operate',
    links: [
      ['Home', paths.home(tenant)],
      ['Schedule', paths.schedule(tenant)],
      ['What-ifs', paths.whatIfs(tenant)],
      ['Approvals', paths.approvals(tenant)],
      ['Runs', paths.runs(tenant)],
      ['Messages', paths.messages(tenant)],
      ['Objects', paths.objects(tenant)],
      ['Passwords to hand over', paths.passwords(tenant)],
    ],
  },
  {
    title: 'Design',
    links: [
      ['Profiles', paths.profiles(tenant)],
      ['Tables & expressions', paths.resources(tenant)],
      ['Templates', paths.templates(tenant)],
      ['Directories', paths.directories(tenant)],
    ],
  },
  {
    title: 'Administer',
    links: [
      ['Usage', paths.usage(tenant)],
      ['Audit log', paths.audit(tenant)],
      ['Members', paths.members(tenant)],
      ['Notifications', paths.notifications(tenant)],
    ],
  },
] as const;

function Navigation({ tenant }: { tenant: string }) {
  const here = useRouterState({ select: (state) => state.location.pathname });
  const home = paths.home(tenant);
  const current = (to: string) => (to === home ? here === home : here === to || here.startsWith(`${to}/`));
  return (
    <nav className="navigation" aria-label="Main">
      {sections(tenant).map((section) => (
        <div key={section.title}>
          <h2>{section.title}</h2>
          <ul>
            {section.links.map(([name, to]) => (
              <li key={to}>
                <AppLink to={to} aria-current={current(to) ? 'page' : undefined}>
                  {name}
                </AppLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

export function SignOut() {
  const act = useAct(
    () => read(client.POST('/auth/sign-out')),
    () => window.location.assign('/'),
  );
  return (
    <Button appearance="subtle" onClick={() => act.mutate(undefined)}>
      Sign out
    </Button>
  );
}

export function Shell() {
  const tenant = useTenant();
  const me = useQuery(meQuery);
  const state = useQuery(tenantQuery(tenant));
  const active = state.data?.state === 'active';
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to content
      </a>
      <header className="top">
        <AppLink to={paths.start} className="brand">
          Syncline
        </AppLink>
        <span className="top-tenant">{state.data?.name}</span>
        {active && <SchedulerStrip />}
        <span className="top-end">
          <span className="muted">{me.data?.display_name}</span>
          <SignOut />
        </span>
      </header>
      <Navigation tenant={tenant} />
      <main id="content" className="content" tabIndex={-1}>
        {active ? <Outlet /> : <Provisioning tenant={state.data} error={state.error} />}
      </main>
    </div>
  );
}
