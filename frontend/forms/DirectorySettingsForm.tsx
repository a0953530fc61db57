// What a directory's imports read. Saved on the version that was read: another change in between
// is refused, not overwritten.
import { Button, Field, Input, Select, Textarea } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, ifMatch, read } from '../api/client';
import type { Directory, Schemas } from '../api/types';
import { useMay, useTenant } from '../components/tenant';
import { ProblemBar, fieldError } from '../ui/ProblemBar';
import { lines } from '../util/lines';

type Cycle = Schemas['EntraConnectKind'] | '';

const AFTER_EXPORT: Record<Cycle, string> = {
  '': 'Nothing',
  delta: "Start Entra Connect's delta cycle",
  initial: "Start Entra Connect's initial cycle",
};

export function DirectorySettingsForm({ directory }: { directory: Directory }) {
  const tenant = useTenant();
  const may = useMay();
  const before = directory.settings;
  const [name, setName] = useState(directory.name);
  const [containers, setContainers] = useState((before.containers ?? []).join('\n'));
  const [types, setTypes] = useState((before.types ?? []).join('\n'));
  const [attributes, setAttributes] = useState((before.attributes ?? []).join('\n'));
  const [pageSize, setPageSize] = useState(String(before.page_size ?? 1000));
  const [shrink, setShrink] = useState(String(before.shrink_guard_percent ?? 10));
  const [few, setFew] = useState(String(before.shrink_guard_objects ?? 20));
  const [contests, setContests] = useState(String(before.contest_limit ?? 3));
  const [poll, setPoll] = useState(String(before.poll_seconds ?? 120));
  const [cycle, setCycle] = useState<Cycle>(before.after_export?.entra_connect.kind ?? '');
  const save = useAct(() =>
    read(
      client.PATCH('/v1/tenants/{tenant}/directories/{directory}', {
        params: { path: { tenant, directory: directory.id }, header: ifMatch(directory.version) },
        body: {
          name: name.trim(),
          settings: {
            containers: lines(containers),
            types: lines(types),
            attributes: lines(attributes),
            page_size: Number(pageSize),
            shrink_guard_percent: Number(shrink),
            shrink_guard_objects: Number(few),
            shrink_guard_empty: before.shrink_guard_empty,
            contest_limit: Number(contests),
            cloud: before.cloud,
            file: before.file,
            poll_seconds: Number(poll),
            after_export: cycle === '' ? null : { entra_connect: { kind: cycle } },
          },
        },
      }),
    ),
  );
  return (
    <form
      className="card stack"
      aria-labelledby="settings"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(undefined);
      }}
    >
      <h2 id="settings">Settings</h2>
      <div className="fields">
        <Field label="Name" required validationMessage={fieldError(save.error, '/name')}>
          <Input value={name} onChange={(_, data) => setName(data.value)} maxLength={100} />
        </Field>
        <Field label="Entries a page">
          <Input type="number" min={1} value={pageSize} onChange={(_, data) => setPageSize(data.value)} />
        </Field>
        <Field label="Hold a full import that would drop more than (%)">
          <Input type="number" min={0} max={100} value={shrink} onChange={(_, data) => setShrink(data.value)} />
        </Field>
        <Field label="But not for so few objects" validationMessage={fieldError(save.error, '/settings/shrink_guard_objects')}>
          <Input type="number" min={0} value={few} onChange={(_, data) => setFew(data.value)} />
        </Field>
        <Field
          label="Give a value up that the directory changed back so often"
          validationMessage={fieldError(save.error, '/settings/contest_limit')}
        >
          <Input type="number" min={1} max={100} value={contests} onChange={(_, data) => setContests(data.value)} />
        </Field>
      </div>
      <div className="fields">
        {directory.kind === 'active-directory' && (
          <Field
            label="After an export that changed something"
            hint={directory.agents.entra_connect ? undefined : 'No connected agent offers it: its host has to allow it in its policy file'}
            validationMessage={fieldError(save.error, '/settings/after_export')}
          >
            <Select value={cycle} onChange={(_, data) => setCycle(data.value as Cycle)}>
              {Object.entries(AFTER_EXPORT).map(([value, text]) => (
                <option key={value} value={value} disabled={value !== '' && value !== cycle && !directory.agents.entra_connect}>
                  {text}
                </option>
              ))}
            </Select>
          </Field>
        )}
        {before.cloud ? (
          <Field label="Ask for changes every (seconds)" validationMessage={fieldError(save.error, '/settings/poll_seconds')}>
            <Input type="number" min={5} value={poll} onChange={(_, data) => setPoll(data.value)} />
          </Field>
        ) : (
          <Field label="Containers" hint="One distinguished name a line; empty is the whole domain">
            <Textarea value={containers} onChange={(_, data) => setContainers(data.value)} />
          </Field>
        )}
        <Field
          label="Object types"
          hint={before.cloud ? 'One a line, beside those that profiles use' : 'One a line; empty is users, groups and contacts'}
        >
          <Textarea value={types} onChange={(_, data) => setTypes(data.value)} />
        </Field>
        <Field label="More attributes" hint="One a line, beside those that profiles use">
          <Textarea value={attributes} onChange={(_, data) => setAttributes(data.value)} />
        </Field>
      </div>
      <ProblemBar error={save.error} />
      <div className="actions">
        <Button type="submit" disabled={!may('configure') || save.isPending || name.trim() === ''}>
          Save settings
        </Button>
      </div>
    </form>
  );
}
