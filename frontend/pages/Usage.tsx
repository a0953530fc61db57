// Metered usage by day and meter: bars to see it, the same numbers as a table.
import { useQuery } from '@tanstack/react-query';

import { usageQuery } from '../api/queries';
import type { Usage as UsageView } from '../api/types';
import { useTenant } from '../components/tenant';
import { Bars } from '../ui/Bars';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { count, words } from '../util/format';

export function Usage() {
  const tenant = useTenant();
  const usage = useQuery(usageQuery(tenant));
  return (
    <Loaded query={usage}>
      {(data) => (
        <Screen title="Usage" about={`${data.from} to ${data.to}, UTC`}>
          <UsageReport usage={data} />
        </Screen>
      )}
    </Loaded>
  );
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

export function UsageReport({ usage }: { usage: UsageView }) {
  const days = daysBetween(usage.from, usage.to);
  return (
    <>
      <Table
        label="Totals"
        rows={usage.totals}
        id={(total) => total.meter}
        empty="Nothing was used yet."
        columns={[
          { title: 'Meter', cell: (total) => words(total.meter) },
          { title: 'Quantity', cell: (total) => count(total.quantity), numeric: true },
          { title: 'Of these billed', cell: (total) => count(total.billable), numeric: true },
          {
            title: 'By day',
            cell: ({ meter }) => {
              const of = (day: string) => usage.days.find((entry) => entry.day === day && entry.meter === meter)?.quantity ?? 0;
              return <Bars label={`${words(meter)} by day`} values={days.map(of)} />;
            },
          },
        ]}
      />
      <section className="card stack" aria-labelledby="days">
        <h2 id="days">Day by day</h2>
        <Table
          label="Usage by day"
          rows={usage.days}
          id={(entry) => `${entry.day} ${entry.meter}`}
          empty="Nothing was used yet."
          columns={[
            { title: 'Day', cell: (entry) => entry.day },
            { title: 'Meter', cell: (entry) => words(entry.meter) },
            { title: 'Quantity', cell: (entry) => count(entry.quantity), numeric: true },
            { title: 'Of these billed', cell: (entry) => count(entry.billable), numeric: true },
          ]}
        />
      </section>
    </>
  );
}
