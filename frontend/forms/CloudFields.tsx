// Where a directory tenant of Entra ID is, and which application of it we are.
import { Field, Input, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';

import { cloudsQuery } from '../api/queries';
import type { Schemas } from '../api/types';
import { useTenant } from '../components/tenant';
import { fieldError } from '../ui/ProblemBar';

type Connection = Schemas['CloudConnection'];
type Props = { cloud: Connection; onChange: (cloud: Connection) => void; error: unknown };

export function CloudFields({ cloud, onChange, error }: Props) {
  const clouds = useQuery(cloudsQuery(useTenant()));
  const chosen = clouds.data?.items.find((one) => one.name === cloud.cloud);
  const message = (field: keyof Connection) => fieldError(error, `/settings/cloud/${field}`);
  return (
    <>
      <Field
        label="Cloud"
        hint={chosen?.simulated ? `${chosen.label}: a stand-in on the service's own machine, no cloud of Microsoft's` : undefined}
        validationMessage={message('cloud')}
      >
        <Select value={cloud.cloud} onChange={(_, data) => onChange({ ...cloud, cloud: data.value })}>
          {clouds.data?.items.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Directory (tenant) ID" required hint="From the overview page of the app registration" validationMessage={message('tenant')}>
        <Input value={cloud.tenant} onChange={(_, data) => onChange({ ...cloud, tenant: data.value })} autoComplete="off" />
      </Field>
      <Field label="Application (client) ID" required hint="A registration of its own for Syncline" validationMessage={message('client_id')}>
        <Input value={cloud.client_id} onChange={(_, data) => onChange({ ...cloud, client_id: data.value })} autoComplete="off" />
      </Field>
    </>
  );
}
