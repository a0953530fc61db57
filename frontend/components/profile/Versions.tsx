// The saved versions of a profile, newest first; an older one can be taken back into the editor.
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';

import { versionsQuery } from '../../api/queries';
import type { Profile } from '../../api/types';
import { Loaded } from '../../ui/Loaded';
import { Table } from '../../ui/Table';
import { short, time } from '../../util/format';
import { useTenant } from '../tenant';

export function Versions({ profile, current, onTake }: { profile: string; current: number; onTake: (document: Profile) => void }) {
  const tenant = useTenant();
  const versions = useQuery(versionsQuery(tenant, profile));
  return (
    <section className="card stack" aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <Loaded query={versions}>
        {({ items }) => (
          <Table
            label="Versions"
            rows={items}
            id={(version) => String(version.version)}
            empty="No version."
            columns={[
              { title: 'Version', cell: (v) => v.version, numeric: true },
              { title: 'Saved', cell: (v) => time(v.saved_at) },
              { title: 'By', cell: (v) => v.saved_by },
              { title: 'Configuration', cell: (v) => <code>{short(v.config_hash)}</code> },
              {
                title: 'Change',
                cell: (v) =>
                  v.version === current ? (
                    'Saved now'
                  ) : (
                    <Button size="small" aria-label={`Edit version ${v.version} again`} onClick={() => onTake(v.document)}>
                      Edit again
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}
