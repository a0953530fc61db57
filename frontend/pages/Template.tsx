// One template: what it does, what it takes, and what a profile of it would find.
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, ifMatch, read } from '../api/client';
import { templateQuery } from '../api/queries';
import type { Template as View } from '../api/types';
import { Permissions } from '../components/CloudSignIn';
import { PURPOSES, Sentences } from '../components/templates/TemplateCards';
import { useMay, useTenant } from '../components/tenant';
import { TemplateForm } from '../forms/TemplateForm';
import { useGo } from '../ui/AppLink';
import { Confirm } from '../ui/Confirm';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { paths } from '../util/paths';

const route = getRouteApi('/t/$tenant/templates/$template');

export function Template() {
  const { template } = route.useParams();
  const query = useQuery(templateQuery(useTenant(), template));
  return (
    <Loaded query={query}>
      {(data) => (
        <Screen
          title={data.title}
          about={`${PURPOSES[data.purpose]}, version ${data.version}`}
          actions={data.own && <DeleteTemplate template={data} />}
        >
          <section className="card stack" aria-label="About">
            {data.summary && <p>{data.summary}</p>}
            <Sentences title="Reads" sentences={data.reads} />
            <Sentences title="Writes" sentences={data.writes} />
            <Sentences title="Assumes" sentences={data.assumptions} />
            <Sentences title="Who leaves" sentences={data.deletion} />
            <Sentences title="Guards" sentences={data.guards} />
            {data.permissions.map((one) => (
              <details key={one.role}>
                <summary>Permissions in the {one.role}, filled in as the examples say</summary>
                <Permissions permissions={one.permissions} />
              </details>
            ))}
          </section>
          <TemplateForm key={data.id} template={data} />
        </Screen>
      )}
    </Loaded>
  );
}

function DeleteTemplate({ template }: { template: View }) {
  const tenant = useTenant();
  const may = useMay();
  const go = useGo();
  const [asking, setAsking] = useState(false);
  const remove = useAct(
    () =>
      read(
        client.DELETE('/v1/tenants/{tenant}/templates/{template}', {
          params: { path: { tenant, template: template.id }, header: ifMatch(template.version) },
        }),
      ),
    () => go(paths.templates(tenant)),
  );
  return (
    <>
      <Button disabled={!may('configure')} onClick={() => setAsking(true)}>
        Delete
      </Button>
      {asking && (
        <Confirm
          title={`Delete ${template.title}?`}
          yes="Delete the template"
          busy={remove.isPending}
          error={remove.error}
          onYes={() => remove.mutate(undefined)}
          onClose={() => setAsking(false)}
        >
          <p>Profiles that were made from it stay.</p>
        </Confirm>
      )}
    </>
  );
}
