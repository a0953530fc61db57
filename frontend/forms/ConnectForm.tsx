// Name and kind of a directory, and where a cloud directory is; what its imports read comes later, on its own screen.
import { Button, Field, Input, Select } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import type { Schemas } from '../api/types';
import { useMay, useTenant } from '../components/tenant';
import { useGo } from '../ui/AppLink';
import { ProblemBar, fieldError } from '../ui/ProblemBar';
import { KINDS } from '../util/kinds';
import { paths } from '../util/paths';
import { CloudFields } from './CloudFields';

/** What a new cloud directory's imports read; its own screen changes it. */
const USUAL = { containers: [], types: [], attributes: [], page_size: 1000, shrink_guard_percent: 10, shrink_guard_objects: 20, shrink_guard_empty: true, contest_limit: 3, poll_seconds: 120, file: null, after_export: null };

export function ConnectForm() {
  const tenant = useTenant();
  const may = useMay();
  const go = useGo();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Schemas['DirectoryKind']>('active-directory');
  const [cloud, setCloud] = useState<Schemas['CloudConnection']>({ cloud: 'global', tenant: '', client_id: '' });
  const isCloud = kind === 'entra-id';
  const place = { ...cloud, tenant: cloud.tenant.trim(), client_id: cloud.client_id.trim() };
  const settings = isCloud ? { ...USUAL, cloud: place } : undefined;
  const isComplete = name.trim() !== '' && (!isCloud || (cloud.tenant.trim() !== '' && cloud.client_id.trim() !== ''));
  const connect = useAct(
    (_: void, header) =>
      read(
        client.POST('/v1/tenants/{tenant}/directories', {
          params: { path: { tenant }, header },
          body: { name: name.trim(), kind, settings },
        }),
      ),
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
      {isCloud && <CloudFields cloud={cloud} onChange={setCloud} error={connect.error} />}
      <ProblemBar error={connect.error} />
      <div className="actions">
        <Button type="submit" appearance="primary" disabled={!isComplete || connect.isPending || !may('configure')}>
          Connect
        </Button>
      </div>
    </form>
  );
}
