// The saved versions of a profile.
import { useQuery } from '@tanstack/react-query';

import { versionsQuery } from '../../api/queries';
import type { Profile } from '../../api/types';
import { Loaded } from '../../ui/Loaded';
import { short } from '../../util/format';
import { VersionTable } from '../VersionTable';
import { useTenant } from '../tenant';

export function Versions({ profile, current, onTake }: { profile: string; current: number; onTake: (document: Profile) => void }) {
  const tenant = useTenant();
  const versions = useQuery(versionsQuery(tenant, profile));
  return (
    <section className="card stack" aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <Loaded query={versions}>
        {({ items }) => (
          <VersionTable
            versions={items}
            current={current}
            more={[{ title: 'Configuration', cell: (v) => <code>{short(v.config_hash)}</code> }]}
            onTake={(v) => onTake(v.document)}
          />
        )}
      </Loaded>
    </section>
  );
}
