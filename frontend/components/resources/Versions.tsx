// The saved versions of a table or named expression.
import { useQuery } from '@tanstack/react-query';

import { resourceVersionsQuery } from '../../api/queries';
import type { RuleResource } from '../../api/types';
import { Loaded } from '../../ui/Loaded';
import { VersionTable } from '../VersionTable';
import { useTenant } from '../tenant';

export function Versions({ resource, current, onTake }: { resource: string; current: number; onTake: (document: RuleResource) => void }) {
  const versions = useQuery(resourceVersionsQuery(useTenant(), resource));
  return (
    <section className="card stack" aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <Loaded query={versions}>{({ items }) => <VersionTable versions={items} current={current} onTake={(v) => onTake(v.document)} />}</Loaded>
    </section>
  );
}
