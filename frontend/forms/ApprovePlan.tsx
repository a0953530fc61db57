// Approves exactly the plan that was shown.
import { Checkbox, Field, Radio, RadioGroup, Textarea } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import type { Schemas, WhatIf } from '../api/types';
import { Forecasts } from '../components/WhatIfSummary';
import { useTenant } from '../components/tenant';
import { useGo } from '../ui/AppLink';
import { Confirm } from '../ui/Confirm';
import { plural, short } from '../util/format';
import { paths, withSearch } from '../util/paths';

type Props = { whatIf: WhatIf; planHash: string; total: number; onClose: () => void };

export function ApprovePlan({ whatIf, planHash, total, onClose }: Props) {
  const tenant = useTenant();
  const go = useGo();
  const [note, setNote] = useState('');
  const [then, setThen] = useState<Schemas['Then'] | 'profile'>('profile');
  const [now, setNow] = useState(true);
  const approve = useAct(
    () =>
      read(
        client.POST('/v1/tenants/{tenant}/what-ifs/{what_if}/approve', {
          params: { path: { tenant, what_if: whatIf.id } },
          body: { plan_hash: planHash, note: note.trim() || null, then: then === 'profile' ? null : then, export_now: now },
        }),
      ),
    ({ cycle }) => {
      onClose();
      if (cycle) go(withSearch(paths.runs(tenant), { cycle }));
    },
  );
  return (
    <Confirm
      title={`Approve ${plural(total, 'change')}?`}
      yes="Approve"
      busy={approve.isPending}
      error={approve.error}
      onYes={() => approve.mutate(undefined)}
      onClose={onClose}
    >
      <p>
        Exactly these go, and nothing else. They are known as plan <code>{short(planHash)}</code>; if anything changes before, the approval
        is refused or withdrawn.
      </p>
      <Forecasts forecasts={whatIf.forecasts} />
      <Field label="Note for the record">
        <Textarea value={note} onChange={(_, data) => setNote(data.value)} />
      </Field>
      <Field label="When all of it is sent">
        <RadioGroup value={then} onChange={(_, data) => setThen(data.value as typeof then)}>
          <Radio value="profile" label="As the profile says" />
          <Radio value="live" label="Live: later changes go by themselves, within the guards" />
          <Radio value="hold" label="Hold: the next changes need an approval again" />
        </RadioGroup>
      </Field>
      <Checkbox checked={now} onChange={(_, data) => setNow(data.checked === true)} label="Export now" />
    </Confirm>
  );
}
