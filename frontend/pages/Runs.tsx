// The latest runs, and why something did not start.
import { Button } from '@fluentui/react-components';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { cyclesQuery, runsQuery } from '../api/queries';
import { Blocked } from '../components/Blocked';
import { RunTable } from '../components/RunTable';
import { useTenant } from '../components/tenant';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { Screen } from '../ui/Screen';

const route = getRouteApi('/t/$tenant/runs');

export function Runs() {
  const tenant = useTenant();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const runs = useInfiniteQuery(runsQuery(tenant, search));
  const cycles = useQuery(cyclesQuery(tenant));
  const filtered = Object.values(search).some(Boolean);
  const cycle = cycles.data?.items.find((c) => !search.cycle || c.id === search.cycle);
  return (
    <Screen
      title="Runs"
      about={filtered ? 'Filtered' : undefined}
      actions={filtered && <Button onClick={() => void navigate({ search: {} })}>Show all runs</Button>}
    >
      {cycle && <Blocked cycle={cycle} />}
      <Loaded query={runs}>{(data) => <RunTable tenant={tenant} runs={data.pages.flatMap((page) => page.items)} />}</Loaded>
      <More query={runs} />
    </Screen>
  );
}
