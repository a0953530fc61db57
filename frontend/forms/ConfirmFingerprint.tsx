// Confirms that the agent that came with the key is the one on the host: by the fingerprint that
// the host printed, typed or pasted here.
import { Button, Field, Input } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import type { Agent } from '../api/types';
import { useMay, useTenant } from '../components/tenant';
import { ProblemBar } from '../ui/ProblemBar';

export function ConfirmFingerprint({ agent }: { agent: Agent }) {
  const tenant = useTenant();
  const may = useMay();
  const [fingerprint, setFingerprint] = useState('');
  const confirm = useAct(() =>
    read(
      client.POST('/v1/tenants/{tenant}/agents/{agent}/confirm', {
        params: { path: { tenant, agent: agent.id } },
        body: { fingerprint: fingerprint.trim() },
      }),
    ),
  );
  return (
    <form
      className="notice stack"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate(undefined);
      }}
    >
      <h3>Confirm {agent.computer ?? 'the new agent'}</h3>
      <p>
        It says its fingerprint is <code className="break">{agent.fingerprint}</code>
      </p>
      <Field label="Fingerprint that the host printed" hint="Spaces, colons and case do not count">
        <Input value={fingerprint} onChange={(_, data) => setFingerprint(data.value)} autoComplete="off" spellCheck={false} />
      </Field>
      <ProblemBar error={confirm.error} />
      <div className="actions">
        <Button type="submit" appearance="primary" disabled={fingerprint.trim() === '' || confirm.isPending || !may('manage-agents')}>
          Confirm
        </Button>
      </div>
    </form>
  );
}
