// One lookup table or named expression.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { resourceQuery } from '../api/queries';
import { ResourceEditor } from '../components/resources/ResourceEditor';
import { useTenant } from '../components/tenant';
import { Loaded } from '../ui/Loaded';

const route = getRouteApi('/t/$tenant/tables/$resource');

export function Resource() {
  const { resource } = route.useParams();
  const query = useQuery(resourceQuery(useTenant(), resource));
  return <Loaded query={query}>{(data) => <ResourceEditor key={`${data.id} ${data.version}`} start={data.document} saved={data} />}</Loaded>;
}
