// Accounts whose initial password nobody has yet, to choose from.
import { Checkbox } from '@fluentui/react-components';

import type { PasswordHandover } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { Table } from '../ui/Table';
import { time } from '../util/format';
import { paths } from '../util/paths';
import { useNames } from './tenant';

const STATES: Record<PasswordHandover['state'], string> = {
  waiting: 'Waits to be collected',
  expired: 'Not collected in time',
  undelivered: 'Not delivered',
};

type Props = {
  tenant: string;
  rows: PasswordHandover[];
  picked: readonly string[];
  /** Absent for who may only look. */
  onPick?: (picked: readonly string[]) => void;
};

export function PasswordTable({ tenant, rows, picked, onPick }: Props) {
  const name = useNames();
  return (
    <Table
      label="Passwords to hand over"
      rows={rows}
      id={(row) => row.object}
      empty="Every password was handed over."
      columns={[
        {
          title: 'Choose',
          cell: (row) => (
            <Checkbox
              aria-label={`Choose ${row.name}`}
              disabled={!onPick}
              checked={picked.includes(row.object)}
              onChange={(_, { checked }) => onPick?.(checked ? [...picked, row.object] : picked.filter((object) => object !== row.object))}
            />
          ),
        },
        { title: 'Account', cell: (row) => <AppLink to={paths.object(tenant, row.object)}>{row.name}</AppLink> },
        { title: 'In', cell: (row) => name(row.directory) },
        { title: 'State', cell: (row) => STATES[row.state] },
        {
          title: 'Recipient',
          cell: (row) => (
            <>
              {row.recipient.name} <code className="break">{row.fingerprint}</code>
            </>
          ),
        },
        { title: 'Account stays disabled', cell: (row) => (row.disabled_until_handed_over ? 'Until then' : 'No') },
        { title: 'Since', cell: (row) => time(row.made_at) },
        { title: 'Until', cell: (row) => time(row.ends_at) },
      ]}
    />
  );
}
