// Saved versions, newest first; an older one can be taken back into the editor.
import { Button } from '@fluentui/react-components';

import { type Column, Table } from '../ui/Table';
import { time } from '../util/format';

type Saved = { version: number; saved_by: string; saved_at: string };
type Props<V extends Saved> = { versions: V[]; current: number; more?: Column<V>[]; onTake: (version: V) => void };

export function VersionTable<V extends Saved>({ versions, current, more = [], onTake }: Props<V>) {
  return (
    <Table
      label="Versions"
      rows={versions}
      id={(version) => String(version.version)}
      empty="No version."
      columns={[
        { title: 'Version', cell: (v) => v.version, numeric: true },
        { title: 'Saved', cell: (v) => time(v.saved_at) },
        { title: 'By', cell: (v) => v.saved_by },
        ...more,
        {
          title: 'Change',
          cell: (v) =>
            v.version === current ? (
              'Saved now'
            ) : (
              <Button size="small" aria-label={`Edit version ${v.version} again`} onClick={() => onTake(v)}>
                Edit again
              </Button>
            ),
        },
      ]}
    />
  );
}
