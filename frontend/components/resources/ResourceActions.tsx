// What can be done with a table or named expression: save it, delete it. Where profiles change, saving asks first.
import { Button } from '@fluentui/react-components';
import { useState } from 'react';

import { type Created, useAct } from '../../api/act';
import { client, ifMatch, read } from '../../api/client';
import type { AffectedProfile, RuleResource, RuleResourceView } from '../../api/types';
import { useGo } from '../../ui/AppLink';
import { Confirm } from '../../ui/Confirm';
import { ProblemBar } from '../../ui/ProblemBar';
import { paths } from '../../util/paths';
import { useMay, useTenant } from '../tenant';
import { Said } from './Effect';
import { effectSentence } from './effect';

type Props = {
  /** What is saved; nothing of a new one. */
  saved: RuleResourceView | undefined;
  draft: RuleResource;
  /** The profiles that use the draft, once it is known that it could be saved. */
  affected: AffectedProfile[] | undefined;
};

export function ResourceActions({ saved, draft, affected }: Props) {
  const tenant = useTenant();
  const may = useMay();
  const go = useGo();
  const [asking, setAsking] = useState<'save' | 'delete'>();
  const close = () => setAsking(undefined);
  const save = useAct(
    (_: void, header) => saving(tenant, saved, draft, header),
    ({ id }) => (saved ? close() : go(paths.resource(tenant, id))),
  );
  const changes = affected?.some((profile) => profile.is_changed) ?? false;
  return (
    <>
      {asking !== 'save' && <ProblemBar error={save.error} />}
      {saved && (
        <Button disabled={!may('configure')} onClick={() => setAsking('delete')}>
          Delete
        </Button>
      )}
      <Button
        appearance="primary"
        disabled={!affected || save.isPending || !may('configure')}
        onClick={() => (changes ? setAsking('save') : save.mutate())}
      >
        {saved ? 'Save a version' : 'Save'}
      </Button>
      {asking === 'save' && affected && (
        <Confirm title={`Save ${draft.name}?`} yes="Save" busy={save.isPending} error={save.error} onYes={() => save.mutate()} onClose={close}>
          <p>
            <Said tenant={tenant} words={effectSentence(affected)} />
          </p>
        </Confirm>
      )}
      {asking === 'delete' && saved && <Delete saved={saved} onClose={close} />}
    </>
  );
}

function saving(tenant: string, saved: RuleResourceView | undefined, body: RuleResource, header: Created) {
  if (!saved) return read(client.POST('/v1/tenants/{tenant}/rule-resources', { params: { path: { tenant }, header }, body }));
  return read(
    client.PUT('/v1/tenants/{tenant}/rule-resources/{rule_resource}', {
      params: { path: { tenant, rule_resource: saved.id }, header: ifMatch(saved.version) },
      body,
    }),
  );
}

function Delete({ saved, onClose }: { saved: RuleResourceView; onClose: () => void }) {
  const tenant = useTenant();
  const go = useGo();
  const remove = useAct(
    () =>
      read(
        client.DELETE('/v1/tenants/{tenant}/rule-resources/{rule_resource}', {
          params: { path: { tenant, rule_resource: saved.id }, header: ifMatch(saved.version) },
        }),
      ),
    () => go(paths.resources(tenant)),
  );
  return (
    <Confirm
      title={`Delete ${saved.name}?`}
      yes={saved.kind === 'table' ? 'Delete the table' : 'Delete the expression'}
      busy={remove.isPending}
      error={remove.error}
      onYes={() => remove.mutate(undefined)}
      onClose={onClose}
    >
      <p>It can be deleted once nothing uses it.</p>
    </Confirm>
  );
}
