// The single-object report: the object as imported, the metaverse object with where each value
// comes from, its other sides, what is pending, what was said about it.
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

import { objectQuery } from '../api/queries';
import type { MetaverseView, ObjectReport } from '../api/types';
import { MessageTable } from '../components/MessageTable';
import { OperationDetail } from '../components/operations';
import { useNames, useTenant } from '../components/tenant';
import { AppLink } from '../ui/AppLink';
import { Facts } from '../ui/Facts';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { words } from '../util/format';
import { paths } from '../util/paths';

export function ObjectPage() {
  const tenant = useTenant();
  const { object } = useParams({ from: '/t/$tenant/objects/$object' });
  const query = useQuery(objectQuery(tenant, object));
  return <Loaded query={query}>{(report) => <Report report={report} />}</Loaded>;
}

const values = (of: { values: string[]; count: number }) => (
  <>
    {of.values.map((value, i) => (
      <div key={`${i} ${value}`} className="break">
        {value}
      </div>
    ))}
    {of.count > of.values.length && <span className="muted">and {of.count - of.values.length} more</span>}
  </>
);

export function Report({ report }: { report: ObjectReport }) {
  const tenant = useTenant();
  const name = useNames();
  const intended = new Map(report.intended.map((attribute) => [attribute.name, attribute]));
  return (
    <Screen title={report.name} about={`${report.type} in ${name(report.directory)}`}>
      <Facts
        facts={[
          report.dn ? ['Distinguished name', report.dn] : ['Id', report.anchor ?? 'none yet'],
          ['State', words(report.state)],
          ['Came to be', words(report.provenance)],
          ['Pending import', words(report.pending_import)],
          ['Link', report.link ? words(report.link.kind) : 'not linked'],
          ['Sent, not yet confirmed', String(report.unconfirmed)],
        ]}
      />
      {report.pending_export && (
        <section className="card stack" aria-label="Pending export">
          <OperationDetail operation={report.pending_export} />
        </section>
      )}
      <div className="columns">
        <section className="card stack" aria-labelledby="attributes">
          <h2 id="attributes">As imported</h2>
          <Table
            label="Attributes as imported"
            rows={report.attributes}
            id={(attribute) => attribute.name}
            empty="No attribute was imported."
            columns={[
              { title: 'Attribute', cell: (attribute) => attribute.name },
              { title: 'Value', cell: values },
              ...(intended.size > 0
                ? [
                    {
                      title: 'Intended',
                      cell: (attribute: ObjectReport['attributes'][number]) => {
                        const wanted = intended.get(attribute.name);
                        return wanted ? values(wanted) : '';
                      },
                    },
                  ]
                : []),
            ]}
          />
        </section>
        {report.metaverse && <Metaverse metaverse={report.metaverse} here={report.id} />}
      </div>
      <section className="card stack" aria-labelledby="messages">
        <h2 id="messages">Messages</h2>
        <MessageTable tenant={tenant} messages={report.messages} />
      </section>
    </Screen>
  );
}

function Metaverse({ metaverse, here }: { metaverse: MetaverseView; here: string }) {
  const tenant = useTenant();
  const name = useNames();
  return (
    <section className="card stack" aria-labelledby="metaverse">
      <h2 id="metaverse">Metaverse {metaverse.type}</h2>
      <Table
        label="Metaverse attributes"
        rows={metaverse.attributes}
        id={(attribute) => attribute.name}
        empty="No value."
        columns={[
          { title: 'Attribute', cell: (attribute) => attribute.name },
          { title: 'Value', cell: values },
          {
            title: 'Comes from',
            cell: (attribute) => (
              <>
                {attribute.source}
                {attribute.rule && <code className="block muted break">{attribute.rule}</code>}
              </>
            ),
          },
        ]}
      />
      <h3>Linked objects</h3>
      <ul className="plain">
        {metaverse.links.map((link) => (
          <li key={link.id}>
            {link.id === here ? link.name : <AppLink to={paths.object(tenant, link.id)}>{link.name}</AppLink>}{' '}
            <span className="muted">
              {link.type} in {name(link.directory)}
              {link.id === here && ', this object'}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
