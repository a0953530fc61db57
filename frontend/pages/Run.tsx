// One run: how it ended and why, what it counted, where the time went, what it sent and said.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { runMessagesQuery, runQuery, runsQuery } from '../api/queries';
import type { Run as RunView } from '../api/types';
import { MessageTable } from '../components/MessageTable';
import { RunTable, took } from '../components/RunTable';
import { SentOperations } from '../components/SentOperations';
import { RunState } from '../components/runs';
import { useMay, useNames, useTenant } from '../components/tenant';
import { AppLink } from '../ui/AppLink';
import { Facts } from '../ui/Facts';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { count, duration, time, words } from '../util/format';
import { paths, withSearch } from '../util/paths';

export function Run() {
  const tenant = useTenant();
  const may = useMay();
  const { run } = useParams({ from: '/t/$tenant/runs/$run' });
  const query = useQuery(runQuery(tenant, run));
  const messages = useInfiniteQuery(runMessagesQuery(tenant, run));
  return (
    <Loaded query={query}>
      {(data) => (
        <Screen title={words(data.kind)} about={<RunState run={data} />}>
          {data.reason && <div className="notice">{data.reason}</div>}
          <RunFacts run={data} />
          {data.kind === 'export' && data.cycle && <Following run={data} cycle={data.cycle} />}
          {data.kind === 'export' && may('read-values') && <SentOperations run={data} />}
          <section className="card stack" aria-labelledby="messages">
            <h2 id="messages">Messages</h2>
            <Loaded query={messages}>
              {(found) => <MessageTable tenant={tenant} messages={found.pages.flatMap((page) => page.items)} />}
            </Loaded>
            <More query={messages} />
            <AppLink to={withSearch(paths.messages(tenant), { run, closed: true })}>In the message log</AppLink>
          </section>
        </Screen>
      )}
    </Loaded>
  );
}

/** What an export brought about: a cycle of Entra Connect is a step of its own that nothing waits for. */
function Following({ run, cycle }: { run: RunView; cycle: string }) {
  const tenant = useTenant();
  const query = useInfiniteQuery(runsQuery(tenant, { cycle }));
  const following = (query.data?.pages ?? []).flatMap((page) => page.items).filter((one) => one.follows === run.id);
  if (following.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="following">
      <h2 id="following">What followed it</h2>
      <RunTable tenant={tenant} runs={following} />
    </section>
  );
}

function RunFacts({ run }: { run: RunView }) {
  const tenant = useTenant();
  const name = useNames();
  const rows = (of: Record<string, number>) => Object.entries(of).map(([key, n]) => ({ key, n }));
  return (
    <div className="columns">
      <section className="card stack" aria-labelledby="facts">
        <h2 id="facts">Run</h2>
        <Facts
          facts={[
            ['Directory', run.directory ? <AppLink key="d" to={paths.directory(tenant, run.directory)}>{name(run.directory)}</AppLink> : 'all of the profile'],
            ['Profile', run.profile ? <AppLink key="p" to={paths.profile(tenant, run.profile)}>{name(run.profile)}</AppLink> : 'none'],
            ...(run.follows ? [['Follows', <AppLink key="f" to={paths.run(tenant, run.follows)}>an export</AppLink>] as [string, ReactNode]] : []),
            ['Started', time(run.started_at)],
            ['Took', took(run) || 'still running'],
            ['Cycle', run.cycle ? <AppLink key="c" to={withSearch(paths.runs(tenant), { cycle: run.cycle })}>All runs of it</AppLink> : 'none'],
          ]}
        />
      </section>
      <section className="card stack" aria-labelledby="counts">
        <h2 id="counts">Counts</h2>
        <Table
          label="Counts"
          rows={rows(run.counts)}
          id={(row) => row.key}
          empty="Nothing counted yet."
          columns={[
            { title: 'What', cell: (row) => words(row.key) },
            { title: 'How many', cell: (row) => count(row.n), numeric: true },
          ]}
        />
      </section>
      <section className="card stack" aria-labelledby="timings">
        <h2 id="timings">Where the time went</h2>
        <Table
          label="Timings"
          rows={rows(run.timings_ms)}
          id={(row) => row.key}
          empty="Not known yet."
          columns={[
            { title: 'Part', cell: (row) => words(row.key.replace(/_ms$/, '')) },
            { title: 'Time', cell: (row) => duration(row.n), numeric: true },
          ]}
        />
      </section>
    </div>
  );
}
