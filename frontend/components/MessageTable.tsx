// Messages with their code, their object and how often they were said.
import type { Message } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { Table } from '../ui/Table';
import { count, time } from '../util/format';
import { paths, withSearch } from '../util/paths';
import { SeverityState } from './messages';
import { useNames } from './tenant';

export function MessageTable({ tenant, messages }: { tenant: string; messages: Message[] }) {
  const name = useNames();
  const detail = (m: Message) => withSearch(paths.messages(tenant), { open: m.id, closed: m.open ? undefined : true });
  return (
    <Table
      label="Messages"
      rows={messages}
      id={(message) => message.id}
      empty="No message."
      columns={[
        { title: 'Severity', cell: (m) => <SeverityState severity={m.severity} /> },
        {
          title: 'Code',
          cell: (m) => (
            <AppLink to={detail(m)}>
              <code>{m.code}</code>
            </AppLink>
          ),
        },
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
