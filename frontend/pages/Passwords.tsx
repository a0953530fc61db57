// Sealed passwords of accounts that were created, until their recipients have them.
import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import { initialPasswordsQuery } from '../api/queries';
import type { PasswordHandover } from '../api/types';
import { PasswordTable } from '../components/PasswordTable';
import { useMay, useTenant } from '../components/tenant';
import { Confirm } from '../ui/Confirm';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { ProblemBar } from '../ui/ProblemBar';
import { Screen } from '../ui/Screen';
import { saveText } from '../util/download';
import { plural } from '../util/format';

/** Accounts of one call at most. */
const AT_ONCE = 100;

export function Passwords() {
  const tenant = useTenant();
  const list = useInfiniteQuery(initialPasswordsQuery(tenant));
  return (
    <Screen
      title="Passwords to hand over"
      about="Each is sealed for its recipient: only his private key opens it, with age -d. It is handed out once."
    >
      <Loaded query={list}>{({ pages }) => <Handover tenant={tenant} rows={pages.flatMap((page) => page.items)} />}</Loaded>
      <More query={list} />
    </Screen>
  );
}

function Handover({ tenant, rows }: { tenant: string; rows: PasswordHandover[] }) {
  const may = useMay()('run');
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [saved, setSaved] = useState<string>();
  const [asking, setAsking] = useState(false);
  const path = { tenant };
  const collect = useAct(
    (objects: string[], header) =>
      read(client.POST('/v1/tenants/{tenant}/initial-passwords/collect', { params: { path, header }, body: { objects } })),
    ({ items }, objects) => {
      for (const item of items) saveText(item.file_name, item.envelope);
      setPicked([]);
      setSaved(`${plural(items.length, 'sealed password')} of ${objects.length} saved. They are no longer kept here.`);
    },
  );
  const dismiss = useAct(
    (objects: string[]) => read(client.POST('/v1/tenants/{tenant}/initial-passwords/dismiss', { params: { path }, body: { objects } })),
    () => {
      setPicked([]);
      setAsking(false);
    },
  );
  const chosen = rows.filter((row) => picked.includes(row.object));
  const waiting = chosen.filter((row) => row.state === 'waiting').slice(0, AT_ONCE);
  const lost = chosen.filter((row) => row.state !== 'waiting').slice(0, AT_ONCE);
  const objects = (of: PasswordHandover[]) => of.map((row) => row.object);
  return (
    <div className="stack">
      <ProblemBar error={collect.error} />
      {saved && (
        <MessageBar intent="success">
          <MessageBarBody>{saved}</MessageBarBody>
        </MessageBar>
      )}
      {may && rows.length > 0 && (
        <div className="actions">
          <Button
            appearance="primary"
            disabled={waiting.length === 0 || collect.isPending}
            onClick={() => collect.mutate(objects(waiting))}
          >
            Collect {waiting.length || ''}
          </Button>
          <Button disabled={lost.length === 0} onClick={() => setAsking(true)}>
            Dismiss {lost.length || ''}
          </Button>
        </div>
      )}
      <PasswordTable tenant={tenant} rows={rows} picked={picked} onPick={may ? setPicked : undefined} />
      {asking && (
        <Confirm
          title={`Dismiss ${plural(lost.length, 'account')}?`}
          yes="Dismiss"
          busy={dismiss.isPending}
          error={dismiss.error}
          onYes={() => dismiss.mutate(objects(lost))}
          onClose={() => setAsking(false)}
        >
          <p>Reset their passwords in the directory first: nobody has the ones they were created with.</p>
          {lost.some((row) => row.disabled_until_handed_over) && (
            <p>Accounts that stay disabled until their hand-over are enabled by the next export.</p>
          )}
        </Confirm>
      )}
    </div>
  );
}
