// Fills a template in: directories, parameters, name. Preview shows what a profile of it would find;
// "Use this template" makes an ordinary profile and opens it in the editor.
import { Button, Field, Input, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import { directoriesQuery } from '../api/queries';
import type { Schemas, Template } from '../api/types';
import { ParameterField, initial } from '../components/templates/ParameterField';
import { PreviewCounts } from '../components/templates/PreviewCounts';
import { useMay, useTenant } from '../components/tenant';
import { useGo } from '../ui/AppLink';
import { ProblemBar, fieldError } from '../ui/ProblemBar';
import { KINDS } from '../util/kinds';
import { paths } from '../util/paths';

type Value = Schemas['ParameterValue'];

export function TemplateForm({ template }: { template: Template }) {
  const tenant = useTenant();
  const may = useMay();
  const go = useGo();
  const directories = useQuery(directoriesQuery(tenant)).data?.items ?? [];
  const [name, setName] = useState(template.title);
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [given, setGiven] = useState<Record<string, Value>>({});

  const target = directories.find((directory) => directory.id === chosen.target)?.identity;
  const known = { context: target?.naming_context ?? '', domain: target?.dns_name ?? '' };
  const parameters = Object.fromEntries(template.parameters.map((one) => [one.name, given[one.name] ?? initial(one, known)]));
  const body = { name: name.trim(), directories: chosen, parameters };
  const path = { tenant, template: template.id };
  const preview = useAct(() =>
    read(client.POST('/v1/tenants/{tenant}/templates/{template}/preview', { params: { path }, body })),
  );
  const adopt = useAct(
    (_: void, header) => read(client.POST('/v1/tenants/{tenant}/templates/{template}/adopt', { params: { path, header }, body })),
    (profile) => go(paths.profile(tenant, profile.id)),
  );
  const error = adopt.error ?? preview.error;
  const complete = name.trim() !== '' && template.directories.every((role) => chosen[role.name]);
  const busy = preview.isPending || adopt.isPending || !may('configure');
  const changed = () => {
    preview.reset();
    adopt.reset();
  };
  return (
    <>
      <form
        className="card stack"
        aria-label="Fill in"
        onSubmit={(event) => {
          event.preventDefault();
          preview.mutate(undefined);
        }}
      >
        <div className="fields">
          <Field label="Name of the profile" required>
            <Input value={name} onChange={(_, data) => setName(data.value)} maxLength={100} autoComplete="off" />
          </Field>
          {template.directories.map((role) => (
            <Field key={role.name} label={role.title} hint={KINDS[role.kind]} required validationMessage={fieldError(error, `/directories/${role.name}`)}>
              <Select
                value={chosen[role.name] ?? ''}
                onChange={(_, data) => {
                  changed();
                  setChosen({ ...chosen, [role.name]: data.value });
                }}
              >
                <option value="">Choose…</option>
                {directories
                  .filter((directory) => directory.kind === role.kind)
                  .map((directory) => (
                    <option key={directory.id} value={directory.id}>
                      {directory.name}
                    </option>
                  ))}
              </Select>
            </Field>
          ))}
        </div>
        <div className="fields">
          {template.parameters.map((one) => (
            <ParameterField
              key={one.name}
              parameter={one}
              value={parameters[one.name] ?? ''}
              problem={fieldError(error, `/parameters/${one.name}`)}
              onChange={(value) => {
                changed();
                setGiven({ ...given, [one.name]: value });
              }}
            />
          ))}
        </div>
        <ProblemBar error={error} />
        <div className="actions">
          <Button type="submit" disabled={!complete || busy}>
            {preview.isPending ? 'Counting' : 'Preview on your data'}
          </Button>
          <Button appearance="primary" disabled={!complete || busy} onClick={() => adopt.mutate()}>
            Use this template
          </Button>
        </div>
      </form>
      {preview.data && <PreviewCounts preview={preview.data} />}
    </>
  );
}
