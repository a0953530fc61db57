// Organisation and tenant name.
import { Button, Field, Input } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import { useGo } from '../ui/AppLink';
import { ProblemBar, fieldError } from '../ui/ProblemBar';
import { paths } from '../util/paths';

export function SignUpForm() {
  const go = useGo();
  const [organisation, setOrganisation] = useState('');
  const [name, setName] = useState('');
  const signUp = useAct(
    (_: void, header) =>
      read(
        client.POST('/v1/tenants', {
          params: { header },
          body: { organisation: organisation.trim(), name: name.trim() || undefined },
        }),
      ),
    (tenant) => go(paths.home(tenant.id)),
  );
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        signUp.mutate();
      }}
    >
      <Field label="Organisation" required validationMessage={fieldError(signUp.error, '/organisation')}>
        <Input value={organisation} onChange={(_, data) => setOrganisation(data.value)} maxLength={100} autoComplete="organization" />
      </Field>
      <Field label="Tenant name" hint="The organisation's name when left empty" validationMessage={fieldError(signUp.error, '/name')}>
        <Input value={name} onChange={(_, data) => setName(data.value)} maxLength={100} autoComplete="off" />
      </Field>
      <ProblemBar error={signUp.error} />
      <Button type="submit" appearance="primary" disabled={organisation.trim() === '' || signUp.isPending}>
        Create tenant
      </Button>
    </form>
  );
}
