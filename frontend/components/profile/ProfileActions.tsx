// What can be done with a profile: save, compute a what-if, synchronise, delete.
import { Button } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../../api/act';
import { client, ifMatch, read } from '../../api/client';
import type { Profile, ProfileView } from '../../api/types';
import { SaveTemplate } from '../../forms/SaveTemplate';
import { useGo } from '../../ui/AppLink';
import { Confirm } from '../../ui/Confirm';
import { ProblemBar } from '../../ui/ProblemBar';
import { paths, withSearch } from '../../util/paths';
import { useMay, useTenant } from '../tenant';

type Props = { profile: ProfileView; draft: Profile; dirty: boolean; sound: boolean };

export function ProfileActions({ profile, draft, dirty, sound }: Props) {
  const tenant = useTenant();
  const may = useMay();
  const go = useGo();
  const [deleting, setDeleting] = useState(false);
  const [keeping, setKeeping] = useState(false);
  const path = { tenant, profile: profile.id };
  const save = useAct(() =>
    read(
      client.PUT('/v1/tenants/{tenant}/profiles/{profile}', { params: { path, header: ifMatch(profile.version) }, body: draft }),
    ),
  );
  const whatIf = useAct(
    (_: void, header) => read(client.POST('/v1/tenants/{tenant}/what-ifs', { params: { path: { tenant }, header }, body: { profile: profile.id } })),
    ({ id }) => go(paths.whatIf(tenant, id)),
  );
  const sync = useAct(
    (_: void, header) => read(client.POST('/v1/tenants/{tenant}/profiles/{profile}/sync', { params: { path, header } })),
    ({ id }) => go(withSearch(paths.runs(tenant), { cycle: id })),
  );
  const remove = useAct(
    () => read(client.DELETE('/v1/tenants/{tenant}/profiles/{profile}', { params: { path, header: ifMatch(profile.version) } })),
    () => go(paths.profiles(tenant)),
  );
  return (
    <>
      <ProblemBar error={save.error ?? whatIf.error ?? sync.error} />
      <Button disabled={!may('configure')} onClick={() => setDeleting(true)}>
        Delete
      </Button>
      <Button disabled={dirty || !may('configure')} onClick={() => setKeeping(true)}>
        Save as a template
      </Button>
      <Button disabled={dirty || sync.isPending || !may('run')} onClick={() => sync.mutate()}>
        Synchronise now
      </Button>
      <Button disabled={dirty || whatIf.isPending || !may('run')} onClick={() => whatIf.mutate()}>
        Compute a what-if
      </Button>
      <Button appearance="primary" disabled={!dirty || !sound || save.isPending || !may('configure')} onClick={() => save.mutate(undefined)}>
        Save a version
      </Button>
      {keeping && <SaveTemplate profile={profile} onClose={() => setKeeping(false)} />}
      {deleting && (
        <Confirm
          title={`Delete ${profile.name}?`}
          yes="Delete the profile"
          busy={remove.isPending}
          error={remove.error}
          onYes={() => remove.mutate(undefined)}
          onClose={() => setDeleting(false)}
        >
          <p>Objects it created stay where they are.</p>
        </Confirm>
      )}
    </>
  );
}
