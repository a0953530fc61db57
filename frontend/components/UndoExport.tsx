// Asks what would undo an export: a what-if for each profile that it sent something for, to be read and not to be sent.
import { Button } from '@fluentui/react-components';

import { useAct } from '../api/act';
import { client, readPage } from '../api/client';
import type { Run, WhatIf } from '../api/types';
import { useGo } from '../ui/AppLink';
import { ProblemBar } from '../ui/ProblemBar';
import { paths } from '../util/paths';
import { useMay, useTenant } from './tenant';

export function UndoExport({ run }: { run: Run }) {
  const tenant = useTenant();
  const may = useMay();
  const go = useGo();
  const undo = useAct(
    (_: void, header) => readPage<WhatIf>(client.POST('/v1/tenants/{tenant}/runs/{run}/undo', { params: { path: { tenant, run: run.id }, header } })),
    ({ items: [first, ...others] }) => {
      if (first) return go(others.length > 0 ? paths.whatIfs(tenant) : paths.whatIf(tenant, first.id));
    },
  );
  return (
    <div className="stack">
      <div>
        <Button size="small" disabled={!may('run') || undo.isPending} onClick={() => undo.mutate()}>
          What would undo it
        </Button>
      </div>
      <ProblemBar error={undo.error} />
    </div>
  );
}
