// Messages with their code, their object and how often they were said.
import type { Message, Schemas } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { State, type Tone } from '../ui/State';
import { Table } from '../ui/Table';
import { count, time } from '../util/format';
import { paths } from '../util/paths';
import { useNames } from './tenant';

const TONE: Record<Schemas['Severity'], Tone> = { info: 'plain', warning: 'wait', error: 'bad' };

export function MessageTable({ tenant, messages }: { tenant: string; messages: Message[] }) {
  const name = useNames();
  return (
    <Table
      label="Messages"
      rows={messages}
      id={(message) => message.id}
      empty="No message."
      columns={[
        { title: 'Severity', cell: (m) => <State tone={TONE[m.severity]} name={m.severity} /> },
        { title: 'Code', cell: (m) => <code>{m.code}</code> },
        { title: 'Object', cell: (m) => (m.object ? <AppLink to={paths.object(tenant, m.object)}>{m.name ?? m.object}</AppLink> : (m.name ?? '')) },
        { title: 'Message', cell: (m) => m.text },
        { title: 'Where', cell: (m) => [name(m.directory), name(m.profile)].filter(Boolean).join(', ') },
        { title: 'Times', cell: (m) => count(m.count), numeric: true },
        { title: 'Last', cell: (m) => (m.run ? <AppLink to={paths.run(tenant, m.run)}>{time(m.last_at)}</AppLink> : time(m.last_at)) },
        { title: 'Holds', cell: (m) => (m.open ? 'Still' : 'No longer') },
      ]}
    />
  );
}
