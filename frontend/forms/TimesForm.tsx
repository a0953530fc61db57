// What holds for every profile: the time zone of calendars, and whether anything starts by itself.
import { Button, Checkbox, Field, Input } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, ifMatch, read } from '../api/client';
import type { Scheduler } from '../components/schedule/tree';
import { useMay, useTenant } from '../components/tenant';
import { ProblemBar, fieldError } from '../ui/ProblemBar';

export function TimesForm({ scheduler }: { scheduler: Scheduler }) {
  const tenant = useTenant();
  const may = useMay();
  const [zone, setZone] = useState(scheduler.time_zone);
  const [cycles, setCycles] = useState(scheduler.cycles_enabled);
  const [maintenance, setMaintenance] = useState(scheduler.maintenance_enabled);
  const save = useAct(() =>
    read(
      client.PATCH('/v1/tenants/{tenant}/scheduler', {
        params: { path: { tenant }, header: ifMatch(scheduler.version) },
        body: { time_zone: zone.trim(), cycles_enabled: cycles, maintenance_enabled: maintenance },
      }),
    ),
  );
  return (
    <form
      className="card filters"
      aria-label="What holds for every profile"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(undefined);
      }}
    >
      <Field label="Time zone" size="small" validationMessage={fieldError(save.error, '/time_zone')}>
        <Input size="small" value={zone} onChange={(_, data) => setZone(data.value)} />
      </Field>
      <Checkbox label="Cycles start by themselves" checked={cycles} onChange={(_, data) => setCycles(data.checked === true)} />
      <Checkbox
        label="Exports go on and graces end by themselves"
        checked={maintenance}
        onChange={(_, data) => setMaintenance(data.checked === true)}
      />
      <Button size="small" type="submit" disabled={!may('run') || save.isPending}>
        Save for every profile
      </Button>
      <ProblemBar error={save.error} />
    </form>
  );
}
