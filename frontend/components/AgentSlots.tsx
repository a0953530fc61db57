// The agents of a directory: new slots with their one-time key, fingerprints to confirm, revocation.
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import { agentsQuery } from '../api/queries';
import type { Agent, Directory, EnrolmentKey } from '../api/types';
import { ConfirmFingerprint } from '../forms/ConfirmFingerprint';
import { Confirm } from '../ui/Confirm';
import { Loaded } from '../ui/Loaded';
import { ProblemBar } from '../ui/ProblemBar';
import { State, type Tone } from '../ui/State';
import { Table } from '../ui/Table';
import { time } from '../util/format';
import { EnrolmentSteps } from './EnrolmentSteps';
import { useMay, useTenant } from './tenant';

export function agentState(agent: Agent): { tone: Tone; text: string } {
  switch (agent.state) {
    case 'slot':
      return { tone: 'wait', text: 'Waits for its host' };
    case 'awaiting-confirmation':
      return { tone: 'wait', text: 'Confirm its fingerprint' };
    case 'confirmed':
      return agent.connected ? { tone: 'good', text: 'Connected' } : { tone: 'bad', text: 'Offline' };
    case 'quarantined':
      return { tone: 'bad', text: 'Quarantined' };
    case 'revoked':
      return { tone: 'plain', text: 'Revoked' };
  }
}

export function AgentSlots({ directory }: { directory: Directory }) {
  const tenant = useTenant();
  const may = useMay();
  const agents = useQuery(agentsQuery(tenant));
  const [shown, setShown] = useState<EnrolmentKey>();
  const [revoking, setRevoking] = useState<Agent>();
  const add = useAct(
    (_: void, header) =>
      read(
        client.POST('/v1/tenants/{tenant}/directories/{directory}/agents', { params: { path: { tenant, directory: directory.id }, header } }),
      ),
    setShown,
  );
  return (
    <section className="card stack" aria-labelledby="agents">
      <div className="head">
        <h2 id="agents">Agents</h2>
        <Button disabled={!may('manage-agents') || add.isPending} onClick={() => add.mutate()}>
          Add an agent
        </Button>
      </div>
      <ProblemBar error={add.error} />
      {shown && <EnrolmentSteps directory={directory} enrolment={shown} onDone={() => setShown(undefined)} />}
      <Loaded query={agents}>
        {({ items }) => {
          const mine = items.filter((agent) => agent.directory === directory.id);
          return (
            <>
              <AgentTable agents={mine} onRevoke={may('manage-agents') ? setRevoking : undefined} />
              {mine
                .filter((agent) => agent.state === 'awaiting-confirmation')
                .map((agent) => (
                  <ConfirmFingerprint key={agent.id} agent={agent} />
                ))}
            </>
          );
        }}
      </Loaded>
      {revoking && <Revoke agent={revoking} onClose={() => setRevoking(undefined)} />}
    </section>
  );
}

export function AgentTable({ agents, onRevoke }: { agents: Agent[]; onRevoke?: (agent: Agent) => void }) {
  const writes = (agent: Agent) => (agent.writes_enabled == null ? '' : agent.writes_enabled ? 'Allowed by its host' : 'Read-only by its host');
  return (
    <Table
      label="Agents"
      rows={agents}
      id={(agent) => agent.id}
      empty="No agent serves this directory yet. Add one and run it inside the network of the directory."
      columns={[
        { title: 'Host', cell: (agent) => agent.computer ?? 'not enrolled' },
        { title: 'State', cell: (agent) => <State {...agentState(agent)} /> },
        { title: 'Credential', cell: (agent) => agent.credential ?? '' },
        { title: 'Writes', cell: writes },
        { title: 'Version', cell: (agent) => agent.version ?? '' },
        { title: 'Last seen', cell: (agent) => time(agent.last_seen_at) },
        {
          title: 'Actions',
          cell: (agent) =>
            onRevoke && agent.state !== 'revoked' ? (
              <Button size="small" onClick={() => onRevoke(agent)}>
                Revoke
              </Button>
            ) : (
              ''
            ),
        },
      ]}
    />
  );
}

function Revoke({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const tenant = useTenant();
  const revoke = useAct(
    () => read(client.POST('/v1/tenants/{tenant}/agents/{agent}/revoke', { params: { path: { tenant, agent: agent.id } } })),
    onClose,
  );
  return (
    <Confirm
      title="Revoke this agent?"
      yes="Revoke for good"
      busy={revoke.isPending}
      error={revoke.error}
      onYes={() => revoke.mutate(undefined)}
      onClose={onClose}
    >
      <p>
        {agent.computer ?? 'The slot'} is cut off at once and cannot come back. A new agent needs a new key.
      </p>
    </Confirm>
  );
}
