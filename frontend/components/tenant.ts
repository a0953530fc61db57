// The tenant of the address, and what the signed-in person may do in it.
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

import { directoriesQuery, meQuery, profilesQuery } from '../api/queries';
import type { Directory, Right } from '../api/types';

export function useTenant(): string {
  const { tenant } = useParams({ strict: false });
  if (!tenant) throw new Error('this screen belongs to a tenant');
  return tenant;
}

/** Whether a right is held; unknown until the answer is there, then exact. */
export function useMay(): (right: Right) => boolean {
  const tenant = useTenant();
  const me = useQuery(meQuery);
  const rights = me.data?.memberships.find((membership) => membership.tenant === tenant)?.rights ?? [];
  return (right) => rights.includes(right);
}

/** The directory of an id, once the list is there. */
export function useDirectory(id: string): Directory | undefined {
  const directories = useQuery(directoriesQuery(useTenant()));
  return directories.data?.items.find((one) => one.id === id);
}

/** Names of directories and profiles for ids in lists; a simulated cloud directory is named as one. */
export function useNames(): (id: string | null | undefined) => string {
  const tenant = useTenant();
  const directories = useQuery(directoriesQuery(tenant));
  const profiles = useQuery(profilesQuery(tenant));
  return (id) => {
    if (!id) return '';
    const directory = directories.data?.items.find((one) => one.id === id);
    if (directory?.cloud?.simulated) return `${directory.name} (${directory.cloud.label})`;
    return directory?.name ?? profiles.data?.items.find((one) => one.id === id)?.name ?? id;
  };
}
