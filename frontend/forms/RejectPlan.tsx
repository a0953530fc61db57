// Rejects a plan: nothing of it is sent.
import { Field, Textarea } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import type { WhatIf } from '../api/types';
import { useTenant } from '../components/tenant';
import { Confirm } from '../ui/Confirm';

export function RejectPlan({ whatIf, onClose }: { whatIf: WhatIf; onClose: () => void }) {
  const tenant = useTenant();
  const [note, setNote] = useState('');
  const reject = useAct(
    () =>
      read(
        client.POST('/v1/tenants/{tenant}/what-ifs/{what_if}/reject', {
          params: { path: { tenant, what_if: whatIf.id } },
          body: { note: note.trim() || null },
        }),
      ),
    onClose,
  );
  return (
    <Confirm
      title="Reject this plan?"
      yes="Reject"
      busy={reject.isPending}
      error={reject.error}
      onYes={() => reject.mutate(undefined)}
      onClose={onClose}
    >
      <p>Nothing of it is sent. Change the profile and compute a new what-if.</p>
      <Field label="Reason for the record">
        <Textarea value={note} onChange={(_, data) => setNote(data.value)} />
      </Field>
    </Confirm>
  );
}
