// A tenant that is being set up: how far it is, until it is active.
import { Spinner } from '@fluentui/react-components';

import type { Tenant } from '../api/types';
import { ProblemBar } from '../ui/ProblemBar';
import { Screen } from '../ui/Screen';
import { Table } from '../ui/Table';
import { time, words } from '../util/format';

export function Provisioning({ tenant, error }: { tenant: Tenant | undefined; error: unknown }) {
  if (!tenant) return error ? <ProblemBar error={error} /> : <Spinner label="Loading" className="loading" />;
  return (
    <Screen title={`Setting up ${tenant.name}`} about={words(tenant.state)}>
      <div role="status" className="stack">
        <Spinner
          size="small"
          labelPosition="after"
          label={tenant.reason ?? 'Its database, keys and process are being made. This takes a few seconds.'}
        />
      </div>
      {tenant.steps && tenant.steps.length > 0 && (
        <Table
          label="Steps"
          rows={tenant.steps}
          id={(step) => `${step.generation} ${step.step} ${step.at}`}
          empty=""
          columns={[
            { title: 'Step', cell: (step) => words(step.step) },
            { title: 'Outcome', cell: (step) => words(step.outcome) },
            { title: 'When', cell: (step) => time(step.at) },
          ]}
        />
      )}
    </Screen>
  );
}
