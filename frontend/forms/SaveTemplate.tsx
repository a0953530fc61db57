// Saves a profile as a template of the tenant's own; the directories are left open in it.
import { Field, Input, Select, Textarea } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import type { ProfileView, Schemas } from '../api/types';
import { useTenant } from '../components/tenant';
import { PURPOSES } from '../components/templates/TemplateCards';
import { useGo } from '../ui/AppLink';
import { Confirm } from '../ui/Confirm';
import { fieldError } from '../ui/ProblemBar';
import { paths } from '../util/paths';

export function SaveTemplate({ profile, onClose }: { profile: ProfileView; onClose: () => void }) {
  const tenant = useTenant();
  const go = useGo();
  const [title, setTitle] = useState(profile.name);
  const [purpose, setPurpose] = useState<Schemas['Purpose']>('coexistence');
  const [summary, setSummary] = useState(profile.document.description ?? '');
  const save = useAct(
    (_: void, header) =>
      read(
        client.POST('/v1/tenants/{tenant}/templates', {
          params: { path: { tenant }, header },
          body: { profile: profile.id, title: title.trim(), purpose, summary: summary.trim() },
        }),
      ),
    (template) => go(paths.template(tenant, template.id)),
  );
  return (
    <Confirm
      title={`Save ${profile.name} as a template`}
      yes="Save the template"
      busy={save.isPending}
      disabled={title.trim() === ''}
      error={save.error}
      onYes={() => save.mutate()}
      onClose={onClose}
    >
      <p>The directories are left open. Expressions stay as they are, with the names of domains and containers in them.</p>
      <Field label="Title" required validationMessage={fieldError(save.error, '/title')}>
        <Input value={title} onChange={(_, data) => setTitle(data.value)} maxLength={100} autoComplete="off" />
      </Field>
      <Field label="Purpose">
        <Select value={purpose} onChange={(_, data) => setPurpose(data.value as Schemas['Purpose'])}>
          {Object.entries(PURPOSES).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="What it does" validationMessage={fieldError(save.error, '/summary')}>
        <Textarea value={summary} onChange={(_, data) => setSummary(data.value)} maxLength={1000} />
      </Field>
    </Confirm>
  );
}
