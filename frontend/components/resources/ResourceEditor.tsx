// The editor of a table or named expression. The draft lives in this screen only; what saving it does is found out while
// somebody writes.
import { Checkbox } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';

import { resourceCheckQuery } from '../../api/queries';
import type { LookupTable, NamedExpression, RuleResource, RuleResourceView } from '../../api/types';
import { ProblemBar } from '../../ui/ProblemBar';
import { Screen } from '../../ui/Screen';
import { useDebounced } from '../../util/useDebounced';
import { Findings } from '../profile/Findings';
import { useMay, useTenant } from '../tenant';
import { Body } from './Body';
import { Effect } from './Effect';
import { NameFields } from './NameFields';
import { Parameters } from './Parameters';
import { ResourceActions } from './ResourceActions';
import { RowsEditor } from './RowsEditor';
import { Versions } from './Versions';
import { KINDS, elsewhere } from './draft';

/** All profiles that use it are compiled for an answer, so it waits for a pause. */
const SETTLED_MS = 200;
/** What stands for one that is not saved yet. */
const NEW = 'res_0';

type Props = { start: RuleResource; saved?: RuleResourceView };

export function ResourceEditor({ start, saved }: Props) {
  const tenant = useTenant();
  const may = useMay();
  const [draft, setDraft] = useState(start);
  const settled = useDebounced(draft, SETTLED_MS);
  const written = useMemo(() => JSON.stringify(start), [start]);
  const dirty = useMemo(() => JSON.stringify(draft) !== written, [draft, written]);
  const check = useQuery({ ...resourceCheckQuery(tenant, saved?.id ?? NEW, settled), enabled: dirty && settled !== start && may('configure') });
  const checked = dirty ? check.data : undefined;
  const diagnostics = useMemo(() => checked?.diagnostics ?? [], [checked]);
  const current = checked && settled === draft && !check.isPlaceholderData;
  const ofTable = useCallback((change: (before: LookupTable) => LookupTable) => {
    setDraft((before) => (before.kind === 'table' ? { ...change(before), kind: 'table' } : before));
  }, []);
  const ofExpression = useCallback((change: (before: NamedExpression) => NamedExpression) => {
    setDraft((before) => (before.kind === 'expression' ? change(before) : before));
  }, []);

  return (
    <Screen
      title={saved?.name ?? `New ${KINDS[start.kind].toLowerCase()}`}
      about={
        <>
          {KINDS[start.kind]}
          {saved && ` · version ${saved.version}`}
          {dirty && ' · changed, not saved'}
        </>
      }
      actions={<ResourceActions saved={saved} draft={draft} affected={current && checked.ok ? checked.profiles : undefined} />}
    >
      <ProblemBar error={check.error} />
      <Findings diagnostics={elsewhere(diagnostics, draft)} />
      <section className="card stack" aria-label={KINDS[start.kind]}>
        <NameFields document={draft} diagnostics={diagnostics} onChange={setDraft} />
        {draft.kind === 'table' && (
          <Checkbox
            label="Keys in any case: DE and de are the same key"
            checked={draft.ignore_case ?? false}
            onChange={(_, data) => ofTable((before) => ({ ...before, ignore_case: data.checked === true }))}
          />
        )}
      </section>
      <Effect tenant={tenant} affected={checked?.profiles} usedBy={saved?.used_by ?? []} />
      {draft.kind === 'table' ? (
        <RowsEditor document={draft} diagnostics={diagnostics} onChange={ofTable} />
      ) : (
        <>
          <Parameters
            parameters={draft.parameters ?? []}
            diagnostics={diagnostics}
            onChange={(parameters) => ofExpression((before) => ({ ...before, parameters }))}
          />
          <Body document={draft} diagnostics={diagnostics} onChange={ofExpression} />
        </>
      )}
      {saved && <Versions resource={saved.id} current={saved.version} onTake={setDraft} />}
    </Screen>
  );
}
