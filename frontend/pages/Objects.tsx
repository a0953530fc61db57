// Search for objects of one directory or of all.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { directoriesQuery, objectsQuery } from '../api/queries';
import type { Schemas } from '../api/types';
import { Choice, Typed } from '../components/OperationsView';
import { useNames, useTenant } from '../components/tenant';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { paths } from '../util/paths';
import { Named } from './Messages';

type ObjectSummary = Schemas['ObjectSummary'];

const route = getRouteApi('/t/$tenant/objects');

export function Objects() {
  const tenant = useTenant();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const directories = useQuery(directoriesQuery(tenant));
  const objects = useInfiniteQuery(objectsQuery(tenant, search));
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const types = [...new Set((directories.data?.items ?? []).flatMap((d) => d.counts.map((c) => c.type)))].sort();
  return (
    <Screen title="Objects">
      <div className="filters" role="search">
        <Typed label="Name or value" value={search.query} onChange={(query) => set({ query })} />
        <Named label="Directory" value={search.directory} options={directories.data?.items ?? []} onChange={(directory) => set({ directory })} />
        <Choice label="Type" value={search.type} options={types} onChange={(type) => set({ type })} />
      </div>
      <Loaded query={objects}>
        {(data) => <ObjectTable tenant={tenant} objects={data.pages.flatMap((page) => page.items)} />}
      </Loaded>
      <More query={objects} />
    </Screen>
  );
}

/** Objects by their place: a distinguished name, or the id where the directory has no names. */
export function ObjectTable({ tenant, objects }: { tenant: string; objects: ObjectSummary[] }) {
  const name = useNames();
  const named = objects.filter((object) => object.dn).length;
  const place = named === objects.length ? 'Distinguished name' : named === 0 ? 'Id' : 'Distinguished name or id';
  return (
    <Table
      label="Objects"
      rows={objects}
      id={(object) => object.id}
      empty="No object matches. Search for another name, or import a directory."
      columns={[
        { title: 'Name', cell: (o) => <AppLink to={paths.object(tenant, o.id)}>{o.name}</AppLink> },
        { title: 'Type', cell: (o) => o.type },
        { title: 'Directory', cell: (o) => name(o.directory) },
        { title: place, cell: (o) => <span className="break">{o.dn ?? o.anchor}</span> },
        { title: 'Linked', cell: (o) => (o.metaverse_object ? 'Yes' : 'No') },
      ]}
    />
  );
}
