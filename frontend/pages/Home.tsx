// Home: the way from sign-up to a live profile, and what waits for a person.
import { useQuery } from '@tanstack/react-query';

import { approvalsQuery, checklistQuery, whatIfsQuery } from '../api/queries';
import { Checklist } from '../components/Checklist';
import { useNames, useTenant } from '../components/tenant';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { plural, time, words } from '../util/format';
import { paths } from '../util/paths';

export function Home() {
  const tenant = useTenant();
  const checklist = useQuery(checklistQuery(tenant));
  return (
    <Screen title="Home">
      <div className="columns">
        <section className="card stack" aria-labelledby="steps">
          <h2 id="steps">From sign-up to a live profile</h2>
          <Loaded query={checklist}>{(data) => <Checklist tenant={tenant} steps={data.steps} />}</Loaded>
        </section>
        <section className="card stack" aria-labelledby="waiting">
          <h2 id="waiting">Waiting for a person</h2>
          <Waiting />
        </section>
      </div>
    </Screen>
  );
}

function Waiting() {
  const tenant = useTenant();
  const name = useNames();
  const lists = useQuery(approvalsQuery(tenant, { state: 'requested' }));
  const whatIfs = useQuery(whatIfsQuery(tenant));
  return (
    <Loaded query={lists}>
      {(requested) => {
        const ready = (whatIfs.data?.items ?? []).filter((whatIf) => whatIf.state === 'ready' && !whatIf.undo_of);
        if (requested.items.length + ready.length === 0) return <p className="empty">Nothing waits.</p>;
        return (
          <ul className="plain">
            {requested.items.map((approval) => (
              <li key={approval.id}>
                <AppLink to={paths.approval(tenant, approval.id)}>
                  {words(approval.kind)} holds {plural(approval.operations, 'operation')}
                </AppLink>{' '}
                <span className="muted">{name(approval.directory)}</span>
              </li>
            ))}
            {ready.map((whatIf) => (
              <li key={whatIf.id}>
                <AppLink to={paths.whatIf(tenant, whatIf.id)}>What-if of {name(whatIf.profile)}</AppLink>{' '}
                <span className="muted">ready since {time(whatIf.ready_at)}</span>
              </li>
            ))}
          </ul>
        );
      }}
    </Loaded>
  );
}
