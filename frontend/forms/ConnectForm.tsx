// Name and kind of a directory; what its imports read comes later, on its own screen.
import { Button, Field, Input, Select } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import type { Schemas } from '../api/types';
import { useMay, useTenant } from '../components/tenant';
import { useGo } from '../ui/AppLink';
import { ProblemBar, fieldError } from '../ui/ProblemBar';
import { paths } from '../util/paths';

const KINDS: Record<Schemas['DirectoryKind'], string> = { 'active-directory': 'Active Directory', openldap: 'OpenLDAP' };

export function ConnectForm() {
  const tenant = useTenant();
  const may = useMay();
  const go = useGo();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Schemas['DirectoryKind']>('active-directory');
  const connect = useAct(
    (_: void, header) =>
      read(client.POST('/v1/tenants/{tenant}/directories', { params: { path: { tenant }, header }, body: { name: name.trim(), kind } })),
    (directory) => go(paths.directory(tenant, directory.id)),
  );
  return (
    <form
      className="card stack narrow"
      onSubmit={(event) => {
        event.preventDefault();
        connect.mutate();
      }}
    >
      <Field label="Name" required validationMessage={fieldError(connect.error, '/name')}>
        <Input value={name} onChange={(_, data) => setName(data.value)} maxLength={100} autoComplete="off" />
      </Field>
      <Field label="Kind">
        <Select value={kind} onChange={(_, data) => setKind(data.value as Schemas['DirectoryKind'])}>
          {Object.entries(KINDS).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </Select>
      </Field>
      <ProblemBar error={connect.error} />
      <div className="actions">
        <Button type="submit" appearance="primary" disabled={name.trim() === '' || connect.isPending || !may('configure')}>
          Connect
        </Button>
      </div>
    </form>
  );
}
